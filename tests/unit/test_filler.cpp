// SPDX-License-Identifier: Apache-2.0
// The plate: what is known stays, what is filled fits, and stopping works.
#include "core/base/numpy_random.h"
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

Image fill(const Image& photo, const Mask& hole) {
    return makeFiller()->fill({.photo = photo, .hole = hole});
}

Mask constantMask(int width, int height, float alpha) {
    return Mask(width, height, std::vector<float>(static_cast<std::size_t>(width) * height, alpha));
}

/// Head and shoulders that leave the picture at the bottom, as in a portrait.
Mask portraitHole(int width, int height) {
    std::vector<float> alpha;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const double u = (x + 0.5) / width - 0.5, v = (y + 0.5) / height;
            const bool isHead = std::hypot(u / 0.22, (v - 0.4) / 0.3) < 1;
            alpha.push_back(isHead || (v > 0.7 && std::abs(u) < 0.38) ? 1.0f : 0.0f);
        }
    return Mask(width, height, std::move(alpha));
}

/// Grey noise of a standard deviation (in levels) on a level.
Image noisePicture(int side, double level, double deviation) {
    NumpyRandom random(5);
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < side * side; ++i) {
        const auto value =
            static_cast<std::uint8_t>(std::clamp(level + deviation * random.gauss(), 0.0, 255.0));
        pixels.insert(pixels.end(), {value, value, value});
    }
    return Image(side, side, 3, std::move(pixels));
}

/// Mean and standard deviation of the first channel in the hole.
std::pair<double, double> statistics(const Image& image, const Mask& hole) {
    double sum = 0, squares = 0, count = 0;
    for (std::size_t i = 0; i < hole.alpha().size(); ++i)
        if (hole.alpha()[i] > 0) {
            const double value = image.u8()[i * 3];
            sum += value;
            squares += value * value;
            ++count;
        }
    return {sum / count, std::sqrt(squares / count - sum / count * sum / count)};
}

} // namespace

class TestFiller : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void knownPixelsStay();
    void whatIsInTheHoleDoesNotMatter();
    void constantStaysConstant();
    void gradientGoesOn();
    void grainGoesOn();
    void borderOfTheHoleVanishes();
    void largePicturesKeepTheirGrain();
    void degenerateHoles();
    void stops();
    void reportsProgress();
    void sizesMustAgree();
};

void TestFiller::knownPixelsStay() {
    for (const Image& photo :
         {makeTestPicture(120, 90, 3), makeTestPicture16(120, 90, 3), toF32(makeTestPicture(120, 90, 3)),
          makeTestPicture(120, 90, 1), makeTestPicture(120, 90, 4)}) {
        const Mask hole = portraitHole(120, 90);
        const Image filled = fill(photo.withResolution(300), hole), rgb = toRgb(photo);
        QVERIFY(filled.type() == photo.type() && filled.channels() == 3 && filled.resolution() == 300.0);
        const std::size_t pixelBytes = filled.byteCount() / (120 * 90);
        bool isChanged = false;
        for (std::size_t i = 0; i < hole.alpha().size(); ++i) {
            const bool isEqual =
                std::equal(filled.data() + i * pixelBytes, filled.data() + (i + 1) * pixelBytes,
                           rgb.data() + i * pixelBytes);
            QVERIFY(hole.alpha()[i] > 0 || isEqual);
            isChanged = isChanged || !isEqual;
        }
        QVERIFY(isChanged);
    }
}

void TestFiller::whatIsInTheHoleDoesNotMatter() {
    const Image photo = makeTestPicture(96, 96, 3);
    const Mask hole = portraitHole(96, 96);
    std::vector<std::uint8_t> pixels(photo.u8().begin(), photo.u8().end());
    for (std::size_t i = 0; i < hole.alpha().size(); ++i)
        if (hole.alpha()[i] > 0)
            std::fill_n(&pixels[i * 3], 3, std::uint8_t{255});
    QVERIFY(fill(photo, hole) == fill(Image(96, 96, 3, pixels), hole));
    QVERIFY(fill(photo, hole) == fill(photo, hole)); // the same every time
    std::vector<float> faint(hole.alpha().begin(), hole.alpha().end());
    for (float& value : faint)
        value *= 0.01f;
    QVERIFY(fill(photo, hole) == fill(photo, Mask(96, 96, faint))); // any alpha above 0 is hole
}

void TestFiller::constantStaysConstant() {
    for (const auto& [width, height] : {std::pair{64, 64}, {200, 50}, {33, 131}}) {
        const Image photo(width, height, 3,
                          std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3, 113));
        QVERIFY(fill(photo, portraitHole(width, height)) == photo);
    }
}

void TestFiller::gradientGoesOn() {
    std::vector<std::uint8_t> pixels;
    for (int y = 0; y < 128; ++y)
        for (int x = 0; x < 128; ++x)
            pixels.insert(pixels.end(),
                          {static_cast<std::uint8_t>(40 + x), 90, static_cast<std::uint8_t>(200 - x)});
    const Image photo(128, 128, 3, pixels);
    const ImageDifference difference = compareImages(fill(photo, portraitHole(128, 128)), photo);
    // A membrane knows no slope at the picture's lower border, where the shoulders leave it; hence not exact.
    QVERIFY2(difference.maximum < 20 && difference.psnr > 36, difference.text().c_str());
}

void TestFiller::grainGoesOn() {
    const Image photo = noisePicture(256, 120, 12);
    const Mask hole = portraitHole(256, 256);
    const auto [mean, deviation] = statistics(fill(photo, hole), hole);
    QVERIFY2(std::abs(mean - 120) < 2, qPrintable(QString::number(mean)));
    // Overlapping blocks average a part of the grain away: between two thirds and all of it must be left.
    QVERIFY2(deviation > 8 && deviation < 13, qPrintable(QString::number(deviation)));
}

void TestFiller::borderOfTheHoleVanishes() {
    const Image photo = noisePicture(256, 120, 6);
    const Mask hole = portraitHole(256, 256);
    const Image filled = fill(photo, hole);
    double across = 0, elsewhere = 0;
    int acrossCount = 0, elsewhereCount = 0;
    for (int y = 0; y < 256; ++y)
        for (int x = 1; x < 256; ++x) {
            const double jump = std::abs(filled.u8()[(y * 256 + x) * 3] - filled.u8()[(y * 256 + x - 1) * 3]);
            const bool isBorder = hole.at(x, y) != hole.at(x - 1, y);
            (isBorder ? across : elsewhere) += jump;
            ++(isBorder ? acrossCount : elsewhereCount);
        }
    QVERIFY(across / acrossCount <
            1.3 * elsewhere / elsewhereCount); // a visible edge would be several times that
}

void TestFiller::largePicturesKeepTheirGrain() {
    const int width = 2600, height = 420; // beyond the working size
    const Image strip = noisePicture(420, 120, 12);
    std::vector<std::uint8_t> pixels;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const std::uint8_t value = strip.u8()[(static_cast<std::size_t>(y) * 420 + x * 7 % 420) * 3];
            pixels.insert(pixels.end(), {value, value, value});
        }
    const Image photo(width, height, 3, pixels);
    const Mask hole = portraitHole(width, height);
    for (std::size_t i = 0; i < hole.alpha().size(); ++i) // what is in the hole must not matter here either
        if (hole.alpha()[i] > 0)
            std::fill_n(&pixels[i * 3], 3, std::uint8_t{255});
    const Image filled = fill(Image(width, height, 3, pixels), hole);
    for (std::size_t i = 0; i < hole.alpha().size(); ++i)
        QVERIFY(hole.alpha()[i] > 0 ||
                std::equal(&filled.u8()[i * 3], &filled.u8()[i * 3] + 3, &photo.u8()[i * 3]));
    const auto [mean, deviation] = statistics(filled, hole);
    QVERIFY2(std::abs(mean - 120) < 2, qPrintable(QString::number(mean)));
    QVERIFY2(deviation > 10 && deviation < 13.5, qPrintable(QString::number(deviation))); // 12 in the photo
    QVERIFY(fill(toU16(photo), hole).type() == PixelType::U16);
}

void TestFiller::degenerateHoles() {
    const Image photo = makeTestPicture(40, 30, 3);
    QVERIFY(fill(photo, constantMask(40, 30, 0)) == photo);
    const Image all = fill(photo, constantMask(40, 30, 1)); // nothing known: one colour
    for (std::size_t i = 3; i < all.u8().size(); ++i)
        QCOMPARE(all.u8()[i], all.u8()[i - 3]);
    QVERIFY(fill(makeTestPicture(1, 1, 3), constantMask(1, 1, 1)) == makeTestPicture(1, 1, 3));
    std::vector<float> alpha(40 * 30, 1.0f);
    alpha[17] = 0; // one known pixel
    const Image one = fill(photo, Mask(40, 30, alpha));
    for (std::size_t i = 0; i < one.u8().size(); ++i)
        QVERIFY(std::abs(one.u8()[i] - photo.u8()[17 * 3 + i % 3]) <= 1); // rounding
    alpha.assign(40 * 30, 0.0f);
    alpha[15 * 40 + 20] = 1; // one unknown pixel
    const Image dot = fill(photo, Mask(40, 30, alpha));
    QVERIFY(std::abs(dot.u8()[(15 * 40 + 20) * 3] - photo.u8()[(15 * 40 + 20) * 3]) < 20);
}

void TestFiller::stops() {
    const Image photo = makeTestPicture(400, 400, 3);
    std::stop_source source;
    source.request_stop();
    CAMEO_VERIFY_FAILURE(
        makeFiller()->fill({.photo = photo, .hole = portraitHole(400, 400), .stop = source.get_token()}),
        ErrorCode::Cancelled, "stopped");
    for (const double at : {0.0, 0.2, 0.5, 0.8}) {
        std::stop_source later;
        const auto onProgress = [&](const Progress& progress) {
            if (progress.fraction.value_or(0) >= at)
                later.request_stop();
            QVERIFY(progress.fraction.value_or(0) < at + 0.25); // not much later
        };
        CAMEO_VERIFY_FAILURE(
            makeFiller()->fill({photo, portraitHole(400, 400), onProgress, later.get_token()}),
            ErrorCode::Cancelled, "stopped");
    }
}

void TestFiller::reportsProgress() {
    std::vector<double> fractions;
    const auto onProgress = [&](const Progress& progress) {
        QCOMPARE(progress.stage, std::string("fill"));
        fractions.push_back(progress.fraction.value_or(-1));
    };
    makeFiller()->fill({makeTestPicture(300, 300, 3), portraitHole(300, 300), onProgress, {}});
    QVERIFY(fractions.size() > 5 && std::ranges::is_sorted(fractions));
    QCOMPARE(fractions.front(), 0.0);
    QCOMPARE(fractions.back(), 1.0);
}

void TestFiller::sizesMustAgree() {
    CAMEO_VERIFY_FAILURE(fill(makeTestPicture(5, 4, 3), constantMask(4, 5, 1)), ErrorCode::InvalidArgument,
                         "4 x 5");
    CAMEO_VERIFY_FAILURE(fill(Image(), Mask()), ErrorCode::InvalidArgument, "0 x 0");
    QCOMPARE(std::string(makeFiller()->name()), std::string("content-aware"));
}

QTEST_APPLESS_MAIN(TestFiller)
#include "test_filler.moc"
