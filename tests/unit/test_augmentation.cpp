// SPDX-License-Identifier: Apache-2.0
// Every stage of the augmentation against plain loops, invariances and its own definition.
#include "tests/unit/augmentation_probe.h"

#include <QTest>
#include <cmath>

using namespace cameo::test;

class TestAugmentation : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void exchangesAreExact();
    void resamplingIsSharp();
    void coloursFollowTheirArithmetic();
    void corruptionFollowsItsDefinition();
    void pipelinesAreDifferentiableTwice_data();
    void pipelinesAreDifferentiableTwice();
    void probabilitiesAreKept();
};

namespace {

QString text(double value) {
    return QString::number(value);
}

} // namespace

void TestAugmentation::exchangesAreExact() {
    const ExchangeFacts facts = examineExchanges();
    QCOMPARE(facts.mirrored, 0.0);
    QCOMPARE(facts.twiceMirrored, 0.0);
    QCOMPARE(facts.turned, 0.0);
    QCOMPARE(facts.shifted, 0.0);
    QCOMPARE(facts.untouched, 0.0);
}

void TestAugmentation::resamplingIsSharp() {
    const ResamplingFacts facts = examineResampling();
    // Sums of 144 products in float32.
    QVERIFY2(facts.still < 1e-5, qPrintable(text(facts.still)));
    QVERIFY2(facts.shifted < 5e-6, qPrintable(text(facts.shifted))); // and positions rounded to float32
    // The wavelet is only nearly symmetric, and bilinear sampling at twice the size loses a little of waves.
    QVERIFY2(facts.turned < 0.012, qPrintable(text(facts.turned)));
    QVERIFY2(facts.rotated < 0.09, qPrintable(text(facts.rotated)));
    QVERIFY2(facts.rotated < 0.7 * facts.rotatedBilinear,
             qPrintable(text(facts.rotated) + u' ' + text(facts.rotatedBilinear)));
}

void TestAugmentation::coloursFollowTheirArithmetic() {
    const ColourFacts facts = examineColours();
    // float32 rounding of values around 10.
    QVERIFY2(facts.arithmetic < 1e-4, qPrintable(text(facts.arithmetic)));
    QVERIFY2(facts.brightness < 1e-6, qPrintable(text(facts.brightness)));
    QVERIFY2(facts.contrast < 1e-6, qPrintable(text(facts.contrast)));
    QVERIFY2(facts.lumaFlip < 1e-5, qPrintable(text(facts.lumaFlip)));
    QVERIFY2(facts.hue < 1e-5, qPrintable(text(facts.hue)));
    QVERIFY2(facts.saturation < 1e-5, qPrintable(text(facts.saturation)));
    QVERIFY2(facts.neutral < 1e-5, qPrintable(text(facts.neutral)));
}

void TestAugmentation::corruptionFollowsItsDefinition() {
    const CorruptionFacts facts = examineCorruption();
    // float32 rounding of sums of some dozen products.
    QVERIFY2(facts.still < 1e-5, qPrintable(text(facts.still)));
    QVERIFY2(facts.constant < 1e-4, qPrintable(text(facts.constant)));
    QVERIFY2(facts.chequered < 1e-4, qPrintable(text(facts.chequered)));
    QVERIFY2(facts.power < 1e-5, qPrintable(text(facts.power)));
    // 2000 squares of normal numbers have a relative error of sqrt(2 / 2000) = 3 %.
    QVERIFY2(facts.noiseSpread < 0.12, qPrintable(text(facts.noiseSpread)));
    // Half the side with its centre anywhere covers 7/16 of it on average, so 0.191 of the area.
    QVERIFY2(std::abs(facts.erasedShare - 0.1914) < 0.02, qPrintable(text(facts.erasedShare)));
}

void TestAugmentation::pipelinesAreDifferentiableTwice_data() {
    QTest::addColumn<int>("pipeline");
    QTest::newRow("light") << 0;
    QTest::newRow("bgc") << 1;
    QTest::newRow("full") << 2;
}

void TestAugmentation::pipelinesAreDifferentiableTwice() {
    QFETCH(int, pipeline);
    const PipelineFacts facts = examinePipeline(pipeline);
    QVERIFY(facts.isSameAtZero);
    QVERIFY(facts.keepsShape);
    QVERIFY(facts.isRepeatable);
    QVERIFY(facts.isSelectable);
    // Differences in float32 are good to some 1e-5 after extrapolation.
    QVERIFY2(facts.slope < 2e-4, qPrintable(text(facts.slope)));
    QVERIFY2(facts.second < 2e-4, qPrintable(text(facts.second)));
}

void TestAugmentation::probabilitiesAreKept() {
    const ShareFacts facts = examineShares();
    // 4000 images: standard deviation below 0.008. Half of the flips and a quarter of the turns change
    // nothing.
    QVERIFY2(std::abs(facts.flips - 0.25) < 0.03, qPrintable(text(facts.flips)));
    QVERIFY2(std::abs(facts.quarterTurns - 0.375) < 0.03, qPrintable(text(facts.quarterTurns)));
    QVERIFY2(std::abs(facts.rotations - 0.5) < 0.03, qPrintable(text(facts.rotations))); // one or both of two
    QVERIFY2(std::abs(facts.scales - 0.5) < 0.03, qPrintable(text(facts.scales)));
}

QTEST_APPLESS_MAIN(TestAugmentation)
#include "test_augmentation.moc"
