// SPDX-License-Identifier: Apache-2.0
// The distances between samples and pictures, on sets whose answer is known, and what a training logs of
// them.
#include "core/base/file.h"
#include "core/train/dataset.h"
#include "core/train/generator_trainer.h"
#include "tests/support/expect_failure.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/metrics_probe.h"

#include <QTest>
#include <cmath>
#include <sstream>

using namespace cameo;
using namespace cameo::test;
using namespace cameo::train;

namespace {

constexpr int kSide = 16;

/// Discs of different sizes and colours: no two alike.
std::vector<std::uint8_t> disc(const std::filesystem::path& file, int side) {
    const int number = std::stoi(file.stem().string());
    std::vector<std::uint8_t> pixels(std::size_t{3} * side * side);
    for (int c = 0; c < 3; ++c)
        for (int y = 0; y < side; ++y)
            for (int x = 0; x < side; ++x) {
                const bool isInside = std::hypot(x - side / 2.0, y - side / 2.0) < 3 + number % 4;
                pixels[static_cast<std::size_t>((c * side + y) * side + x)] =
                    static_cast<std::uint8_t>(isInside ? 250 - 40 * c : 20 + (30 + number) * c);
            }
    return pixels;
}

void packDiscs(const std::filesystem::path& output, int count) {
    PackRequest request{.side = kSide, .decode = disc};
    request.manifest = Json::object({{"split", "train"}});
    for (int i = 0; i < count; ++i)
        request.files.emplace_back(std::to_string(i) + ".png");
    packDataset(request, output);
}

GeneratorTraining tinyTraining(const TempDir& folder, const std::string& name) {
    if (!std::filesystem::exists(folder / "set"))
        packDiscs(folder / "set", 24);
    GeneratorTraining training{.data = folder / "set", .folder = folder / name, .seed = 5};
    training.parameters = {{"batch", 8},        {"images", 0.016},          {"channel-base", 256},
                           {"channel-max", 16}, {"mapping-layers", 2},      {"latent-size", 16},
                           {"samples", 2},      {"metric-interval", 0.008}, {"metric-samples", 6}};
    return training;
}

std::vector<Json> linesWith(const std::filesystem::path& log, const char* key) {
    std::istringstream text(readTextFile(log));
    std::vector<Json> lines;
    for (std::string line; std::getline(text, line);)
        if (const Json json = Json::parse(line); json.find(key))
            lines.push_back(json);
    return lines;
}

/// A detector that sees a face with two eyes everywhere.
FaceFinder everywhere() {
    FaceFinder finder;
    finder.find = [](std::span<const std::uint8_t>, long) { return FaceSigns{true, true}; };
    finder.name = "everywhere";
    return finder;
}

} // namespace

class TestGeneratorMetrics : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void frechetOfKnownNormals();
    void frechetIsADistance();
    void precisionAndRecallOfToySets();
    void plantedCopyIsFound();
    void copiesAreReported();
    void whatCannotBeMeasuredIsSaid();
    void evaluationComparesModelAndPictures();
    void unknownMetricsAreRefused();
    void networkKeepsItsVersion();
    void damagedNetworksAreRefused();
    void trainingLogsMetrics();
    void trainingGoesOnWithoutMetrics();
};

void TestGeneratorMetrics::frechetOfKnownNormals() {
    // Diagonal: 3^2 for the means, (1 - 2)^2 + (2 - 1)^2 for the deviations.
    const double diagonal = frechetOf({{0, 0}, {1, 0, 0, 4}}, {{3, 0}, {4, 0, 0, 1}});
    QVERIFY2(std::abs(diagonal - 11) < 1e-9, qPrintable(QString::number(diagonal))); // float64
    // Covariances that do not commute. In two dimensions the trace of the root of a matrix M is
    // sqrt(tr M + 2 sqrt(det M)), here with tr M = 2 * 1 + 2 * 3 = 8 and det M = 3 * 3.
    const double mixed = frechetOf({{0, 0}, {2, 1, 1, 2}}, {{0, 0}, {1, 0, 0, 3}});
    QVERIFY2(std::abs(mixed - (4 + 4 - 2 * std::sqrt(14.0))) < 1e-9, qPrintable(QString::number(mixed)));
    CAMEO_VERIFY_FAILURE(frechetOf({{0}, {1}}, {{0, 0}, {1, 0, 0, 1}}), ErrorCode::InvalidArgument, "length");
}

void TestGeneratorMetrics::frechetIsADistance() {
    const FrechetFacts facts = examineFrechet();
    // Roots of eigenvalues that should be 0 but are 1e-16 leave 1e-8 each.
    QVERIFY2(facts.ofItself >= 0 && facts.ofItself < 1e-6, qPrintable(QString::number(facts.ofItself)));
    QVERIFY(facts.forwards > 1);
    QVERIFY2(std::abs(facts.forwards - facts.backwards) < 1e-5 * facts.forwards,
             qPrintable(QString::number(facts.forwards - facts.backwards)));
    // The bias falls as one over the number; with a hundred times as many it is far below a tenth.
    QVERIFY(facts.ofFew > 0 && facts.ofMany < 0.1 * facts.ofFew);
    QVERIFY(facts.meanError < 1e-12 && facts.covarianceError < 1e-12);
}

void TestGeneratorMetrics::precisionAndRecallOfToySets() {
    std::vector<double> line;
    for (int i = 0; i < 10; ++i)
        line.push_back(i);
    // Every point of either set reaches 1 far. 0.5 and 1.5 lie within reach of pictures, 50 and 51 do not;
    // the samples reach the pictures 0, 1 and 2.
    const Shares some = precisionRecallOf(line, {0.5, 1.5, 50, 51}, 1);
    QCOMPARE(some.precision, 0.5);
    QCOMPARE(some.recall, 0.3);
    const Shares same = precisionRecallOf(line, line, 3);
    QCOMPARE(same.precision, 1.0);
    QCOMPARE(same.recall, 1.0);
    const Shares apart = precisionRecallOf(line, {100, 101, 102, 103}, 3);
    QCOMPARE(apart.precision, 0.0);
    QCOMPARE(apart.recall, 0.0);
    CAMEO_VERIFY_FAILURE(precisionRecallOf(line, {1, 2, 3}, 3), ErrorCode::InvalidArgument, "3 samples");
}

void TestGeneratorMetrics::plantedCopyIsFound() {
    const NearestFacts facts = examineNearest();
    QCOMPARE(facts.copyFoundAt, 333L);
    QCOMPARE(facts.copyDistance, 0.0);
    QVERIFY(facts.otherDistance > 1);
    QVERIFY(std::abs(facts.fellowDistance - facts.fellowExpected) < 1e-9);
}

void TestGeneratorMetrics::copiesAreReported() {
    const TempDir folder;
    packDiscs(folder / "set", 24);
    const Json report = measureWithCopies(folder / "set", 4, 12);
    for (const char* space : {"features", "pixels"}) {
        const Json& figures = report.at("nearest").at(space);
        QCOMPARE(figures.at("share-too-close").asDouble(), 0.25);
        QVERIFY(figures.at("threshold").asDouble() > 0);
    }
    QCOMPARE(report.at("pairs").asInteger(), 2);
    QCOMPARE(report.at("pair-picture").asString(), report.at("expected-picture").asString());
    QCOMPARE(report.at("pair-pixel-distance").asDouble(), 0.0);
    QVERIFY(report.at("pair-distance").asDouble() < 1e-5); // float32 features of other batches
    QCOMPARE(report.at("faces").at("face").asDouble(), 0.5);
    QCOMPARE(report.at("faces").at("two-eyes").asDouble(), 0.25);
    QVERIFY(report.at("frechet").at("distance").asDouble() > report.at("frechet").at("floor").asDouble());
    QVERIFY(report.at("precision-recall").at("precision").asDouble() >= 0.25); // the copies at least
}

void TestGeneratorMetrics::whatCannotBeMeasuredIsSaid() {
    const TempDir folder;
    packDiscs(folder / "set", 24);
    QCOMPARE(picturesWithin(folder / "set", 10), 10L);
    QCOMPARE(picturesWithin(folder / "set", 100), 24L);
    const Json report = measureWithoutHelp(folder / "set");
    QCOMPARE(report.at("metrics").asObject().size(), std::size_t{1});
    QCOMPARE(report.at("metrics").at("wasserstein").at("mean").asDouble(), 0.0); // pictures beside themselves
    const Json::Array& missing = report.at("not-measured").asArray();
    QCOMPARE(missing.size(), std::size_t{4});
    for (const Json& entry : missing)
        QVERIFY(!entry.at("reason").asString().empty());
    QVERIFY(missing[0].at("reason").asString().find("CAMEO_MODEL_DIR") != std::string::npos);
}

void TestGeneratorMetrics::evaluationComparesModelAndPictures() {
    const TempDir folder;
    GeneratorTraining training = tinyTraining(folder, "run");
    training.parameters["metric-interval"] = 0;
    const auto report = trainGenerator(training);
    QVERIFY(linesWith(report.log, "metrics").empty());
    const Json untrained = evaluateFile(report.generator, folder / "set", 40, false).at("wasserstein");
    QCOMPARE(untrained.at("compared").asInteger(), 24); // as many as there are pictures
    QCOMPARE(untrained.at("levels").asArray().size(), std::size_t{1});
    QVERIFY(untrained.at("mean").asDouble() >
            2 * untrained.at("mean-floor").asDouble()); // noise against discs
    QVERIFY(untrained.at("whole").asDouble() > 2 * untrained.at("whole-floor").asDouble());
    QVERIFY(evaluateFile(report.generator, folder / "set", 40, false).at("wasserstein") == untrained);
    CAMEO_VERIFY_FAILURE(evaluateFile(report.generator, folder / "set", 40, true), ErrorCode::Cancelled,
                         "stopped");
    const auto embedded =
        std::filesystem::path(CAMEO_SOURCE_DIR) / "resources/models/portraits/generator.safetensors";
    CAMEO_VERIFY_FAILURE(evaluateFile(embedded, folder / "set", 40, false), ErrorCode::InvalidArgument,
                         "--side");
}

void TestGeneratorMetrics::unknownMetricsAreRefused() {
    CAMEO_VERIFY_FAILURE(parseMetricName("frechett"), ErrorCode::InvalidArgument, "'frechet'");
    CAMEO_VERIFY_FAILURE(parseMetricName("elephants"), ErrorCode::InvalidArgument, "precision-recall");
}

void TestGeneratorMetrics::networkKeepsItsVersion() {
    const TempDir folder;
    const NetworkFacts facts = examineNetwork(folder.path());
    QCOMPARE(facts.versionRead, facts.version);
    QVERIFY(facts.versionOfOther != facts.version);
    // Weights of eleven bits: a few thousandths after seven layers.
    QVERIFY2(facts.difference < 0.01 * facts.size,
             qPrintable(QString::number(facts.difference / facts.size)));
    QVERIFY(facts.takesOtherSizes);
}

void TestGeneratorMetrics::damagedNetworksAreRefused() {
    const TempDir folder;
    const auto file = folder / "network.safetensors";
    const auto refusal = [&](Damage damage) {
        writeDamagedNetwork(file, damage);
        return failureOf([&] { openNetwork(file); });
    };
    const std::pair<Damage, const char*> cases[] = {
        {Damage::NoMetadata, "'cameo.features'"},
        {Damage::WrongShape, "'head.bias' has shape [3]"},
        {Damage::NotFinite, "'head.bias' is not finite"},
        {Damage::MissingTensor, "'stage1.down.weight' is missing"},
        {Damage::HugeSpec, "1024"}};
    for (const auto& [damage, part] : cases) {
        const auto error = refusal(damage);
        QVERIFY2(error && error->code == ErrorCode::BadCheckpoint, part);
        QVERIFY2(error->text().find(part) != std::string::npos, error->text().c_str());
        QVERIFY2(error->text().find("network.safetensors") != std::string::npos, error->text().c_str());
    }
    writeFreshNetwork(file, 1);
    const std::string content = readTextFile(file);
    writeFileAtomically(file, std::string_view(content).substr(0, content.size() / 2));
    CAMEO_VERIFY_FAILURE(openNetwork(file), ErrorCode::BadCheckpoint, "network.safetensors");
    CAMEO_VERIFY_FAILURE(openNetwork(folder / "none.safetensors"), ErrorCode::NotFound, "none.safetensors");
    const auto generator =
        std::filesystem::path(CAMEO_SOURCE_DIR) / "resources/models/portraits/generator.safetensors";
    CAMEO_VERIFY_FAILURE(openNetwork(generator), ErrorCode::BadCheckpoint, "no attribute network");
}

void TestGeneratorMetrics::trainingLogsMetrics() {
    const TempDir folder;
    writeFreshNetwork(folder / "network.safetensors", 1);
    GeneratorTraining training = tinyTraining(folder, "run");
    training.featureNetwork = folder / "network.safetensors";
    training.faces = everywhere();
    const auto report = trainGenerator(training);
    const std::vector<Json> lines = linesWith(report.log, "metrics");
    QCOMPARE(lines.size(), std::size_t{2});
    QCOMPARE(lines.back().at("images").asInteger(), 16);
    QVERIFY(lines.back().at("setting").asString().starts_with("6 samples"));
    QVERIFY(lines.back().at("features").asString().starts_with("attributes-"));
    QCOMPARE(lines.back().at("metrics").asObject().size(), std::size_t{3});
    QVERIFY(lines.back().at("metrics").at("frechet").asDouble() > 0);
    QCOMPARE(lines.back().at("metrics").at("two-eyes").asDouble(), 1.0);
    // Measuring changes nothing about the training.
    GeneratorTraining without = tinyTraining(folder, "without");
    without.parameters["metric-interval"] = 0;
    QVERIFY(readTextFile(trainGenerator(without).state) == readTextFile(report.state));
    GeneratorTraining all = tinyTraining(folder, "all");
    all.featureNetwork = training.featureNetwork;
    all.parameters["metric-all"] = 1;
    const std::vector<Json> full = linesWith(trainGenerator(all).log, "metrics");
    for (const char* name : {"wasserstein", "frechet", "precision", "recall", "too-close"})
        QVERIFY2(full.back().at("metrics").find(name), name);
    QCOMPARE(full.back().at("not-measured").asArray().size(), std::size_t{1}); // no detector was given
}

void TestGeneratorMetrics::trainingGoesOnWithoutMetrics() {
    const TempDir folder;
    GeneratorTraining training = tinyTraining(folder, "run");
    training.featureNetwork = folder / "missing.safetensors";
    training.faces = everywhere();
    const auto report = trainGenerator(training);
    QCOMPARE(report.images, 16L);
    QVERIFY(linesWith(report.log, "metrics").empty());
    long skips = 0;
    for (const Json& line : linesWith(report.log, "event"))
        if (line.at("event").asString().starts_with("metrics skipped")) {
            QVERIFY(line.at("event").asString().find("missing.safetensors") != std::string::npos);
            ++skips;
        }
    QCOMPARE(skips, 1L); // said once, not every time
}

QTEST_APPLESS_MAIN(TestGeneratorMetrics)
#include "test_generator_metrics.moc"
