// SPDX-License-Identifier: Apache-2.0
// The generator trainer on a tiny problem: it learns, it repeats, it resumes bit for bit, it stops and it
// recovers.
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/checkpoint/checkpoint.h"
#include "core/train/dataset.h"
#include "core/train/generator_trainer.h"
#include "tests/support/expect_failure.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/tiny_training.h"
#include "tests/unit/training_probe.h"

#include <QTest>
#include <cmath>
#include <sstream>

using namespace cameo;
using namespace cameo::test;
using namespace cameo::train;

namespace {

std::vector<Json> linesOf(const std::filesystem::path& log) {
    std::istringstream text(readTextFile(log));
    std::vector<Json> lines;
    for (std::string line; std::getline(text, line);)
        lines.push_back(Json::parse(line));
    return lines;
}

} // namespace

class TestGeneratorTrainer : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void parametersAreSound();
    void trainingFormsEqualThePlainOnes();
    void bfloat16StaysClose();
    void augmentation();
    void adamFollowsItsFormula();
    void trainingLearns();
    void trainingRepeats();
    void resumingIsExact();
    void stoppingSavesAState();
    void resultsOpenAgain();
    void samplesAndProgressArrive();
    void distancesMeasure();
    void badStepsAreRolledBack();
    void divergingEndsWithAnError();
    void measuringSplitsAreRefused();
    void unusableRequestsAreRefused();
    void foreignStatesAreRefused();
};

void TestGeneratorTrainer::parametersAreSound() {
    for (const Parameter& parameter : generatorTrainingParameters()) {
        QVERIFY2(parameter.minimum <= parameter.standard && parameter.standard <= parameter.maximum,
                 parameter.name);
        QVERIFY2(*parameter.help && *parameter.source, parameter.name);
    }
}

void TestGeneratorTrainer::trainingFormsEqualThePlainOnes() {
    const Difference difference = compareTrainingForms();
    // Sums of a few thousand float32 products in another order: about 1e-6 of the largest value, a little
    // more where they cancel. Gradients add a second such sum, the penalty a third.
    QVERIFY2(difference.images < 2e-5 * difference.imageSize, qPrintable(QString::number(difference.images)));
    QVERIFY2(difference.scores < 2e-5 * difference.scoreSize, qPrintable(QString::number(difference.scores)));
    QVERIFY2(difference.generatorGradient < 2e-4, qPrintable(QString::number(difference.generatorGradient)));
    QVERIFY2(difference.discriminatorGradient < 2e-4,
             qPrintable(QString::number(difference.discriminatorGradient)));
    QVERIFY2(difference.penaltyGradient < 1e-3, qPrintable(QString::number(difference.penaltyGradient)));
}

void TestGeneratorTrainer::bfloat16StaysClose() {
    const Difference difference = compareBfloat16();
    // Eight bits of mantissa: 0.4 % per product, which mostly averages out over the layers.
    QVERIFY2(difference.images < 0.05 * difference.imageSize, qPrintable(QString::number(difference.images)));
    QVERIFY2(difference.scores < 0.05 * difference.scoreSize, qPrintable(QString::number(difference.scores)));
    QVERIFY(difference.images > 0);
}

void TestGeneratorTrainer::augmentation() {
    const AugmentationFacts facts = examineAugmentation();
    QVERIFY(facts.isSameTensorAtZero);
    QVERIFY(facts.keepsShape);
    QVERIFY(facts.hasGradient);
    QVERIFY(facts.isRepeatable);
    QVERIFY2(facts.largestShiftError < 1e-4,
             qPrintable(QString::number(facts.largestShiftError)));                     // grid rounding
    QVERIFY2(facts.colourError < 1e-5, qPrintable(QString::number(facts.colourError))); // rounding
    // A quarter of the picture where the square lies inside of it, less at the border, on 85 of 100 pictures.
    QVERIFY2(facts.erasedShare > 0.08 && facts.erasedShare < 0.22,
             qPrintable(QString::number(facts.erasedShare)));
}

void TestGeneratorTrainer::adamFollowsItsFormula() {
    QVERIFY(adamError() < 1e-6); // float32
}

void TestGeneratorTrainer::trainingLearns() {
    const TempDir folder;
    GeneratorTraining training = tinyTraining(folder, "run", 48);
    training.parameters["augment-target"] = 0;
    training.parameters["augment-probability"] = 0;
    const GeneratorTrainingReport report = trainGenerator(training);
    QCOMPARE(report.images, 48L * 8);
    QVERIFY(!report.stopped);
    QVERIFY(report.imagesPerSecond > 0);
    std::vector<double> losses;
    for (const Json& line : linesOf(report.log))
        if (const Json* loss = line.find("loss-discriminator"))
            losses.push_back(loss->asDouble());
    QCOMPARE(losses.size(), std::size_t{48});
    const auto mean = [&](std::size_t begin) {
        return (losses[begin] + losses[begin + 1] + losses[begin + 2] + losses[begin + 3]) / 4;
    };
    // It starts at two coins (2 ln 2 = 1.39, more with the penalty) and learns to tell discs from noise.
    QVERIFY2(mean(44) < 0.8 * mean(0),
             qPrintable(QString::number(mean(0)) + u' ' + QString::number(mean(44))));
}

void TestGeneratorTrainer::trainingRepeats() {
    const TempDir folder;
    const auto a = trainGenerator(tinyTraining(folder, "a", 3));
    const auto b = trainGenerator(tinyTraining(folder, "b", 3));
    QVERIFY(bytesOf(a.state) == bytesOf(b.state));
    GeneratorTraining other = tinyTraining(folder, "c", 3);
    other.seed = 6;
    QVERIFY(bytesOf(a.state) != bytesOf(trainGenerator(other).state));
}

void TestGeneratorTrainer::resumingIsExact() {
    const TempDir folder;
    const auto whole = trainGenerator(tinyTraining(folder, "whole", 4));
    trainGenerator(tinyTraining(folder, "parts", 2));
    const auto parts = trainGenerator(tinyTraining(folder, "parts", 4));
    QCOMPARE(parts.images, 32L);
    QVERIFY(bytesOf(whole.state) == bytesOf(parts.state));
    QVERIFY(bytesOf(whole.generator) == bytesOf(parts.generator));
    GeneratorTraining fresh = tinyTraining(folder, "parts", 2);
    fresh.resume = false;
    QCOMPARE(trainGenerator(fresh).images, 16L);
}

void TestGeneratorTrainer::stoppingSavesAState() {
    const TempDir folder;
    GeneratorTraining training = tinyTraining(folder, "run", 4);
    std::stop_source source;
    training.stop = source.get_token();
    training.onProgress = [&](const Progress& progress) {
        if (progress.step >= 16)
            source.request_stop();
    };
    const auto stopped = trainGenerator(training);
    QVERIFY(stopped.stopped);
    QCOMPARE(stopped.images, 16L);
    const auto resumed = trainGenerator(tinyTraining(folder, "run", 4));
    const auto whole = trainGenerator(tinyTraining(folder, "whole", 4));
    QVERIFY(bytesOf(resumed.state) == bytesOf(whole.state));
}

void TestGeneratorTrainer::resultsOpenAgain() {
    const TempDir folder;
    const auto report = trainGenerator(tinyTraining(folder, "run", 1));
    const auto generator = checkpoint::Checkpoint::open(report.generator);
    QVERIFY(generator.hasGenerator());
    QCOMPARE(generator.generator().spec.resolution, long{kTinySide});
    QVERIFY(generator.metadata().find("cameo.spec"));
    const auto discriminator = checkpoint::Checkpoint::open(report.discriminator);
    QVERIFY(discriminator.hasDiscriminator());
    // Training can go on from what it left, in another folder.
    GeneratorTraining next = tinyTraining(folder, "next", 1);
    next.from = report.generator;
    QCOMPARE(trainGenerator(next).images, 8L);
}

void TestGeneratorTrainer::samplesAndProgressArrive() {
    const TempDir folder;
    GeneratorTraining training = tinyTraining(folder, "run", 2);
    training.parameters["sample-interval"] = 0.008;
    std::vector<SampleSheet> sheets;
    std::vector<Progress> events;
    int yields = 0;
    training.onSamples = [&](const SampleSheet& sheet) { sheets.push_back(sheet); };
    training.onProgress = [&](const Progress& progress) { events.push_back(progress); };
    training.yieldPoint = [&] { ++yields; };
    trainGenerator(training);
    QCOMPARE(sheets.size(), std::size_t{3}); // before the first step and after each
    QCOMPARE(sheets.back().images, 16L);
    QCOMPARE(sheets.back().values.size(), std::size_t(2 * 3 * kTinySide * kTinySide));
    QVERIFY(sheets.front().values != sheets.back().values);
    QCOMPARE(events.size(), std::size_t{2});
    QCOMPARE(*events.back().fraction, 1.0);
    QVERIFY(events.back().loss.has_value());
    QCOMPARE(yields, 6); // before each half of a step, and after it
}

void TestGeneratorTrainer::distancesMeasure() {
    const DistanceFacts facts = examineDistances();
    QCOMPARE(facts.ofItself, 0.0);
    QVERIFY(facts.ofAnotherDraw > 0);
    QVERIFY2(facts.ofSmooth > 2 * facts.ofAnotherDraw, qPrintable(QString::number(facts.ofSmooth)));
    QCOMPARE(facts.levels, 2);
    // A shift of every one of n = 768 values by 10 moves a projection on a unit vector u by 10 |sum u|, whose
    // mean over random u is 10 sqrt(2 / pi) = 8; 64 directions leave a deviation of 10 * 0.6 / 8 = 0.75.
    QVERIFY2(std::abs(facts.wholeOfDarker - 7.98) < 3, qPrintable(QString::number(facts.wholeOfDarker)));
}

void TestGeneratorTrainer::badStepsAreRolledBack() {
    const TempDir folder;
    packDiscs(folder / "set", "train");
    const NanFacts facts = spoilAndRollBack(folder / "set", folder.path());
    QVERIFY(facts.isNoticed);
    QVERIFY(facts.isUnchanged);
    QVERIFY(facts.isFiniteAgain);
    QVERIFY(facts.takesAnotherPath);
}

void TestGeneratorTrainer::divergingEndsWithAnError() {
    const TempDir folder;
    const auto report = trainGenerator(tinyTraining(folder, "run", 1));
    // Finite weights whose products are not: every step of this discriminator is bad.
    checkpoint::DiscriminatorRecord record =
        checkpoint::Checkpoint::open(report.discriminator).discriminator();
    for (auto& [name, tensor] : record.tensors) {
        std::vector<float> values = checkpoint::toFloats(tensor);
        for (float& value : values)
            value *= 1e15F;
        tensor = checkpoint::fromFloats(tensor.shape, std::move(values));
    }
    std::filesystem::create_directory(folder / "wild");
    std::filesystem::copy(report.generator, folder.path() / "wild" / "generator.safetensors");
    checkpoint::writeSafetensors(folder.path() / "wild" / "discriminator.safetensors", record.tensors,
                                 checkpoint::DType::F32, {});
    GeneratorTraining training = tinyTraining(folder, "next", 4);
    training.from = folder.path() / "wild" / "generator.safetensors";
    CAMEO_VERIFY_FAILURE(trainGenerator(training), ErrorCode::Internal, "diverges");
    long returns = 0;
    for (const Json& line : linesOf(folder.path() / "next" / "log.jsonl"))
        if (const Json* event = line.find("event"); event && event->asString().starts_with("not finite"))
            ++returns;
    QCOMPARE(returns, 6L); // five returns, and the sixth bad step gives up
}

void TestGeneratorTrainer::measuringSplitsAreRefused() {
    const TempDir folder;
    packDiscs(folder / "set", "dev");
    CAMEO_VERIFY_FAILURE(trainGenerator(tinyTraining(folder, "run", 1)), ErrorCode::InvalidArgument,
                         "split 'dev'");
    QVERIFY(!std::filesystem::exists(folder / "run"));
}

void TestGeneratorTrainer::unusableRequestsAreRefused() {
    const TempDir folder;
    GeneratorTraining training = tinyTraining(folder, "run", 1);
    training.parameters["batch"] = 6;
    CAMEO_VERIFY_FAILURE(trainGenerator(training), ErrorCode::InvalidArgument, "multiple of 4");
    training.parameters["batch"] = 8;
    training.precision = "float8";
    CAMEO_VERIFY_FAILURE(trainGenerator(training), ErrorCode::InvalidArgument, "'float8'");
    training.precision = "float32";
    training.device = "toaster";
    CAMEO_VERIFY_FAILURE(trainGenerator(training), ErrorCode::Device, "'toaster'");
    training.device = "cpu";
    training.from = folder / "missing.pkl";
    CAMEO_VERIFY_FAILURE(trainGenerator(training), ErrorCode::NotFound, "missing.pkl");
    training.from =
        std::filesystem::path(CAMEO_SOURCE_DIR) / "resources/models/portraits/generator.safetensors";
    CAMEO_VERIFY_FAILURE(trainGenerator(training), ErrorCode::InvalidArgument,
                         std::to_string(embeddedSide) + " px");
}

void TestGeneratorTrainer::foreignStatesAreRefused() {
    const TempDir folder;
    const auto report = trainGenerator(tinyTraining(folder, "run", 1));
    const std::string content = bytesOf(report.state);
    writeFileAtomically(report.state, std::string_view(content).substr(0, content.size() - 4));
    CAMEO_VERIFY_FAILURE(trainGenerator(tinyTraining(folder, "run", 2)), ErrorCode::BadCheckpoint,
                         "bytes instead of");
    writeFileAtomically(report.state, std::string_view("garbage of some length"));
    CAMEO_VERIFY_FAILURE(trainGenerator(tinyTraining(folder, "run", 2)), ErrorCode::BadCheckpoint,
                         "state.safetensors");
}

QTEST_APPLESS_MAIN(TestGeneratorTrainer)
#include "test_generator_trainer.moc"
