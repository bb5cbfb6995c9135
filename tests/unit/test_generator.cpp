// SPDX-License-Identifier: Apache-2.0
// The laws of generator and discriminator on small random networks.
#include "tests/unit/generator_laws.h"

#include <QTest>

using namespace cameo::test;

namespace {

/// float32 sums of at most a few thousand terms in another order, through up to a dozen layers.
constexpr double rounding = 2e-5;

#define COMPARE_WITHIN(value, limit)                                                                         \
    do {                                                                                                     \
        const double measured = (value);                                                                     \
        QVERIFY2(measured <= (limit), QByteArray::number(measured).constData());                             \
    } while (false)

} // namespace

class TestGenerator : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() { qInfo("kernels: %s", kernelSet().c_str()); }

    void blasFitsTheProcessor() {
        const std::string kernels = blasKernels();
        qInfo("BLAS: %s", kernels.c_str());
        if (kernels.empty() || kernelSet() == "plain" || qEnvironmentVariableIsSet("OPENBLAS_CORETYPE"))
            QSKIP("another BLAS, an old processor, or a choice of the user");
        QVERIFY(kernels != "Prescott"); // what OpenBLAS falls back to on a processor that it does not know
    }

    void packedConvolutions_data() {
        QTest::addColumn<int>("up");
        QTest::addColumn<int>("side");
        QTest::addColumn<int>("in");
        QTest::addColumn<int>("out");
        QTest::addColumn<int>("samples");
        for (const int up : {1, 2})
            for (const auto& [side, in, out, samples] :
                 {std::array{4, 64, 32, 1}, std::array{8, 16, 48, 3}, std::array{16, 32, 80, 2},
                  std::array{32, 512, 256, 1}, std::array{64, 256, 128, 1}, std::array{128, 32, 16, 2},
                  std::array{256, 16, 16, 1}})
                QTest::addRow("%s %d px, %d to %d, %d samples", up > 1 ? "up" : "same", side, in, out,
                              samples)
                    << up << side << in << out << samples;
    }

    void packedConvolutions() {
        QFETCH(const int, up);
        QFETCH(const int, side);
        QFETCH(const int, in);
        QFETCH(const int, out);
        QFETCH(const int, samples);
        for (const bool useTiles : {false, true}) {
            ConvolutionCase convolution{.up = up,
                                        .inSide = side,
                                        .inChannels = in,
                                        .outChannels = out,
                                        .samples = samples,
                                        .useTiles = useTiles};
            COMPARE_WITHIN(packedConvolutionError(convolution), rounding);
            convolution.useBFloat16 = true; // the result is rounded to 8 bits once
            COMPARE_WITHIN(packedConvolutionError(convolution), 0.004);
        }
    }

    void inferenceEqualsTraining_data() {
        QTest::addColumn<QString>("architecture");
        QTest::addColumn<int>("resolution");
        QTest::addColumn<int>("channelMax");
        QTest::addColumn<int>("classes");
        QTest::addColumn<double>("clamp");
        QTest::newRow("skip") << "skip" << 32 << 48 << 0 << 0.0;
        QTest::newRow("skip, odd channels") << "skip" << 64 << 21 << 0 << 0.0;
        QTest::newRow("skip, 128 px") << "skip" << 128 << 16 << 0 << 0.0;
        QTest::newRow("resnet") << "resnet" << 32 << 40 << 0 << 0.0;
        QTest::newRow("orig") << "orig" << 32 << 32 << 0 << 0.0;
        QTest::newRow("conditional") << "skip" << 16 << 32 << 3 << 0.0;
        QTest::newRow("clamped") << "skip" << 32 << 32 << 0 << 0.8;
        QTest::newRow("clamped resnet") << "resnet" << 32 << 32 << 0 << 0.8;
    }

    void inferenceEqualsTraining() {
        QFETCH(const QString, architecture);
        QFETCH(const int, resolution);
        QFETCH(const int, channelMax);
        QFETCH(const int, classes);
        QFETCH(const double, clamp);
        const SmallNetwork network{.resolution = resolution,
                                   .channelMax = channelMax,
                                   .architecture = architecture.toStdString(),
                                   .classes = classes,
                                   .clamp = clamp};
        COMPARE_WITHIN(inferenceFromTraining(network, 1), rounding);
        COMPARE_WITHIN(inferenceFromTraining(network, 3), rounding);
        // Every layer stores features with 8 bits: 0.4 % each, largely independent.
        COMPARE_WITHIN(bfloat16FromFloat(network), 0.03);
    }

    void batchesEqualSingles() {
        for (const char* noise : {"const", "random", "none"})
            COMPARE_WITHIN(batchOfTwoFromTwoOfOne({}, noise), rounding);
    }

    void statesContinue() {
        for (const std::size_t block : {0u, 1u, 2u}) {
            COMPARE_WITHIN(continuedFromWhole({}, block, false), rounding);
            COMPARE_WITHIN(continuedFromWhole({.channelMax = 20}, block, false), rounding);
            COMPARE_WITHIN(continuedFromWhole({.architecture = "resnet"}, block, false), rounding);
            COMPARE_WITHIN(continuedFromWhole({}, block, true),
                           0.01); // sums in another order, rounded to 8 bits
            COMPARE_WITHIN(earlierRowsMatter({}, block + 1), 0);
        }
    }

    void randomNoiseIsReproducible() {
        QCOMPARE(randomNoiseDifference({}, 5, 5), 0.0);
        QVERIFY(randomNoiseDifference({}, 5, 6) > 0.01);
    }

    void stopIsHonoured() {
        QCOMPARE(blocksBeforeStop({}, 1), 1);
        QCOMPARE(blocksBeforeStop({}, 3), 3);
    }

    // Extrapolated differences in float32 were good to 0.00002 to 0.0002 with four sets of BLAS kernels.
    void gradientsAreRight() {
        for (const char* architecture : {"skip", "resnet", "orig"}) {
            const SmallNetwork network{.resolution = 16, .channelMax = 16, .architecture = architecture};
            COMPARE_WITHIN(generatorGradientError(network), 0.001);
            COMPARE_WITHIN(latentGradientError(network), 0.001);
        }
    }

    void penaltyGradientsAreRight() {
        COMPARE_WITHIN(penaltyGradientError({.resolution = 16, .channelMax = 16}), 0.001);
        COMPARE_WITHIN(penaltyGradientError({.resolution = 16, .channelMax = 16, .classes = 2}), 0.001);
    }

    void recordsKeepEverything() {
        QCOMPARE(recordRoundTrip({}), 0.0);
        QCOMPARE(recordRoundTrip({.classes = 2}), 0.0);
    }

    void inferenceFollowsParameters() { COMPARE_WITHIN(changedParameters({}), rounding); }

    void meanOfWIsComputed() { COMPARE_WITHIN(computedMean({}), rounding); }
};

QTEST_APPLESS_MAIN(TestGenerator)
#include "test_generator.moc"
