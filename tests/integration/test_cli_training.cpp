// SPDX-License-Identifier: Apache-2.0
// Pictures to data set to training to measurement, with the commands that a user types.
#include "app/commands/training_line.h"
#include "core/image/codec.h"
#include "tests/support/cli_runner.h"
#include "tests/support/temp_dir.h"

#include <QJsonArray>
#include <QTest>
#include <fstream>

using namespace cameo;
using namespace cameo::test;
using namespace Qt::StringLiterals;

namespace {

/// Squares of one colour on another, `count` of them, and a table that divides them: every fourth is for
/// measuring.
void writePictures(const std::filesystem::path& folder, int count) {
    std::filesystem::create_directories(folder / "images");
    std::ofstream table(folder / "manifest.csv");
    table << "file,split\n";
    for (int i = 0; i < count; ++i) {
        std::vector<std::uint8_t> pixels;
        for (int y = 0; y < 20; ++y)
            for (int x = 0; x < 24; ++x) {
                const bool isInside = std::abs(x - 12) < 4 + i % 5 && std::abs(y - 10) < 4 + i % 3;
                for (int c = 0; c < 3; ++c)
                    pixels.push_back(static_cast<std::uint8_t>(isInside ? 240 - 60 * c : 10 * i));
            }
        const std::string name = "images/" + std::to_string(i) + ".png";
        writePng(folder / name, Image(24, 20, 3, std::move(pixels)));
        table << name << (i % 4 == 3 ? ",dev\n" : ",train\n");
    }
}

} // namespace

class TestCliTraining : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase();
    void packingHonoursTheSplit();
    void dividedFoldersAreNotPackedWhole();
    void badPicturesAreReported();
    void picturesForMeasuringAreNotTrainedOn();
    void trainingResumesAndIsMeasured();
    void foldersAndTablesAreTrainedOnAtOnce();
    void progressIsOneLine();

  private:
    QString at(const char* name) const { return QString::fromStdString((m_folder / name).string()); }
    TempDir m_folder;
};

void TestCliTraining::initTestCase() {
    writePictures(m_folder / "pictures", 24);
}

void TestCliTraining::packingHonoursTheSplit() {
    // The table and its folder say the same.
    for (const char* input : {"pictures", "pictures/manifest.csv"}) {
        const CliResult result = runCameo({u"dataset"_s, u"pack"_s, at(input), u"--split"_s, u"train"_s,
                                           u"--side"_s, u"16"_s, u"--out"_s, at("train.set"), u"--json"_s});
        QVERIFY2(result.exitCode == 0, qPrintable(result.text()));
        QCOMPARE(result.json()[u"packed"_s].toInt(), 18);
        QVERIFY(result.json()[u"skipped"_s].toArray().isEmpty());
    }
}

void TestCliTraining::dividedFoldersAreNotPackedWhole() {
    for (const char* input : {"pictures", "pictures/images", "pictures/images/"}) {
        const CliResult result = runCameo({u"dataset"_s, u"pack"_s, at(input), u"--out"_s, at("all.set")});
        QVERIFY2(result.exitCode != 0, input);
        QVERIFY2(result.failureLine().contains(u"split"_s), qPrintable(result.text()));
        QVERIFY(!std::filesystem::exists(m_folder / "all.set"));
    }
}

void TestCliTraining::badPicturesAreReported() {
    writePictures(m_folder / "loose", 5);
    std::filesystem::remove(m_folder.path() / "loose/manifest.csv");
    std::ofstream(m_folder.path() / "loose/images/broken.png") << "no picture";
    const CliResult result = runCameo({u"dataset"_s, u"pack"_s, at("loose"), u"--side"_s, u"16"_s, u"--out"_s,
                                       at("loose.set"), u"--json"_s});
    QVERIFY2(result.exitCode == 0, qPrintable(result.text()));
    QCOMPARE(result.json()[u"packed"_s].toInt(), 5);
    const QJsonArray skipped = result.json()[u"skipped"_s].toArray();
    QCOMPARE(skipped.size(), 1);
    QVERIFY(skipped[0][u"file"_s].toString().endsWith(u"broken.png"_s));
    QVERIFY(!skipped[0][u"reason"_s].toString().isEmpty());
}

void TestCliTraining::picturesForMeasuringAreNotTrainedOn() {
    const CliResult packed = runCameo({u"dataset"_s, u"pack"_s, at("pictures"), u"--split"_s, u"dev"_s,
                                       u"--side"_s, u"16"_s, u"--out"_s, at("dev.set")});
    QVERIFY2(packed.exitCode == 0, qPrintable(packed.text()));
    const CliResult result =
        runCameo({u"train"_s, u"generator"_s, u"--data"_s, at("dev.set"), u"--out"_s, at("dev")});
    QVERIFY(result.exitCode != 0);
    QVERIFY2(result.failureLine().contains(u"'dev'"_s), qPrintable(result.text()));
}

void TestCliTraining::trainingResumesAndIsMeasured() {
    const auto train = [&](const QString& thousands) {
        return runCameo({u"train"_s, u"generator"_s, u"--data"_s, at("train.set"), u"--out"_s, at("run"),
                         u"--batch"_s, u"8"_s, u"--channel-base"_s, u"256"_s, u"--channel-max"_s, u"16"_s,
                         u"--latent-size"_s, u"16"_s, u"--images"_s, thousands, u"--json"_s});
    };
    QCOMPARE(train(u"0.016"_s).json()[u"images"_s].toInt(), 16);
    const CliResult resumed = train(u"0.024"_s);
    QVERIFY2(resumed.exitCode == 0, qPrintable(resumed.text()));
    QCOMPARE(resumed.json()[u"images"_s].toInt(), 24);
    for (const char* name : {"generator.safetensors", "discriminator.safetensors", "state.safetensors",
                             "log.jsonl", "samples000000000.png"})
        QVERIFY2(std::filesystem::exists(m_folder.path() / "run" / name), name);
    const CliResult measured =
        runCameo({u"evaluate"_s, u"generator"_s, u"--model"_s, at("run/generator.safetensors"), u"--data"_s,
                  at("train.set"), u"--json"_s});
    QVERIFY2(measured.exitCode == 0, qPrintable(measured.text()));
    const QJsonObject distances = measured.json()[u"metrics"_s][u"wasserstein"_s].toObject();
    QCOMPARE(distances[u"compared"_s].toInt(), 18);
    QVERIFY(distances[u"mean"_s].toDouble() > distances[u"mean-floor"_s].toDouble());
}

void TestCliTraining::foldersAndTablesAreTrainedOnAtOnce() {
    const auto train = [&](const char* data, const QStringList& more) {
        return runCameo(QStringList{u"train"_s, u"generator"_s, u"--data"_s, at(data), u"--out"_s,
                                    at("direct"), u"--batch"_s, u"8"_s, u"--channel-base"_s, u"256"_s,
                                    u"--channel-max"_s, u"16"_s, u"--latent-size"_s, u"16"_s, u"--images"_s,
                                    u"0.016"_s, u"--side"_s, u"16"_s, u"--json"_s} +
                        more);
    };
    const CliResult whole = train("pictures", {});
    QVERIFY(whole.exitCode != 0);
    QVERIFY2(whole.failureLine().contains(u"split"_s), qPrintable(whole.text()));
    const CliResult measuring = train("pictures", {u"--split"_s, u"dev"_s});
    QVERIFY(measuring.exitCode != 0);
    QVERIFY2(measuring.failureLine().contains(u"for measuring"_s), qPrintable(measuring.text()));
    const CliResult trained = train("pictures/manifest.csv", {u"--split"_s, u"train"_s});
    QVERIFY2(trained.exitCode == 0, qPrintable(trained.text()));
    QCOMPARE(trained.json()[u"images"_s].toInt(), 16);
    for (const char* name : {"run.json", "pictures.cameoset", "generator.safetensors"})
        QVERIFY2(std::filesystem::exists(m_folder.path() / "direct" / name), name);
}

void TestCliTraining::progressIsOneLine() {
    TrainingCourse course;
    course.series["loss-generator"] = {{1000, 1.5}};
    course.series["frechet"] = {{1000, 80}, {12000, 45.25}};
    TrainingStatus status;
    status.images = 12400;
    status.target = 1'000'000;
    status.imagesPerSecond = 8.4321;
    status.secondsLeft = 11520;
    status.generatorLoss = 1.0234;
    status.discriminatorLoss = 0.871;
    status.realSign = 0.6131;
    status.augmentProbability = 0.31;
    status.course = std::make_shared<const TrainingCourse>(course);
    QCOMPARE(
        cli::trainingLine(status),
        std::string("training 12400/1000000 images, loss G 1.02 D 0.871, r_t 0.613, p 0.31, 8.43 images/s, "
                    "frechet 45.2, 3 h 12 min left"));
    status.stage = TrainingStage::Packing;
    status.images = 3;
    status.target = 70;
    QCOMPARE(cli::trainingLine(status), std::string("packing 3/70 pictures"));
}

QTEST_GUILESS_MAIN(TestCliTraining)
#include "test_cli_training.moc"
