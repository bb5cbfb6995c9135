// SPDX-License-Identifier: Apache-2.0
// The attribute network trained and samples measured with the commands that a user types.
#include "core/image/codec.h"
#include "tests/support/cli_runner.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_dir.h"

#include <QJsonArray>
#include <QTest>
#include <fstream>

using namespace cameo;
using namespace cameo::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int kPictures = 20;
const char* kColumns = "file,age,gender_male,smile,mouth_open,yaw,pitch,roll,glasses,beard,baldness\n";

/// Squares of different sizes and greys; every fifth picture is for measuring.
void writePictures(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder / "images");
    std::ofstream manifest(folder / "manifest.csv"), attributes(folder / "attributes.csv");
    manifest << "file,split\n";
    attributes << kColumns;
    for (int i = 0; i < kPictures; ++i) {
        std::vector<std::uint8_t> pixels;
        for (int y = 0; y < 64; ++y)
            for (int x = 0; x < 64; ++x)
                for (int c = 0; c < 3; ++c) {
                    const bool isInside = std::abs(x - 32) < 8 + i && std::abs(y - 32) < 28 - i;
                    pixels.push_back(static_cast<std::uint8_t>(isInside ? 250 - 40 * c : 8 * i));
                }
        const std::string name = "images/" + std::to_string(i) + ".png";
        writePng(folder / name, Image(64, 64, 3, std::move(pixels)));
        manifest << name << (i % 5 == 4 ? ",dev\n" : ",train\n");
        attributes << name << ',' << 20 + i << ',' << i % 2 << ",0,0.1," << i - 10 << ",0,0,0,0,0\n";
    }
}

} // namespace

class TestCliMetrics : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase();
    void attributesAreTrained();
    void mistakesInTablesAreNamed();
    void everythingIsMeasured();
    void chosenMetricsAlone();
    void facesOfTheEmbeddedModel();
    void whatIsMissingIsSaid();
    void badInputIsRefused();

  private:
    QString at(const char* name) const { return QString::fromStdString((m_folder / name).string()); }
    /// The embedded model beside the training pictures.
    QStringList evaluation(const QStringList& more) const {
        return QStringList{u"evaluate"_s,   u"generator"_s, u"--data"_s,
                           at("train.set"), u"--samples"_s, u"12"_s} +
               more;
    }
    TempDir m_folder;
};

void TestCliMetrics::initTestCase() {
    writePictures(m_folder / "pictures");
    const CliResult packed =
        runCameo({u"dataset"_s, u"pack"_s, at("pictures"), u"--split"_s, u"train"_s, u"--side"_s,
                  QString::number(embeddedSide), u"--out"_s, at("train.set")});
    QVERIFY2(packed.exitCode == 0, qPrintable(packed.text()));
}

void TestCliMetrics::attributesAreTrained() {
    const QStringList words{u"train"_s,    u"attributes"_s, u"--data"_s,  at("pictures/manifest.csv"),
                            u"--epochs"_s, u"2"_s,          u"--batch"_s, u"8"_s,
                            u"--out"_s,    at("attributes")};
    const CliResult result = runCameo(words + QStringList{u"--json"_s});
    QVERIFY2(result.exitCode == 0, qPrintable(result.text()));
    const QJsonObject report = result.json();
    QCOMPARE(report[u"pictures"_s].toInt(), 16);
    QCOMPARE(report[u"measured"_s].toInt(), 4);
    QVERIFY(report[u"accuracy"_s][u"age"_s][u"mean-absolute-error"_s].toDouble() > 0);
    QVERIFY(report[u"accuracy"_s][u"gender_male"_s][u"auc"_s].isDouble());
    QVERIFY(report[u"accuracy"_s][u"smile"_s][u"auc"_s].isNull()); // nobody smiles
    QVERIFY(std::filesystem::exists(m_folder.path() / "attributes/attributes.safetensors"));
    const CliResult text = runCameo(words);
    QVERIFY2(text.out.contains("gender_male"), qPrintable(text.text()));
    QVERIFY(text.out.contains(report[u"version"_s].toString().toUtf8())); // the same seed, the same network
}

void TestCliMetrics::mistakesInTablesAreNamed() {
    const auto train = [&](const QStringList& more) {
        return runCameo(QStringList{u"train"_s, u"attributes"_s, u"--data"_s, at("pictures/manifest.csv"),
                                    u"--out"_s, at("none")} +
                        more);
    };
    std::ofstream(m_folder / "short.csv") << "file,age\nimages/0.png,30\n";
    const CliResult missing = train({u"--attributes"_s, at("short.csv")});
    QCOMPARE(missing.exitCode, 1);
    QVERIFY2(missing.failureLine().contains(u"no column 'gender_male'"_s), qPrintable(missing.text()));
    QVERIFY2(train({u"--attributes"_s, at("nowhere.csv")}).failureLine().contains(u"nowhere.csv"_s),
             "not found");
    QCOMPARE(train({u"--epochs"_s, u"0"_s}).exitCode, 2);
    QCOMPARE(train({u"--model"_s, at("train.set")}).exitCode, 2);
    QVERIFY(!std::filesystem::exists(m_folder / "none"));
}

void TestCliMetrics::everythingIsMeasured() {
    const CliResult result =
        runCameo(evaluation({u"--features"_s, at("attributes/attributes.safetensors"), u"--pairs"_s,
                             at("pairs.png"), u"--seed"_s, u"5"_s, u"--psi"_s, u"0.7"_s, u"--json"_s}));
    QVERIFY2(result.exitCode == 0, qPrintable(result.text()));
    const QJsonObject report = result.json(), metrics = report[u"metrics"_s].toObject();
    QCOMPARE(report[u"seed"_s].toInt(), 5);
    QCOMPARE(report[u"psi"_s].toDouble(), 0.7);
    QCOMPARE(report[u"samples"_s].toInt(), 12);
    QCOMPARE(report[u"pictures"_s].toInt(), 16);
    QCOMPARE(report[u"split"_s].toString(), u"train"_s);
    QVERIFY(report[u"features"_s].toString().startsWith(u"attributes-"_s));
    QVERIFY(report[u"program"_s].toString().startsWith(u"cameo "_s));
    QVERIFY(metrics[u"frechet"_s][u"distance"_s].toDouble() > metrics[u"frechet"_s][u"floor"_s].toDouble());
    QCOMPARE(metrics[u"precision-recall"_s][u"neighbours"_s].toInt(), 3);
    QCOMPARE(metrics[u"nearest"_s][u"pixels"_s][u"share-too-close"_s].toDouble(),
             0.0); // faces beside squares
    const QJsonArray pairs = report[u"pairs"_s].toArray();
    QCOMPARE(pairs.size(), 12);
    QVERIFY(pairs[0][u"picture"_s].toString().endsWith(u".png"_s));
    QVERIFY(pairs[0][u"feature-distance"_s].toDouble() <= pairs[11][u"feature-distance"_s].toDouble());
    const Image sheet = readImage(m_folder / "pairs.png");
    QCOMPARE(sheet.width(), 4 * (2 * 128 + 8) + 8);
    QCOMPARE(sheet.height(), 3 * (128 + 8) + 8);
}

void TestCliMetrics::chosenMetricsAlone() {
    const CliResult result =
        runCameo(evaluation({u"--metrics"_s, u"wasserstein,frechet"_s, u"--features"_s,
                             at("attributes/attributes.safetensors"), u"--pictures"_s, u"8"_s}));
    QVERIFY2(result.exitCode == 0, qPrintable(result.text()));
    QVERIFY2(result.out.contains("8 of 16 pictures"), qPrintable(result.text()));
    QVERIFY(result.out.contains("Frechet distance") && result.out.contains("Wasserstein"));
    QVERIFY(!result.out.contains("precision") && !result.out.contains("face found"));
    QVERIFY(!result.out.contains("Not measured"));
}

void TestCliMetrics::facesOfTheEmbeddedModel() {
    const CliResult result =
        runCameo(evaluation({u"--metrics"_s, u"faces"_s, u"--psi"_s, u"0.7"_s, u"--json"_s}));
    QVERIFY2(result.exitCode == 0, qPrintable(result.text()));
    const QJsonObject faces = result.json()[u"metrics"_s][u"faces"_s].toObject();
    // 99 of 100 of its samples at this psi have a face; a model that is worse than this should not be
    // shipped.
    QVERIFY2(faces[u"face"_s].toDouble() > 0.8, qPrintable(result.text()));
    QVERIFY(faces[u"two-eyes"_s].toDouble() <= faces[u"face"_s].toDouble());
    QVERIFY(faces[u"detector"_s].toString().startsWith(u"OpenCV"_s));
}

void TestCliMetrics::whatIsMissingIsSaid() {
    // Neither cascades nor damaged cascades are an error.
    std::filesystem::create_directories(m_folder / "cascades");
    for (const bool isDamaged : {false, true}) {
        if (isDamaged)
            for (const char* name : {"haarcascade_frontalface_default.xml", "haarcascade_eye.xml"})
                std::ofstream(m_folder.path() / "cascades" / name) << "<no cascade>";
        const CliResult result = runCameo(CliCall{.words = evaluation({u"--metrics"_s, u"faces"_s}),
                                                  .environment = {{u"CAMEO_CASCADE_DIR"_s, at("cascades")}}});
        QVERIFY2(result.exitCode == 0, qPrintable(result.text()));
        QVERIFY2(result.out.contains("Not measured: faces: "), qPrintable(result.text()));
        QVERIFY2(result.out.contains("CAMEO_CASCADE_DIR"), qPrintable(result.text()));
    }
}

void TestCliMetrics::badInputIsRefused() {
    const CliResult metric = runCameo(evaluation({u"--metrics"_s, u"frechet,faecs"_s}));
    QCOMPARE(metric.exitCode, 2);
    QVERIFY2(metric.failureLine().contains(u"Did you mean faces?"_s), qPrintable(metric.text()));
    std::ofstream(m_folder / "broken.safetensors") << "no network";
    const CliResult network = runCameo(evaluation({u"--features"_s, at("broken.safetensors")}));
    QCOMPARE(network.exitCode, 1);
    QVERIFY2(network.failureLine().contains(u"broken.safetensors"_s), qPrintable(network.text()));
    const CliResult sheet = runCameo(evaluation({u"--metrics"_s, u"faces"_s, u"--pairs"_s, at("none.png")}));
    QCOMPARE(sheet.exitCode, 1);
    QVERIFY2(sheet.failureLine().contains(u"'nearest'"_s), qPrintable(sheet.text()));
    QCOMPARE(runCameo(evaluation({u"--pairs"_s, at("sheet.jpg")})).exitCode, 2);
}

QTEST_GUILESS_MAIN(TestCliMetrics)
#include "test_cli_metrics.moc"
