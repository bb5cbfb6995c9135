// SPDX-License-Identifier: Apache-2.0
// What the filler copies into a hole: patterns and layers go on, its options are obeyed, threads don't show.
#include "core/base/numpy_random.h"
#include "core/composite/composite.h"
#include "core/image/convert.h"
#include "tests/support/expect_failure.h"
#include "tests/support/image_compare.h"

#include <QTest>
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

using namespace cameo;
using namespace cameo::test;

namespace {

using Colour = std::array<double, 3>;

Image picture(int width, int height, const std::function<Colour(int x, int y)>& colourAt) {
    std::vector<std::uint8_t> pixels;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (const double value : colourAt(x, y))
                pixels.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
    return Image(width, height, 3, std::move(pixels));
}

Mask maskOf(int width, int height, const std::function<bool(int x, int y)>& isHole) {
    std::vector<float> alpha;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            alpha.push_back(isHole(x, y) ? 1.0f : 0.0f);
    return Mask(width, height, std::move(alpha));
}

Mask discAtTheBottom(int width, int height, double radius) {
    return maskOf(width, height,
                  [=](int x, int y) { return std::hypot(x - width / 2.0, y - height * 0.75) < radius; });
}

/// Grey noise of 25 levels on a colour that depends on the place.
Image noisy(int width, int height, const std::function<Colour(int x, int y)>& base) {
    NumpyRandom random(9);
    return picture(width, height, [&](int x, int y) {
        Colour colour = base(x, y);
        const double noise = 25 * random.gauss();
        for (double& value : colour)
            value += noise;
        return colour;
    });
}

Colour meanWhere(const Image& image, const std::function<bool(int x, int y)>& isWanted) {
    Colour sum{};
    double count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            if (isWanted(x, y)) {
                for (std::size_t c = 0; c < 3; ++c)
                    sum[c] += image.u8()[(static_cast<std::size_t>(y) * image.width() + x) * 3 + c];
                ++count;
            }
    for (double& value : sum)
        value /= count;
    return sum;
}

double meanErrorInHole(const Image& a, const Image& b, const Mask& hole) {
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < hole.alpha().size(); ++i)
        if (hole.alpha()[i] > 0) {
            for (std::size_t c = i * 3; c < i * 3 + 3; ++c)
                sum += std::abs(a.u8()[c] - b.u8()[c]) / 3.0;
            ++count;
        }
    return sum / count;
}

bool isKnownUntouched(const Image& filled, const Image& photo, const Mask& hole) {
    const std::size_t bytes = photo.byteCount() / hole.alpha().size();
    for (std::size_t i = 0; i < hole.alpha().size(); ++i)
        if (hole.alpha()[i] == 0 &&
            !std::equal(photo.data() + i * bytes, photo.data() + (i + 1) * bytes, filled.data() + i * bytes))
            return false;
    return true;
}

} // namespace

class TestContentFill : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void patternsGoOn_data();
    void patternsGoOn();
    void layersStayInPlace();
    void threadsDoNotShow();
    void seedsDiffer();
    void samplingAreaIsObeyed();
    void nothingIsCopiedFromTheBand();
    void flatGroundsStaySmooth();
    void otherViewsAreUsed();
    void holeTouchesAllBorders();
    void greyAndSixteenBit();
    void previewsComeFirst();
    void stopsBetweenPasses();
    void unknownSettings();
};

void TestContentFill::patternsGoOn_data() {
    QTest::addColumn<int>("kind");
    QTest::newRow("upright stripes") << 0;
    QTest::newRow("level stripes") << 1;
    QTest::newRow("slanted stripes") << 2;
    QTest::newRow("checkerboard") << 3;
}

void TestContentFill::patternsGoOn() {
    QFETCH(int, kind);
    const Image truth = picture(160, 160, [kind](int x, int y) -> Colour {
        const int u = kind == 1 ? y : kind == 2 ? x + y : x;
        const bool isLight = (u / 8 + (kind == 3 ? y / 8 : 0)) % 2 != 0;
        return isLight ? Colour{220, 200, 180} : Colour{40, 50, 60};
    });
    const Mask hole = discAtTheBottom(160, 160, 35);
    const Image filled = makeFiller()->fill({.photo = truth, .hole = hole});
    const double error = meanErrorInHole(filled, truth, hole);
    // Half of the difference of the two colours, 70 levels, would be a fill that knows nothing.
    QVERIFY2(error < 6, qPrintable(QString::number(error)));
}

void TestContentFill::layersStayInPlace() {
    const int horizon = 100;
    const auto base = [](int, int y) { return y < horizon ? Colour{90, 130, 220} : Colour{80, 160, 60}; };
    const Image photo = noisy(200, 200, base);
    const Mask hole = maskOf(200, 200, [](int x, int y) { return std::abs(x - 100) < 45 && y > 40; });
    const Image filled = makeFiller()->fill({.photo = photo, .hole = hole});
    const auto inHole = [&](int x, int y, int top, int bottom) {
        return hole.at(x, y) > 0 && y >= top && y < bottom;
    };
    const Colour sky = meanWhere(filled, [&](int x, int y) { return inHole(x, y, 0, horizon - 8); });
    const Colour field = meanWhere(filled, [&](int x, int y) { return inHole(x, y, horizon + 8, 200); });
    for (std::size_t c = 0; c < 3; ++c) {
        QVERIFY2(std::abs(sky[c] - base(0, 0)[c]) < 8, qPrintable(QString::number(sky[c])));
        QVERIFY2(std::abs(field[c] - base(0, 199)[c]) < 8, qPrintable(QString::number(field[c])));
    }
}

void TestContentFill::threadsDoNotShow() {
    const Image photo = noisy(150, 130, [](int x, int y) { return Colour{x * 1.0, y * 1.0, 120}; });
    const Mask hole = discAtTheBottom(150, 130, 40);
    const Image one = makeFiller()->fill({.photo = photo, .hole = hole, .threads = 1});
    for (const int threads : {2, 5, 0})
        QVERIFY(makeFiller()->fill({.photo = photo, .hole = hole, .threads = threads}) == one);
}

void TestContentFill::seedsDiffer() {
    const Image photo = noisy(120, 120, [](int, int) { return Colour{120, 120, 120}; });
    const Mask hole = discAtTheBottom(120, 120, 25);
    const auto filled = [&](double seed) {
        return makeFiller()->fill({.photo = photo, .hole = hole, .parameters = {{"seed", seed}}});
    };
    QVERIFY(filled(1) == filled(1));
    QVERIFY(!(filled(1) == filled(2)));
}

void TestContentFill::samplingAreaIsObeyed() {
    const Image photo = noisy(200, 120, [](int x, int) {
        return x < 90 ? Colour{180, 60, 60} : Colour{60, 180, 60};
    });
    const auto isDeep = [](int x, int y) { return std::hypot(x - 145, y - 60) < 12; };
    const Mask hole = maskOf(200, 120, [](int x, int y) { return std::hypot(x - 145, y - 60) < 40; });
    const auto filled = [&](ParameterValues parameters) {
        return makeFiller()->fill({.photo = photo, .hole = hole, .parameters = std::move(parameters)});
    };
    const Colour all = meanWhere(filled({}), isDeep);
    QVERIFY(all[1] > all[0] + 60); // from the surroundings
    const Colour left = meanWhere(filled({{"sample-right", 40}, {"colour-adaptation", 0}}), isDeep);
    QVERIFY2(left[0] > left[1] + 60, qPrintable(QString::number(left[0] - left[1])));
}

void TestContentFill::nothingIsCopiedFromTheBand() {
    const auto radius = [](int x, int y) { return std::hypot(x - 80.0, y - 60.0); };
    const Image photo = noisy(160, 120, [&](int x, int y) { // a red fringe of 3 px that the mask has missed
        return radius(x, y) < 33 ? Colour{230, 30, 30} : Colour{90, 120, 110};
    });
    const Mask hole = maskOf(160, 120, [&](int x, int y) { return radius(x, y) < 30; });
    const auto deepRed = [&](double exclude) {
        const Image filled = makeFiller()->fill(
            {.photo = photo,
             .hole = hole,
             .parameters = {{"exclude", exclude}, {"layout", 0}, {"colour-adaptation", 0}}});
        const Colour mean = meanWhere(filled, [&](int x, int y) { return radius(x, y) < 10; });
        return mean[0] - mean[1];
    };
    QVERIFY2(deepRed(4) < 20, qPrintable(QString::number(deepRed(4)))); // -30 is the ground's own
}

void TestContentFill::flatGroundsStaySmooth() {
    const Mask hole = discAtTheBottom(120, 120, 30);
    const auto filled = [&](const Image& photo, double smoothBelow) {
        return makeFiller()->fill(
            {.photo = photo, .hole = hole, .parameters = {{"smooth-below", smoothBelow}}});
    };
    const Image slope = picture(120, 120, [](int x, int y) { return Colour{60.0 + x, 80.0 + y / 2.0, 99}; });
    QVERIFY(filled(slope, 8) == filled(slope, 255) && !(filled(slope, 8) == filled(slope, 0)));
    const Image noise = noisy(120, 120, [](int, int) { return Colour{120, 120, 120}; });
    QVERIFY(filled(noise, 8) == filled(noise, 0) && !(filled(noise, 8) == filled(noise, 255)));
}

void TestContentFill::otherViewsAreUsed() {
    // Level stripes to copy from, upright ones to continue: only turned copies fit.
    const Image truth = picture(240, 160, [](int x, int y) {
        return (x < 120 ? y : x) / 8 % 2 != 0 ? Colour{220, 200, 180} : Colour{40, 50, 60};
    });
    const Mask hole = maskOf(240, 160, [](int x, int y) { return std::hypot(x - 185, y - 80) < 25; });
    const auto error = [&](double degrees) {
        const Image filled = makeFiller()->fill(
            {.photo = truth,
             .hole = hole,
             .parameters = {{"sample-right", 50}, {"rotation", degrees}, {"colour-adaptation", 0}}});
        return meanErrorInHole(filled, truth, hole);
    };
    const double straight = error(0), turned = error(90);
    QVERIFY2(turned < straight / 2,
             qPrintable(QStringLiteral("%1 turned, %2 straight").arg(turned).arg(straight)));
    const Image scaled =
        makeFiller()->fill({.photo = truth, .hole = hole, .parameters = {{"scale", 20}, {"mirror", 0}}});
    QVERIFY(isKnownUntouched(scaled, truth, hole) && meanErrorInHole(scaled, truth, hole) < 20);
}

void TestContentFill::holeTouchesAllBorders() {
    const Image photo = noisy(90, 80, [](int x, int) { return Colour{60.0 + x, 120, 90}; });
    const Mask frame = maskOf(90, 80, [](int x, int y) { return x < 20 || y < 20 || x >= 70 || y >= 60; });
    const Image filled = makeFiller()->fill({.photo = photo, .hole = frame});
    QVERIFY(isKnownUntouched(filled, photo, frame));
    const Colour left = meanWhere(filled, [](int x, int) { return x < 10; });
    const Colour right = meanWhere(filled, [](int x, int) { return x >= 80; });
    QVERIFY(left[0] < right[0]); // the slope goes on
    const Mask allButOne = maskOf(90, 80, [](int x, int y) { return x != 45 || y != 40; });
    QVERIFY(isKnownUntouched(makeFiller()->fill({.photo = photo, .hole = allButOne}), photo, allButOne));
    for (const auto& [width, height] :
         {std::pair{1, 1}, std::pair{1, 40}, std::pair{40, 1}, std::pair{3, 3}}) {
        const Image tiny = makeTestPicture(width, height, 3);
        const Mask half = maskOf(width, height, [&](int x, int y) { return x >= (width + 1) / 2 || y >= 2; });
        QVERIFY(isKnownUntouched(makeFiller()->fill({.photo = tiny, .hole = half}), tiny, half));
    }
}

void TestContentFill::greyAndSixteenBit() {
    const Image photo = noisy(120, 100, [](int, int) { return Colour{120, 120, 120}; });
    const Mask hole = discAtTheBottom(120, 100, 25);
    const Image deep = toU16(photo), eight = makeFiller()->fill({.photo = photo, .hole = hole});
    const Image sixteen = makeFiller()->fill({.photo = deep, .hole = hole});
    QVERIFY(sixteen.type() == PixelType::U16 && isKnownUntouched(sixteen, deep, hole));
    QVERIFY(meanErrorInHole(toU8(sixteen), eight, hole) < 1); // the same copies, rounded
    for (std::size_t i = 0; i < eight.u8().size(); i += 3)    // grey stays grey
        QVERIFY(eight.u8()[i] == eight.u8()[i + 1] && eight.u8()[i] == eight.u8()[i + 2]);
}

void TestContentFill::previewsComeFirst() {
    const Image photo = noisy(200, 200, [](int x, int) { return Colour{x * 1.0, 120, 60}; });
    const Mask hole = discAtTheBottom(200, 200, 45);
    std::vector<Image> previews;
    FillRequest request{.photo = photo, .hole = hole};
    request.onPreview = [&](const Image& rough) { previews.push_back(rough); };
    const Image filled = makeFiller()->fill(request);
    QVERIFY(!previews.empty());
    for (const Image& rough : previews) {
        QVERIFY(rough.width() == 200 && rough.height() == 200 && rough.type() == PixelType::U8);
        QVERIFY(isKnownUntouched(rough, photo, hole));
        QVERIFY(!(rough == filled));
        // A rough fill has the right colours already: 25 levels of noise are 28 apart, another place far
        // more.
        QVERIFY(meanErrorInHole(rough, filled, hole) < 30);
    }
}

void TestContentFill::stopsBetweenPasses() {
    const Image photo = noisy(200, 200, [](int x, int) { return Colour{x * 1.0, 120, 60}; });
    std::stop_source source;
    FillRequest request{.photo = photo, .hole = discAtTheBottom(200, 200, 45), .stop = source.get_token()};
    int previews = 0;
    request.onPreview = [&](const Image&) {
        ++previews;
        source.request_stop();
    };
    CAMEO_VERIFY_FAILURE(makeFiller()->fill(request), ErrorCode::Cancelled, "stopped");
    QCOMPARE(previews, 1);
}

void TestContentFill::unknownSettings() {
    const Image photo = makeTestPicture(20, 20, 3);
    const Mask hole = discAtTheBottom(20, 20, 4);
    CAMEO_VERIFY_FAILURE(makeFiller()->fill({.photo = photo, .hole = hole, .parameters = {{"sede", 2}}}),
                         ErrorCode::InvalidArgument, "seed");
    CAMEO_VERIFY_FAILURE(makeFiller()->fill({.photo = photo, .hole = hole, .parameters = {{"mirror", 2}}}),
                         ErrorCode::InvalidArgument, "mirror");
}

QTEST_APPLESS_MAIN(TestContentFill)
#include "test_content_fill.moc"
