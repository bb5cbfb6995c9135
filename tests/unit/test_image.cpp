// SPDX-License-Identifier: Apache-2.0
// Images, masks, conversions and resampling.
#include "core/image/convert.h"
#include "tests/support/expect_failure.h"
#include "tests/support/image_compare.h"

#include <QTest>
#include <algorithm>
#include <cmath>

using namespace cameo;
using namespace cameo::test;

class TestImage : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void valuesAreChecked();
    void maskIsClamped();
    void typesConvert();
    void channelsConvert();
    void masksConvert();
    void constantStaysConstant_data();
    void constantStaysConstant();
    void shrinkingKeepsTheMean();
    void shrinkingByTwoIsTheMeanOfFour();
    void enlargingCatmullRom();
    void noColourBleedsFromUnderAlphaZero();
    void coloursUnderAlphaZeroSurvive();
    void masksResize();
    void cropsRepeatTheEdge();
    void transferCurves();
};

void TestImage::valuesAreChecked() {
    CAMEO_VERIFY_FAILURE(Image(2, 2, 3, std::vector<std::uint8_t>(11)), ErrorCode::Internal, "12");
    CAMEO_VERIFY_FAILURE(Image(0, 2, 3, std::vector<float>()), ErrorCode::InvalidArgument, "0 x 2");
    CAMEO_VERIFY_FAILURE(Image(1, 1, 5, std::vector<float>(5)), ErrorCode::InvalidArgument, "5 channels");
    const Image image = makeTestPicture(5, 3, 4);
    QVERIFY(Image(image) == image);
    QVERIFY(Image(5, 3, 4, std::vector<std::uint8_t>(image.u8().begin(), image.u8().end())) == image);
    QVERIFY(!(makeTestPicture(3, 5, 4) == image));
    QVERIFY(!(makeTestPicture16(5, 3, 4) == image));
    QVERIFY(Image().isEmpty() && Image() == Image() && Image().byteCount() == 0);
    QCOMPARE(*image.withResolution(300).resolution(), 300.0);
    QVERIFY(image.withResolution(300) == image);
}

void TestImage::maskIsClamped() {
    const Mask mask(4, 1, {-1.0f, 0.25f, 2.0f, std::nanf("")});
    QCOMPARE(mask.at(0, 0), 0.0f);
    QCOMPARE(mask.at(1, 0), 0.25f);
    QCOMPARE(mask.at(2, 0), 1.0f);
    QCOMPARE(mask.at(3, 0), 0.0f);
    QCOMPARE(mask.coverage(), 1.25 / 4);
    QCOMPARE(Mask().coverage(), 0.0);
}

void TestImage::typesConvert() {
    std::vector<std::uint8_t> levels(256);
    for (int i = 0; i < 256; ++i)
        levels[i] = static_cast<std::uint8_t>(i);
    const Image narrow(256, 1, 1, levels);
    QVERIFY(toU8(toU16(narrow)) == narrow);
    QVERIFY(toU8(toF32(narrow)) == narrow);
    QCOMPARE(toU16(narrow).u16()[255], std::uint16_t{65535});
    std::vector<std::uint16_t> wide(65536);
    for (int i = 0; i < 65536; ++i)
        wide[i] = static_cast<std::uint16_t>(i);
    const Image all(256, 256, 1, wide);
    QVERIFY(toU16(toF32(all)) == all);
    const Image down = toU8(all);
    for (int i = 0; i < 65536; ++i) // the nearest of 256 levels
        QCOMPARE(int{down.u8()[i]}, static_cast<int>(std::lround(i / 257.0)));
    const Image outside(4, 1, 1, std::vector<float>{-0.5f, 1.5f, 0.5f, std::nanf("")});
    QCOMPARE(toU8(outside).u8()[0], std::uint8_t{0});
    QCOMPARE(toU8(outside).u8()[1], std::uint8_t{255});
    QCOMPARE(toU8(outside).u8()[2], std::uint8_t{128});
    QCOMPARE(toU8(outside).u8()[3], std::uint8_t{0});
    QCOMPARE(toU16(outside).u16()[1], std::uint16_t{65535});
    QVERIFY(toU8(Image()).isEmpty());
}

void TestImage::channelsConvert() {
    const Image grey(2, 1, 2, std::vector<std::uint8_t>{10, 0, 200, 255});
    QVERIFY(toRgb(grey) == Image(2, 1, 3, std::vector<std::uint8_t>{10, 10, 10, 200, 200, 200}));
    const Image rgba = makeTestPicture(7, 5, 4), rgb = toRgb(rgba);
    QVERIFY(withAlpha(rgb, maskFromImage(rgba)) == rgba);
    const Image wide = makeTestPicture16(7, 5, 4);
    QVERIFY(withAlpha(toRgb(wide), maskFromImage(wide)) == wide);
    CAMEO_VERIFY_FAILURE(withAlpha(rgb, Mask(5, 7, std::vector<float>(35))), ErrorCode::InvalidArgument,
                         "5 x 7");
}

void TestImage::masksConvert() {
    const Image grey = makeTestPicture(9, 4, 1), wide = makeTestPicture16(9, 4, 1);
    QVERIFY(imageFromMask(maskFromImage(grey), PixelType::U8) == grey);
    QVERIFY(imageFromMask(maskFromImage(wide), PixelType::U16) == wide);
    QVERIFY(maskFromImage(toRgb(grey)) == maskFromImage(grey));
    const Image green(1, 1, 3, std::vector<std::uint8_t>{0, 255, 0});
    QCOMPARE(maskFromImage(green).at(0, 0), 0.7152f);
    QVERIFY(imageFromMask(Mask(), PixelType::U8).isEmpty());
}

void TestImage::constantStaysConstant_data() {
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    for (const auto& [width, height] : {std::pair{1, 1}, {3, 50}, {37, 23}, {38, 24}, {200, 7}, {400, 311}})
        QTest::addRow("%dx%d", width, height) << width << height;
}

void TestImage::constantStaysConstant() {
    QFETCH(int, width);
    QFETCH(int, height);
    for (const int level : {0, 1, 77, 255}) {
        const Image rgba(37, 23, 4, std::vector<std::uint8_t>(37 * 23 * 4, static_cast<std::uint8_t>(level)));
        const Image resized = resize(rgba, width, height);
        for (const std::uint8_t value : resized.u8())
            QCOMPARE(int{value}, level);
        const Image wide(37, 23, 1,
                         std::vector<std::uint16_t>(37 * 23, static_cast<std::uint16_t>(level * 257)));
        const Image resizedWide = resize(wide, width, height);
        for (const std::uint16_t value : resizedWide.u16())
            QCOMPARE(int{value}, level * 257);
        const Image floats(37, 23, 3, std::vector<float>(37 * 23 * 3, level / 255.0f));
        const Image resizedFloats = resize(floats, width, height);
        for (const float value : resizedFloats.f32())
            QVERIFY(std::abs(value - level / 255.0f) < 1e-6f); // a few roundings of the sum of weights
    }
}

void TestImage::shrinkingKeepsTheMean() {
    const auto mean = [](const Image& image) {
        double sum = 0;
        for (const float value : image.f32())
            sum += value;
        return sum / static_cast<double>(image.f32().size());
    };
    const Image image = toF32(makeTestPicture(120, 90, 3));
    for (const auto& [width, height] : {std::pair{60, 45}, {7, 11}, {1, 1}, {119, 89}})
        QVERIFY(std::abs(mean(resize(image, width, height)) - mean(image)) < 1e-5); // float sums
}

void TestImage::shrinkingByTwoIsTheMeanOfFour() {
    const Image image(4, 2, 1, std::vector<std::uint8_t>{0, 10, 100, 101, 20, 30, 102, 105});
    QVERIFY(resize(image, 2, 1) == Image(2, 1, 1, std::vector<std::uint8_t>{15, 102}));
}

void TestImage::enlargingCatmullRom() {
    // Keys' kernel with a = -1/2 reproduces straight lines away from the border.
    std::vector<float> ramp(32);
    for (int i = 0; i < 32; ++i)
        ramp[i] = static_cast<float>(i) / 31;
    const Image large = resize(Image(32, 1, 1, ramp), 128, 1);
    for (int i = 16; i < 112; ++i)
        QVERIFY(std::abs(large.f32()[i] - ((i + 0.5f) / 4 - 0.5f) / 31) < 1e-6f);
    // A step overshoots, and U8 clamps it.
    const Image step(4, 1, 1, std::vector<std::uint8_t>{0, 0, 255, 255});
    const Image enlarged = resize(step, 16, 1);
    QCOMPARE(int{*std::ranges::max_element(enlarged.u8())}, 255);
    QCOMPARE(int{*std::ranges::min_element(enlarged.u8())}, 0);
}

void TestImage::noColourBleedsFromUnderAlphaZero() {
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < 64 * 64; ++i) {
        const bool isInside = i % 64 > 20 && i % 64 < 45;
        for (const int value :
             {isInside ? 200 : 0, isInside ? 100 : 255, isInside ? 50 : 255, isInside ? 255 : 0})
            pixels.push_back(static_cast<std::uint8_t>(value));
    }
    const Image image(64, 64, 4, pixels);
    for (const int size : {9, 31, 150}) {
        const Image resized = resize(image, size, size);
        bool seen = false;
        for (std::size_t i = 0; i < resized.u8().size(); i += 4) {
            if (resized.u8()[i + 3] == 0)
                continue;
            seen = true;
            QVERIFY(std::abs(resized.u8()[i] - 200) <= 1 && std::abs(resized.u8()[i + 1] - 100) <= 1 &&
                    std::abs(resized.u8()[i + 2] - 50) <= 1); // rounding
        }
        QVERIFY(seen);
    }
}

void TestImage::coloursUnderAlphaZeroSurvive() {
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < 16; ++i)
        pixels.insert(pixels.end(), {90, 60, 30, 0});
    for (const int size : {2, 4, 9}) {
        const Image resized = resize(Image(4, 4, 4, pixels), size, size);
        QCOMPARE(int{resized.u8()[0]}, 90);
        QCOMPARE(int{resized.u8()[3]}, 0);
    }
}

void TestImage::masksResize() {
    const Mask mask = makeDiscMask(100, 80, 30, 4);
    QVERIFY(resize(mask, 100, 80) == mask);
    QVERIFY(std::abs(resize(mask, 50, 40).coverage() - mask.coverage()) < 1e-5);
    QVERIFY(std::abs(resize(mask, 200, 160).coverage() - mask.coverage()) < 1e-3); // bilinear, a smooth edge
    CAMEO_VERIFY_FAILURE(resize(mask, 0, 5), ErrorCode::InvalidArgument, "0 x 5");
    CAMEO_VERIFY_FAILURE(resize(Image(), 5, 5), ErrorCode::InvalidArgument, "nothing");
}

void TestImage::cropsRepeatTheEdge() {
    const Image image = makeTestPicture(6, 4, 3);
    QVERIFY(crop(image, {0, 0, 6, 4}) == image);
    const Image large = crop(image, {-2, -3, 10, 9});
    QVERIFY(crop(large, {2, 3, 6, 4}) == image);
    for (int y = 0; y < 9; ++y)
        for (int x = 0; x < 10; ++x)
            for (int c = 0; c < 3; ++c)
                QCOMPARE(large.u8()[(y * 10 + x) * 3 + c],
                         image.u8()[(std::clamp(y - 3, 0, 3) * 6 + std::clamp(x - 2, 0, 5)) * 3 + c]);
    QCOMPARE(crop(image, {1'000'000'000, 2'000'000'000, 2, 2}).u8()[0], image.u8()[23 * 3]);
    QCOMPARE(crop(Mask(2, 1, {0.0f, 1.0f}), {1, 0, 3, 1}).coverage(), 1.0);
    CAMEO_VERIFY_FAILURE(crop(image, {0, 0, 0, 1}), ErrorCode::InvalidArgument, "0 x 1");
}

void TestImage::transferCurves() {
    for (int i = 0; i <= 1000; ++i) {
        const float value = static_cast<float>(i) / 1000;
        QVERIFY(std::abs(srgbFromLinear(linearFromSrgb(value)) - value) < 1e-6f); // float pow
    }
    QVERIFY(std::abs(linearFromSrgb(0.5f) - 0.21404114f) < 1e-6f); // IEC 61966-2-1
    QVERIFY(std::abs(linearFromSrgb(0.04045f) - 0.0031308f) < 1e-6f);
}

QTEST_APPLESS_MAIN(TestImage)
#include "test_image.moc"
