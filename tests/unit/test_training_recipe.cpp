// SPDX-License-Identifier: Apache-2.0
// The parts of the training recipe beyond plain steps: path length, parts of a batch, frozen layers,
// precision of blocks, and that a training with all of it resumes exactly.
#include "core/base/file.h"
#include "tests/support/expect_failure.h"
#include "tests/unit/recipe_probe.h"
#include "tests/unit/tiny_training.h"

#include <QTest>

using namespace cameo;
using namespace cameo::test;
using namespace cameo::train;

namespace {

QString text(double value) {
    return QString::number(value);
}

/// Everything on.
GeneratorTraining fullTraining(const TempDir& folder, const std::string& name, int steps) {
    GeneratorTraining training = tinyTraining(folder, name, steps);
    for (const auto& [key, value] : ParameterValues{{"augment-pipeline", 2},
                                                    {"augment-interval", 1},
                                                    {"augment-speed", 1},
                                                    {"path-length", 2},
                                                    {"path-length-interval", 2},
                                                    {"freeze-d", 2},
                                                    {"micro-batch", 4}})
        training.parameters[key] = value;
    return training;
}

} // namespace

class TestTrainingRecipe : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void pathLengthFollowsItsDefinition();
    void partsAddUpToTheBatch();
    void frozenLayersStay();
    void reducedBlocksStayClose();
    void resumingIsExactWithEverythingOn();
    void olderStatesLoad();
    void halfPrecisionNeedsCuda();
};

void TestTrainingRecipe::pathLengthFollowsItsDefinition() {
    const PathLengthFacts facts = examinePathLength();
    QVERIFY2(facts.linear < 1e-5, qPrintable(text(facts.linear))); // float32
    QVERIFY2(facts.ofLatents > 0.001, qPrintable(text(facts.ofLatents)));
    // Differences of float32 sums, extrapolated.
    QVERIFY2(facts.slope < 2e-4, qPrintable(text(facts.slope)));
    // float32 sums of sums in another order.
    QVERIFY2(facts.ofForms < 1e-3, qPrintable(text(facts.ofForms)));
}

void TestTrainingRecipe::partsAddUpToTheBatch() {
    const TempDir folder;
    packDiscs(folder / "set", "train");
    const PartFacts facts = examineParts(folder / "set", folder.path());
    // Rounding alone: sums of float32 numbers in another order, as between the forms of one network.
    QVERIFY2(facts.generator < 1e-3, qPrintable(text(facts.generator)));
    QVERIFY2(facts.discriminator < 1e-3, qPrintable(text(facts.discriminator)));
    QVERIFY2(facts.losses < 1e-5, qPrintable(text(facts.losses)));
    QVERIFY(facts.isOrderKept);
}

void TestTrainingRecipe::frozenLayersStay() {
    const TempDir folder;
    packDiscs(folder / "set", "train");
    const FrozenFacts facts = examineFrozenLayers(folder / "set");
    QVERIFY(facts.areFrozenEqual);
    QVERIFY(facts.areOthersMoved);
    QVERIFY(facts.isExcessRefused);
}

void TestTrainingRecipe::reducedBlocksStayClose() {
    const ReducedFacts facts = examineReducedBlocks();
    QVERIFY(facts.isPlainWithoutBlocks);
    // Eight bits of mantissa in every sum of two blocks: about 1 %, and what adds up to little loses more.
    QVERIFY2(facts.images > 0 && facts.images < 0.05, qPrintable(text(facts.images)));
    QVERIFY2(facts.scores > 0 && facts.scores < 0.05, qPrintable(text(facts.scores)));
    QVERIFY2(facts.gradients > 0 && facts.gradients < 0.15, qPrintable(text(facts.gradients)));
}

void TestTrainingRecipe::resumingIsExactWithEverythingOn() {
    const TempDir folder;
    const auto whole = trainGenerator(fullTraining(folder, "whole", 5));
    trainGenerator(fullTraining(folder, "parts", 3));
    const auto parts = trainGenerator(fullTraining(folder, "parts", 5));
    QCOMPARE(parts.images, 40L);
    QVERIFY(bytesOf(whole.state) == bytesOf(parts.state));
    QVERIFY(bytesOf(whole.log).find("path-length") != std::string::npos);
    // Each of the options does something.
    const std::string usual = bytesOf(trainGenerator(fullTraining(folder, "usual", 3)).generator);
    for (const char* name : {"augment-pipeline", "path-length", "freeze-d"}) {
        GeneratorTraining other = fullTraining(folder, name, 3);
        other.parameters[name] = 0;
        QVERIFY2(bytesOf(trainGenerator(other).generator) != usual, name);
    }
}

void TestTrainingRecipe::olderStatesLoad() {
    const TempDir folder;
    const auto whole = trainGenerator(tinyTraining(folder, "whole", 3));
    const auto first = trainGenerator(tinyTraining(folder, "parts", 1));
    // The mean of the path lengths came later; blanks keep the header's length.
    std::string content = bytesOf(first.state);
    const std::size_t begin = content.find("\\\"path-length-mean\\\""), end = content.find(',', begin);
    QVERIFY(begin != std::string::npos && end != std::string::npos);
    std::fill(content.begin() + static_cast<std::ptrdiff_t>(begin),
              content.begin() + static_cast<std::ptrdiff_t>(end) + 1, ' ');
    writeFileAtomically(first.state, std::string_view(content));
    const auto parts = trainGenerator(tinyTraining(folder, "parts", 3));
    QVERIFY(bytesOf(parts.state) == bytesOf(whole.state));
}

void TestTrainingRecipe::halfPrecisionNeedsCuda() {
    const TempDir folder;
    GeneratorTraining training = tinyTraining(folder, "run", 1);
    training.precision = "float16";
    CAMEO_VERIFY_FAILURE(trainGenerator(training), ErrorCode::InvalidArgument, "CUDA");
    training.precision = "float32";
    training.parameters["fp16-blocks"] = 2;
    CAMEO_VERIFY_FAILURE(trainGenerator(training), ErrorCode::InvalidArgument, "float16");
}

QTEST_APPLESS_MAIN(TestTrainingRecipe)
#include "test_training_recipe.moc"
