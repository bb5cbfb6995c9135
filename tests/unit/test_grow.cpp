// SPDX-License-Identifier: Apache-2.0
// Networks of twice the size do at the start what the small ones did, and train on.
#include "core/base/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/train/dataset.h"
#include "core/train/generator_trainer.h"
#include "core/train/grow.h"
#include "tests/support/expect_failure.h"
#include "tests/support/model_writer.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/grow_probe.h"

#include <QTest>

#include <cmath>
#include <fstream>

using namespace cameo;
using namespace cameo::test;
using namespace cameo::train;

namespace {

const std::filesystem::path kPortraits =
    std::filesystem::path(CAMEO_SOURCE_DIR) / "resources/models/portraits";

/// Stripes of a width and slope that differ from picture to picture.
std::vector<std::uint8_t> stripes(const std::filesystem::path& file, int side) {
    const int number = std::stoi(file.stem().string());
    std::vector<std::uint8_t> pixels;
    for (int c = 0; c < 3; ++c)
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x)
                pixels.push_back(static_cast<std::uint8_t>(
                    127.5 + 100 * std::sin((x * (1 + number % 3) + y * number % 5 + 9 * c) * 12.0 / side)));
    return pixels;
}

void packStripes(const std::filesystem::path& output, int side) {
    PackRequest request{.side = side, .decode = stripes};
    request.manifest = Json::object({{"split", "train"}});
    for (int i = 0; i < 12; ++i)
        request.files.emplace_back(std::to_string(i) + ".png");
    packDataset(request, output);
}

/// Eight images a step on small networks.
GeneratorTraining tinyTraining(const TempDir& folder, const std::string& name, int side, int steps) {
    const std::filesystem::path data = folder / ("set" + std::to_string(side));
    if (!std::filesystem::exists(data))
        packStripes(data, side);
    GeneratorTraining training{.data = data, .folder = folder / name, .seed = 5};
    training.parameters = {{"batch", 8},        {"images", steps * 0.008}, {"channel-base", 256},
                           {"channel-max", 16}, {"mapping-layers", 2},     {"latent-size", 16},
                           {"r1-interval", 2},  {"log-interval", 0.008},   {"samples", 2}};
    return training;
}

long sideOf(const std::filesystem::path& model) {
    return checkpoint::Checkpoint::open(model).generator().spec.resolution;
}

} // namespace

class TestGrow : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void grownNetworksDoTheSame_data();
    void grownNetworksDoTheSame();
    void channelsHalve();
    void stepsAreCounted();
    void grownPairsTrainAndResume();
    void otherArchitecturesAreRefused();
    void badSizesAreRefusedWithAdvice();
};

void TestGrow::grownNetworksDoTheSame_data() {
    QTest::addColumn<QString>("kind");
    QTest::newRow("standard") << QStringLiteral("standard");
    QTest::newRow("clamped, no noise") << QStringLiteral("clamped");
    QTest::newRow("portraits") << QStringLiteral("portraits");
}

void TestGrow::grownNetworksDoTheSame() {
    QFETCH(const QString, kind);
    checkpoint::GeneratorRecord generator;
    checkpoint::DiscriminatorRecord discriminator;
    if (kind == QLatin1String("portraits")) {
        generator = checkpoint::Checkpoint::open(kPortraits / "generator.safetensors").generator();
        discriminator =
            checkpoint::Checkpoint::open(kPortraits / "discriminator.safetensors").discriminator();
    } else {
        generator = tinyGenerator();
        discriminator = tinyDiscriminator();
    }
    if (kind == QLatin1String("clamped")) {
        for (auto& block : generator.spec.blocks) {
            block.conv1.useNoise = false;
            block.conv1.convClamp = block.toRgb->convClamp = 0.5;
        }
        for (auto& block : discriminator.spec.blocks)
            block.conv0.convClamp = block.conv1.convClamp = 256;
    }
    const GrowthFacts facts = examineGrowth(generator, discriminator);
    QVERIFY(facts.keepsMeanW);
    QVERIFY(facts.pictureSize > 0);
    // Both pictures are made by the same float32 operations, but in inference the large network may choose
    // other forms of its layers.
    QVERIFY2(facts.pictures <= 1e-5 * facts.pictureSize, qPrintable(QString::number(facts.pictures)));
    QVERIFY2(facts.sameRows <= 1e-5 * facts.pictureSize, qPrintable(QString::number(facts.sameRows)));
    // Colours pass two rectifiers and come back as differences: a few more roundings in sums of hundreds.
    qInfo("scores %g, off by %g; by %g with a fresh block", facts.scoreSize, facts.scores, facts.freshScores);
    QVERIFY2(facts.scores <= 1e-4 * facts.scoreSize, qPrintable(QString::number(facts.scores)));
    QVERIFY(facts.freshScores > 100 * facts.scores); // which is why the block is not just fresh
}

void TestGrow::channelsHalve() {
    const auto grownChannels = [](long base, long most) {
        checkpoint::GeneratorRecord record{.spec = checkpoint::standardGeneratorSpec({.resolution = 8,
                                                                                      .channelBase = base,
                                                                                      .channelMax = most,
                                                                                      .zDim = 4,
                                                                                      .wDim = 4,
                                                                                      .mappingLayers = 1})};
        record.tensors = filledTensors(checkpoint::requiredTensors(record.spec));
        return grown(record, 1).spec.blocks.back().outChannels;
    };
    QCOMPARE(grownChannels(512, 512), 32L); // base / resolution goes on
    QCOMPARE(grownChannels(4096, 48), 24L); // at the maximum until here
    QCOMPARE(grownChannels(160, 512), 16L); // 20 channels: no fewer than 16
    QCOMPARE(grownChannels(64, 512), 8L);   // 8 channels: no more than there were
}

void TestGrow::stepsAreCounted() {
    QCOMPARE(growthSteps(64, 64), std::optional(0));
    QCOMPARE(growthSteps(64, 128), std::optional(1));
    QCOMPARE(growthSteps(64, 256), std::optional(2));
    for (const long side : {32L, 96L, 512L})
        QVERIFY(!growthSteps(64, side));
}

void TestGrow::grownPairsTrainAndResume() {
    const TempDir folder;
    const auto small = trainGenerator(tinyTraining(folder, "small", 8, 1));
    QCOMPARE(sideOf(small.generator), 8L);
    for (const int side : {16, 32}) {
        GeneratorTraining training = tinyTraining(folder, "large" + std::to_string(side), side, 2);
        training.from = small.generator;
        const auto large = trainGenerator(training);
        QCOMPARE(large.images, 16L);
        QCOMPARE(sideOf(large.generator), long{side});
        std::ifstream log(large.log);
        int losses = 0, growths = 0;
        for (std::string text; std::getline(log, text);) {
            const Json line = Json::parse(text);
            if (const Json* loss = line.find("loss-discriminator")) {
                ++losses;
                QVERIFY(std::isfinite(loss->asDouble()));
                QVERIFY(std::isfinite(line.at("loss-generator").asDouble()));
            }
            growths += line.find("side") ? 1 : 0;
        }
        QCOMPARE(losses, 2);
        QCOMPARE(growths, 1);
        training.parameters["images"] = 0.024; // the same command goes on, with --from or without
        QCOMPARE(trainGenerator(training).images, 24L);
        QCOMPARE(sideOf(large.generator), long{side});
        training.data = folder / "set8"; // which the state does not fit any more
        CAMEO_VERIFY_FAILURE(trainGenerator(training), ErrorCode::InvalidArgument, "another folder");
    }
}

void TestGrow::otherArchitecturesAreRefused() {
    checkpoint::GeneratorRecord generator = tinyGenerator();
    generator.spec.architecture = checkpoint::Architecture::ResNet;
    CAMEO_VERIFY_FAILURE(grown(generator, 1), ErrorCode::UnsupportedModel, "'resnet'");
    checkpoint::DiscriminatorRecord discriminator = tinyDiscriminator();
    discriminator.spec.architecture = checkpoint::Architecture::Orig;
    CAMEO_VERIFY_FAILURE(grown(discriminator, 1), ErrorCode::UnsupportedModel, "'orig'");
    generator = tinyGenerator();
    generator.spec.resolution = 1024;
    CAMEO_VERIFY_FAILURE(grown(generator, 1), ErrorCode::InvalidArgument, "2048 px");
}

void TestGrow::badSizesAreRefusedWithAdvice() {
    const TempDir folder;
    GeneratorTraining training = tinyTraining(folder, "run", 16, 1);
    training.from = kPortraits / "generator.safetensors"; // embeddedSide
    try {
        trainGenerator(training);
        QFAIL("16 px were accepted");
    } catch (const Failure& failure) {
        QCOMPARE(failure.error().code, ErrorCode::InvalidArgument);
        QVERIFY(QString::fromStdString(failure.error().message).contains(QLatin1String("16 px")));
        QVERIFY(
            QString::fromStdString(failure.error().advice)
                .contains(QStringLiteral("--side %1, or with %2").arg(embeddedSide).arg(2 * embeddedSide)));
    }
}

QTEST_APPLESS_MAIN(TestGrow)
#include "test_grow.moc"
