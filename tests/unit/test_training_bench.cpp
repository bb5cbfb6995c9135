// SPDX-License-Identifier: Apache-2.0
// What the measurement of training counts, and that its figures belong together. How large they are belongs
// to the benchmark.
#include "core/base/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/train/training_bench.h"
#include "tests/support/expect_failure.h"

#include <QTest>

#include <cmath>

using namespace cameo;
using namespace cameo::train;

class TestTrainingBench : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void multiplyAddsAreCounted() {
        const checkpoint::ChannelOptions tiny{
            .resolution = 8, .channelBase = 16, .channelMax = 2, .zDim = 4, .wDim = 4, .mappingLayers = 2};
        const double mapping = 2 * 4 * 4, styles = 4 * 2;
        const double at4 = 16 * 2 * 2 * 9 + styles + 16 * 2 * 3 + styles;
        const double up = 16 * 2 * 2 * 9 + 64 * 2 * 16 + styles; // every input sample, then the filter
        const double at8 = up + 64 * 2 * 2 * 9 + styles + 64 * 2 * 3 + styles + 64 * 3 * 16;
        QCOMPARE(multiplyAdds(checkpoint::standardGeneratorSpec(tiny)), mapping + at4 + at8);
        const double block = 64 * 3 * 2 + 64 * 2 * 2 * 9 + 64 * 2 * 16 + 16 * 2 * 2 * 9;
        const double skip = 16 * 2 * 16 + 16 * 2 * 2;
        const double end = 16 * 3 * 2 * 9 + 32 * 2 + 2;
        QCOMPARE(multiplyAdds(checkpoint::standardDiscriminatorSpec(tiny)), block + skip + end);
    }

    void figuresBelongTogether() {
        TrainingBench bench{.sides = {8, 16}, .batch = 4, .repeats = 1};
        bench.isWanted = [](const std::string& name) { return name == "training 16 float32"; };
        int told = 0;
        bench.onRow = [&](const TrainingBenchRow&) { ++told; };
        const std::vector<TrainingBenchRow> rows = benchTraining(bench);
        QCOMPARE(rows.size(), std::size_t{1});
        QCOMPARE(told, 1);
        const TrainingBenchRow& row = rows.front();
        QVERIFY(row.minMs > 0);
        QVERIFY(row.peakShare > 0);
        QVERIFY(std::abs(row.imagesPerSecond * row.medianMs / 4e3 - 1) < 1e-9);
        QVERIFY(QString::fromStdString(row.note).contains(QLatin1String("images/s")));
    }

    void missingDevicesAndStopsEndIt() {
        TrainingBench bench{.sides = {8}, .batch = 4, .repeats = 1, .device = "toaster"};
        CAMEO_VERIFY_FAILURE(benchTraining(bench), ErrorCode::Device, "'toaster'");
        std::stop_source source;
        source.request_stop();
        bench.device = "cpu";
        bench.stop = source.get_token();
        CAMEO_VERIFY_FAILURE(benchTraining(bench), ErrorCode::Cancelled, "stopped");
    }
};

QTEST_APPLESS_MAIN(TestTrainingBench)
#include "test_training_bench.moc"
