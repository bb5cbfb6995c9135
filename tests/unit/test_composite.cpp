// SPDX-License-Identifier: Apache-2.0
// Blending, masks and the cut-out.
#include "core/composite/composite.h"
#include "core/image/convert.h"
#include "tests/support/expect_failure.h"
#include "tests/support/image_compare.h"

#include <QTest>
#include <algorithm>
#include <cmath>

using namespace cameo;
using namespace cameo::test;

namespace {

Mask constantMask(int width, int height, float alpha) {
    return Mask(width, height, std::vector<float>(static_cast<std::size_t>(width) * height, alpha));
}

Image flip(const Image& image) {
    std::vector<std::uint8_t> pixels(image.u8().begin(), image.u8().end());
    std::reverse(pixels.begin(), pixels.end());
    return Image(image.width(), image.height(), image.channels(), std::move(pixels));
}

} // namespace

class TestComposite : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void alphaZeroAndOneAreExact();
    void mixesInLinearLight();
    void typesFollowTheGround();
    void samePictureStaysTheSame();
    void sizesMustAgree();
    void growing();
    void feathering();
    void featherHasTheSigma();
    void guidedFilterFollowsEdges();
    void guidedFilterKeepsConstants();
    void cutOutBleeds();
    void cutOutOverGroundIsTheComposite();
};

void TestComposite::alphaZeroAndOneAreExact() {
    const Image person = makeTestPicture(64, 48, 3), ground = flip(person);
    QVERIFY(compositeOver(person, constantMask(64, 48, 0), ground) == ground);
    QVERIFY(compositeOver(person, constantMask(64, 48, 1), ground) == person);
    const Mask disc = makeDiscMask(64, 48, 15, 0);
    const Image mixed = compositeOver(person, disc, ground);
    for (std::size_t i = 0; i < disc.alpha().size(); ++i)
        for (std::size_t c = i * 3; c < i * 3 + 3; ++c)
            QCOMPARE(mixed.u8()[c], disc.alpha()[i] > 0 ? person.u8()[c] : ground.u8()[c]);
    const Image person16 = makeTestPicture16(64, 48, 3), ground16 = toU16(ground);
    QVERIFY(compositeOver(person16, constantMask(64, 48, 0), ground16) == ground16);
    QVERIFY(compositeOver(person16, constantMask(64, 48, 1), ground16) == person16);
}

void TestComposite::mixesInLinearLight() {
    for (int a = 0; a < 256; a += 5)
        for (int b = 0; b < 256; b += 5)
            for (const float alpha : {0.1f, 0.5f, 0.9f}) {
                const auto grey = [](int level) {
                    return Image(1, 1, 3, std::vector<std::uint8_t>(3, static_cast<std::uint8_t>(level)));
                };
                const double light = alpha * linearFromSrgb(static_cast<float>(a) / 255) +
                                     (1.0 - alpha) * linearFromSrgb(static_cast<float>(b) / 255);
                const double expected = srgbFromLinear(static_cast<float>(light)) * 255;
                const Image mixed = compositeOver(grey(a), constantMask(1, 1, alpha), grey(b));
                QVERIFY(std::abs(mixed.u8()[0] - expected) <
                        0.6); // the nearest level, through a table of 65536
            }
}

void TestComposite::typesFollowTheGround() {
    const Image person = makeTestPicture(8, 8, 4), ground = makeTestPicture(8, 8, 1);
    const Mask half = constantMask(8, 8, 0.5f);
    QVERIFY(compositeOver(person, half, ground).type() == PixelType::U8);
    QCOMPARE(compositeOver(person, half, ground).channels(), 3);
    QVERIFY(compositeOver(person, half, toU16(ground)).type() == PixelType::U16);
    const Image floats = compositeOver(toU16(person), half, toF32(ground));
    QVERIFY(floats.type() == PixelType::F32);
    QVERIFY(compareImages(toU8(floats), compositeOver(person, half, ground)).maximum <= 1); // both round once
    QVERIFY(
        compareImages(toU8(compositeOver(person, half, toU16(ground))), compositeOver(person, half, ground))
            .maximum <= 1);
    QCOMPARE(*compositeOver(person, half, ground.withResolution(72)).resolution(), 72.0);
}

void TestComposite::samePictureStaysTheSame() {
    const Image image = makeTestPicture(64, 48, 3);
    QVERIFY(compositeOver(image, makeDiscMask(64, 48, 15, 20), image) == image);
}

void TestComposite::sizesMustAgree() {
    const Image image = makeTestPicture(6, 5, 3);
    CAMEO_VERIFY_FAILURE(compositeOver(image, constantMask(5, 6, 1), image), ErrorCode::InvalidArgument,
                         "person");
    CAMEO_VERIFY_FAILURE(compositeOver(image, constantMask(6, 5, 1), makeTestPicture(5, 6, 3)),
                         ErrorCode::InvalidArgument, "ground");
    CAMEO_VERIFY_FAILURE(cutOut(image, Mask()), ErrorCode::InvalidArgument, "0 x 0");
    CAMEO_VERIFY_FAILURE(guidedFilter(constantMask(5, 6, 1), image, 3, 1e-3), ErrorCode::InvalidArgument,
                         "guide");
    CAMEO_VERIFY_FAILURE(guidedFilter(constantMask(6, 5, 1), image, 0, 1e-3), ErrorCode::InvalidArgument,
                         "radius");
}

void TestComposite::growing() {
    std::vector<float> alpha(41 * 41, 0.0f);
    alpha[20 * 41 + 20] = 0.3f;
    const Mask dot(41, 41, alpha);
    const Mask grown = growMask(dot, 0.1, 10);
    for (int y = 0; y < 41; ++y)
        for (int x = 0; x < 41; ++x)
            QCOMPARE(grown.at(x, y), std::hypot(x - 20, y - 20) <= 10 ? 1.0f : 0.0f);
    QVERIFY(growMask(dot, 0.3, 10).coverage() == 0); // not above the threshold
    QVERIFY(growMask(constantMask(9, 9, 1), 0.5, 3) == constantMask(9, 9, 1));
    QVERIFY(growMask(Mask(), 0.5, 3).isEmpty());
    const Mask disc = makeDiscMask(80, 80, 20, 5);
    QVERIFY(growMask(disc, 0, 0).coverage() >= disc.coverage());
    const Mask twice = growMask(growMask(disc, 0.5, 3), 0.5, 4), once = growMask(disc, 0.5, 7);
    QVERIFY(twice.coverage() <= once.coverage() &&
            twice.coverage() > 0.97 * once.coverage()); // discs on a grid
}

void TestComposite::feathering() {
    const Mask disc = makeDiscMask(120, 100, 30, 0);
    QVERIFY(featherMask(disc, 0) == disc);
    for (const double sigma : {0.2, 0.7, 3.0, 9.5}) {
        const Mask soft = featherMask(disc, sigma);
        QVERIFY(std::abs(soft.coverage() - disc.coverage()) < 1e-4); // nothing is lost inside of the picture
        QVERIFY(soft.at(60, 50) >= disc.at(60, 50) - 1e-3f || sigma > 5);
    }
    for (const float level : {0.0f, 0.4f, 1.0f}) {
        const Mask soft = featherMask(constantMask(50, 40, level), 6);
        for (const float value : soft.alpha())
            QVERIFY(std::abs(value - level) < 1e-5f); // also at the border, which repeats
    }
}

void TestComposite::featherHasTheSigma() {
    for (const double sigma : {0.5, 1.0, 2.3, 8.0}) {
        std::vector<float> alpha(201, 0.0f);
        alpha[100] = 1.0f;
        std::vector<float> tall;
        for (int y = 0; y < 101; ++y)
            tall.insert(tall.end(), alpha.begin(), alpha.end());
        const Mask soft = featherMask(Mask(201, 101, tall), sigma);
        double variance = 0, sum = 0;
        for (int x = 0; x < 201; ++x) {
            variance += (x - 100) * (x - 100) * soft.at(x, 50);
            sum += soft.at(x, 50);
        }
        QVERIFY(std::abs(std::sqrt(variance / sum) - sigma) <
                0.01 * sigma); // the boxes are mixed to this variance
    }
}

void TestComposite::guidedFilterFollowsEdges() {
    std::vector<std::uint8_t> guide;
    std::vector<float> alpha;
    for (int y = 0; y < 80; ++y)
        for (int x = 0; x < 80; ++x) {
            guide.insert(guide.end(), {static_cast<std::uint8_t>(x < 40 ? 30 : 220), 90, 60});
            alpha.push_back(x < 43 ? 1.0f : 0.0f); // three pixels beside the edge of the guide
        }
    const Mask refined = guidedFilter(Mask(80, 80, alpha), Image(80, 80, 3, guide), 12, 1e-4);
    QVERIFY(refined.at(38, 40) > 0.9f);
    QVERIFY(refined.at(40, 40) < 0.5f && refined.at(42, 40) < 0.5f); // the wrong three pixels change sides
    QVERIFY(refined.at(39, 40) - refined.at(40, 40) > 0.4f);         // and the step is where the guide has it
}

void TestComposite::guidedFilterKeepsConstants() {
    const Image guide = makeTestPicture(40, 30, 3);
    for (const float level : {0.0f, 0.37f, 1.0f}) {
        const Mask refined = guidedFilter(constantMask(40, 30, level), guide, 4, 1e-3);
        for (const float value : refined.alpha())
            QVERIFY(std::abs(value - level) < 1e-4f); // differences of float sums over epsilon
    }
}

void TestComposite::cutOutBleeds() {
    std::vector<std::uint8_t> pixels(60 * 40 * 3, 0);
    std::vector<float> alpha(60 * 40, 0.0f);
    for (int y = 10; y < 30; ++y)
        for (int x = 20; x < 40; ++x) {
            alpha[y * 60 + x] = 1.0f;
            pixels[(y * 60 + x) * 3] = 200;
        }
    for (std::size_t i = 0; i < alpha.size(); ++i)
        pixels[i * 3 + 1] = alpha[i] > 0 ? 100 : 255; // the ground is green
    const Image cut = cutOut(Image(60, 40, 3, pixels), Mask(60, 40, alpha), 5);
    const auto pixel = [&](int x, int y) { return cut.u8().subspan((y * 60 + x) * 4, 4); };
    QVERIFY(std::ranges::equal(pixel(25, 15), std::vector<std::uint8_t>{200, 100, 0, 255}));
    QVERIFY(std::ranges::equal(pixel(15, 15), std::vector<std::uint8_t>{200, 100, 0, 0}));
    QVERIFY(std::ranges::equal(pixel(14, 15), std::vector<std::uint8_t>{0, 0, 0, 0}));
    const Image nothing = cutOut(makeTestPicture(5, 5, 3), constantMask(5, 5, 0));
    QVERIFY(std::ranges::all_of(nothing.u8(), [](std::uint8_t value) { return value == 0; }));
    const Image all = cutOut(makeTestPicture(5, 5, 3), constantMask(5, 5, 1));
    QVERIFY(toRgb(all) == makeTestPicture(5, 5, 3));
    QVERIFY(cutOut(makeTestPicture16(5, 5, 3), constantMask(5, 5, 1)).type() == PixelType::U16);
}

void TestComposite::cutOutOverGroundIsTheComposite() {
    const Image person = makeTestPicture(64, 48, 3), ground = flip(person);
    const Mask mask = maskFromImage(imageFromMask(makeDiscMask(64, 48, 15, 12), PixelType::U8));
    const Image cut = cutOut(person, mask);
    QVERIFY(maskFromImage(cut) == mask);
    QVERIFY(compositeOver(cut, maskFromImage(cut), ground) == compositeOver(person, mask, ground));
}

QTEST_APPLESS_MAIN(TestComposite)
#include "test_composite.moc"
