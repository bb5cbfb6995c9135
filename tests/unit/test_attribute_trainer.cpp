// SPDX-License-Identifier: Apache-2.0
// The attribute network on a task whose answer is known, its accuracy figures, and the tables it learns from.
#include "core/base/file.h"
#include "core/train/attribute_table.h"
#include "core/train/attribute_trainer.h"
#include "tests/support/expect_failure.h"
#include "tests/support/temp_dir.h"

#include <QTest>
#include <cmath>
#include <fstream>

using namespace cameo;
using namespace cameo::test;
using namespace cameo::train;

namespace {

std::size_t columnOf(const std::string& name) {
    for (std::size_t i = 0; i < attributeColumns().size(); ++i)
        if (name == attributeColumns()[i].name)
            return i;
    return attributeColumns().size();
}

/// A bright disc left or right of the middle (yaw), large or small (age), with or without a dark bar
/// (glasses).
LabelledPictures toyPictures(int count, int first) {
    const int side = static_cast<int>(attributeTrainingSide());
    LabelledPictures pictures;
    for (int i = first; i < first + count; ++i) {
        const double offset = (i % 9 - 4) * 3.0, radius = 8 + i % 7 * 2;
        const bool hasBar = i % 2 == 1;
        for (int c = 0; c < 3; ++c)
            for (int y = 0; y < side; ++y)
                for (int x = 0; x < side; ++x) {
                    const bool isInside = std::hypot(x - side / 2.0 - offset, y - side / 2.0) < radius;
                    const bool isBar = hasBar && std::abs(y - side / 2) < 4;
                    const int noise = (x * 7 + y * 13 + i * 31 + c * 5) % 17;
                    pictures.pixels.push_back(
                        static_cast<std::uint8_t>((isInside && !isBar ? 200 : 60) + noise));
                }
        std::vector<float> values(attributeColumns().size(), 0.0F);
        values[columnOf("yaw")] = static_cast<float>(offset);
        values[columnOf("age")] = static_cast<float>(radius * 3);
        values[columnOf("glasses")] = hasBar ? 1.0F : 0.0F;
        pictures.values.insert(pictures.values.end(), values.begin(), values.end());
    }
    return pictures;
}

AttributeTraining toyTraining(const TempDir& folder, const std::string& name, int pictures, double epochs) {
    AttributeTraining training{.pictures = toyPictures(pictures, 0), .output = folder / name};
    training.parameters = {{"epochs", epochs}, {"batch", 16}};
    training.seed = 3;
    return training;
}

const AttributeAccuracy& of(const AttributeTrainingReport& report, const std::string& name) {
    return report.measurement.accuracies[columnOf(name)];
}

void writeText(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file) << text;
}

const char* kManifest = "file,split\nimages/a.png,train\nimages/b.png,train\nimages/c.png,dev\n";
const char* kHeader = "file,age,gender_male,smile,mouth_open,yaw,pitch,roll,glasses,beard,baldness\n";

} // namespace

class TestAttributeTrainer : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void parametersAreSound();
    void accuraciesOfKnownAnswers();
    void toyTaskIsLearned();
    void trainingRepeats();
    void stoppingWritesNothing();
    void unusablePicturesAreRefused();
    void tablesAreJoined();
    void brokenTablesAreRefused();
};

void TestAttributeTrainer::parametersAreSound() {
    for (const Parameter& parameter : attributeTrainingParameters()) {
        QVERIFY2(parameter.minimum <= parameter.standard && parameter.standard <= parameter.maximum,
                 parameter.name);
        QVERIFY2(*parameter.help && *parameter.source, parameter.name);
    }
}

void TestAttributeTrainer::accuraciesOfKnownAnswers() {
    const std::vector<float> values = {1, 2, 3, 10};
    const std::vector<float> shifted = {2, 3, 4, 11};
    const NumberAccuracy number = numberAccuracy(shifted, values);
    QCOMPARE(number.meanAbsoluteError, 1.0);
    QCOMPARE(number.baseline, 2.5); // the upper median is 3: 2, 1, 0 and 7
    QVERIFY(std::abs(*number.correlation - 1) < 1e-12);
    QVERIFY(!numberAccuracy(std::vector<float>{5, 5, 5, 5}, values).correlation);

    // Of the four pairs (with, without) three are in order and one is a tie.
    const std::vector<float> estimates = {0.9F, 0.4F, 0.4F, 0.1F}, truth = {1, 1, 0, 0};
    const ProbabilityAccuracy probability = probabilityAccuracy(estimates, truth);
    QCOMPARE(probability.accuracy, 0.75);
    QCOMPARE(probability.baseline, 0.5);
    QCOMPARE(*probability.auc, 0.875);
    QVERIFY(!probabilityAccuracy(estimates, std::vector<float>{0, 0, 0, 0}).auc);
}

void TestAttributeTrainer::toyTaskIsLearned() {
    const TempDir folder;
    AttributeTraining training = toyTraining(folder, "toy", 126, 12);
    training.measured = toyPictures(63, 1000);
    long steps = 0, last = 0;
    training.onProgress = [&](const Progress& progress) {
        ++steps;
        last = progress.steps;
    };
    const AttributeTrainingReport report = trainAttributeNetwork(training);
    QCOMPARE(steps, 12L * (126 / 16));
    QCOMPARE(last, steps);
    QCOMPARE(report.measured, 63L);
    QVERIFY(report.measurement.version.starts_with("attributes-"));
    const auto text = [](double value) { return QString::number(value); };
    // Left and right are only told apart when mirrored pictures get the opposite sign.
    QVERIFY2(*of(report, "yaw").number.correlation > 0.9,
             qPrintable(text(*of(report, "yaw").number.correlation)));
    QVERIFY2(*of(report, "age").number.correlation > 0.9,
             qPrintable(text(*of(report, "age").number.correlation)));
    QVERIFY2(of(report, "glasses").probability.accuracy > 0.95,
             qPrintable(text(of(report, "glasses").probability.accuracy)));
    QVERIFY(!of(report, "smile").probability.auc); // nobody smiles
}

void TestAttributeTrainer::trainingRepeats() {
    const TempDir folder;
    const auto bytes = [&](const char* name, std::uint64_t seed) {
        AttributeTraining training = toyTraining(folder, name, 16, 2);
        training.seed = seed;
        trainAttributeNetwork(training);
        return readTextFile(folder / name);
    };
    const std::string first = bytes("a", 3);
    QVERIFY(first == bytes("b", 3));
    QVERIFY(first != bytes("c", 4));
}

void TestAttributeTrainer::stoppingWritesNothing() {
    const TempDir folder;
    AttributeTraining training = toyTraining(folder, "run", 16, 5);
    std::stop_source source;
    training.stop = source.get_token();
    training.onProgress = [&](const Progress& progress) {
        if (progress.step == 2)
            source.request_stop();
    };
    CAMEO_VERIFY_FAILURE(trainAttributeNetwork(training), ErrorCode::Cancelled, "nothing was written");
    QVERIFY(!std::filesystem::exists(folder / "run"));
}

void TestAttributeTrainer::unusablePicturesAreRefused() {
    const TempDir folder;
    AttributeTraining training = toyTraining(folder, "run", 4, 1);
    CAMEO_VERIFY_FAILURE(trainAttributeNetwork(training), ErrorCode::InvalidArgument, "4 pictures");
    training.pictures = toyPictures(16, 0);
    training.pictures.pixels.pop_back();
    CAMEO_VERIFY_FAILURE(trainAttributeNetwork(training), ErrorCode::InvalidArgument, "do not fit together");
    training.pictures = toyPictures(16, 0);
    training.parameters["epochs"] = 0;
    CAMEO_VERIFY_FAILURE(trainAttributeNetwork(training), ErrorCode::InvalidArgument, "'epochs'");
    QVERIFY(!std::filesystem::exists(folder / "run"));
}

void TestAttributeTrainer::tablesAreJoined() {
    const TempDir folder;
    writeText(folder / "manifest.csv", kManifest);
    // Another order than the manifest's, and a column that is of no interest.
    writeText(folder / "attributes.csv", std::string(kHeader) + "images/c.png,1,0,0,0,0,0,0,0,0,0\n"
                                                                "images/b.png,30.5,1,0.25,0.1,-12,3,1,0,0,1\n"
                                                                "images/a.png,20,0,0,0,5,0,0,1,0,0\n");
    const auto files = readLabels(folder / "manifest.csv", folder / "attributes.csv", "train");
    QCOMPARE(files.size(), std::size_t{2});
    QCOMPARE(files[0].file.filename().string(), std::string("a.png"));
    QCOMPARE(files[1].values[columnOf("age")], 30.5F);
    QCOMPARE(files[1].values[columnOf("yaw")], -12.0F);
    QCOMPARE(files[1].values[columnOf("baldness")], 1.0F);
    QCOMPARE(files[0].values[columnOf("glasses")], 1.0F);
}

void TestAttributeTrainer::brokenTablesAreRefused() {
    const TempDir folder;
    writeText(folder / "manifest.csv", kManifest);
    const auto read = [&](const std::string& attributes) {
        writeText(folder / "attributes.csv", attributes);
        return failureOf([&] { readLabels(folder / "manifest.csv", folder / "attributes.csv", "dev"); });
    };
    const std::pair<std::string, const char*> cases[] = {
        {"file,age\nimages/c.png,1\n", "no column 'gender_male'"},
        {"name,age\nimages/c.png,1\n", "no column 'file'"},
        {kHeader, "no row for"},
        {std::string(kHeader) + "images/c.png,old,0,0,0,0,0,0,0,0,0\n", "'old' for the age"},
        {std::string(kHeader) + "images/c.png,1,0,1.5,0,0,0,0,0,0,0\n", "'1.5' for the smile"},
        {std::string(kHeader) + "images/c.png,1,0\n", "3 fields instead of 11"}};
    for (const auto& [attributes, part] : cases) {
        const auto error = read(attributes);
        QVERIFY2(error && error->code == ErrorCode::BadImage, part);
        QVERIFY2(error->text().find(part) != std::string::npos, error->text().c_str());
        QVERIFY2(error->text().find("attributes.csv") != std::string::npos, error->text().c_str());
    }
}

QTEST_APPLESS_MAIN(TestAttributeTrainer)
#include "test_attribute_trainer.moc"
