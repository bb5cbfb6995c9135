// SPDX-License-Identifier: Apache-2.0
// Pictures to data set to training to measurement, with the commands that a user types.
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

QTEST_GUILESS_MAIN(TestCliTraining)
#include "test_cli_training.moc"
