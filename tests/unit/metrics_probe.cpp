// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/metrics_probe.h"

#include "core/checkpoint/checkpoint.h"
#include "core/train/feature_network.h"
#include "core/train/generator_evaluation.h"
#include "core/train/random.h"

#include <cmath>
#include <limits>

namespace cameo::test {
namespace {

using namespace cameo::train;

at::Tensor normal(at::IntArrayRef shape, std::uint64_t seed) {
    return at::randn(shape, seededGenerator(seed), at::kDouble);
}

at::Tensor tensorOf(const std::vector<double>& values) {
    at::Tensor tensor = at::empty({static_cast<long>(values.size())}, at::kDouble);
    std::copy(values.begin(), values.end(), tensor.data_ptr<double>());
    return tensor;
}

FeatureMoments momentsFrom(const Normal& of) {
    const long size = static_cast<long>(of.mean.size());
    return {
        .mean = tensorOf(of.mean), .covariance = tensorOf(of.covariance).view({size, size}), .count = 100};
}

FeatureSpec smallSpec() {
    return {.side = 64,
            .channels = {4, 8, 12},
            .attributes = {{.name = "age", .mean = 40, .deviation = 10},
                           {.name = "smile", .isProbability = true}}};
}

Reference referenceFor(const std::filesystem::path& data, bool hasNetwork, long largest = 100) {
    Reference reference = makeReference(PackedDataset::open(data), {.seed = 1, .largest = largest}, {});
    if (hasNetwork) {
        reference.network =
            std::make_shared<const FeatureNetwork>(FeatureNetwork::initialised(smallSpec(), 3));
        reference.features = featuresOf(*reference.network, reference.pictures, {});
    }
    return reference;
}

/// In a known way beside the true values, without matrix products.
void compareMoments(const at::Tensor& rows, FrechetFacts& facts) {
    const FeatureMoments moments = momentsOf(rows);
    const auto table = rows.accessor<double, 2>();
    const long count = rows.size(0), size = rows.size(1);
    const auto mean = [&](long column) {
        double sum = 0;
        for (long i = 0; i < count; ++i)
            sum += table[i][column];
        return sum / static_cast<double>(count);
    };
    for (long a = 0; a < size; ++a) {
        facts.meanError = std::max(facts.meanError, std::abs(moments.mean[a].item<double>() - mean(a)));
        double sum = 0;
        for (long i = 0; i < count; ++i)
            sum += (table[i][a] - mean(a)) * (table[i][0] - mean(0));
        const double error = moments.covariance[a][0].item<double>() - sum / static_cast<double>(count - 1);
        facts.covarianceError = std::max(facts.covarianceError, std::abs(error));
    }
}

} // namespace

double frechetOf(const Normal& a, const Normal& b) {
    return frechetDistance(momentsFrom(a), momentsFrom(b));
}

FrechetFacts examineFrechet() {
    FrechetFacts facts;
    const at::Tensor a = normal({10, 32}, 1), b = normal({10, 32}, 2) * 2 + 1;
    facts.ofItself = frechetDistance(momentsOf(a), momentsOf(a));
    facts.forwards = frechetDistance(momentsOf(a), momentsOf(b));
    facts.backwards = frechetDistance(momentsOf(b), momentsOf(a));
    facts.ofFew = frechetDistance(momentsOf(normal({100, 8}, 3)), momentsOf(normal({100, 8}, 4)));
    facts.ofMany = frechetDistance(momentsOf(normal({10000, 8}, 3)), momentsOf(normal({10000, 8}, 4)));
    compareMoments(b, facts);
    return facts;
}

Shares precisionRecallOf(const std::vector<double>& pictures, const std::vector<double>& samples,
                         long neighbours) {
    const PrecisionRecall found =
        precisionRecall(tensorOf(pictures).view({-1, 1}), tensorOf(samples).view({-1, 1}), neighbours);
    return {found.precision, found.recall};
}

NearestFacts examineNearest() {
    NearestFacts facts;
    const at::Tensor among = normal({400, 50}, 5) * 3 + 100; // more rows than are compared at once
    at::Tensor rows = normal({300, 50}, 6) * 3 + 100;
    rows[270].copy_(among[333]);
    const NearestRows found = nearestRows(rows, among);
    facts.copyFoundAt = found.index[270].item<long>();
    facts.copyDistance = found.distance[270].item<double>();
    facts.otherDistance = std::get<0>(found.distance.sort())[1].item<double>();
    at::Tensor set = normal({300, 50}, 7);
    set[280].copy_(set[10] + 0.01);
    facts.fellowDistance = nearestFellows(set).distance.min().item<double>();
    facts.fellowExpected = 0.01 * std::sqrt(50.0);
    return facts;
}

Json measureWithCopies(const std::filesystem::path& data, long copies, long others) {
    const Reference reference = referenceFor(data, true);
    const long side = reference.pictures.size(2);
    const at::Tensor noise =
        at::randint(256, {others, 3, side, side}, seededGenerator(8), at::kLong).to(at::kByte);
    const at::Tensor samples = at::cat({reference.pictures.narrow(0, 2, copies), noise});
    long asked = 0;
    MetricRequest request{.metrics = {}, .pairs = 2, .seed = 0, .faces = {}};
    request.faces.find = [&](std::span<const std::uint8_t>, long) {
        ++asked;
        return FaceSigns{.hasFace = asked % 2 == 0, .hasTwoEyes = asked % 4 == 0};
    };
    request.faces.name = "every second";
    const MetricReport report = measureSamples(samples, reference, request, {});
    Json json = report.metrics;
    json.set("pair-picture", report.pairs.front().picture);
    json.set("expected-picture", reference.names[2 + static_cast<std::size_t>(report.pairs.front().sample)]);
    json.set("pair-distance", report.pairs.front().featureDistance);
    json.set("pair-pixel-distance", report.pairs.front().pixelDistance);
    json.set("pairs", report.pairs.size());
    return json;
}

long picturesWithin(const std::filesystem::path& data, long largest) {
    const Reference reference = referenceFor(data, false, largest);
    const long count = reference.pictures.size(0);
    return static_cast<long>(reference.names.size()) == count ? count : -1;
}

Json measureWithoutHelp(const std::filesystem::path& data) {
    const Reference reference = referenceFor(data, false);
    const MetricReport report = measureSamples(reference.pictures, reference, {}, {});
    return Json::object({{"metrics", report.metrics}, {"not-measured", report.notMeasured}});
}

Json evaluateFile(const std::filesystem::path& model, const std::filesystem::path& data, long samples,
                  bool isStopped) {
    std::stop_source source;
    if (isStopped)
        source.request_stop();
    GeneratorEvaluation evaluation{.model = model, .data = data};
    evaluation.draw = {.count = samples, .psi = 1, .seed = 1};
    evaluation.metrics.metrics = {Metric::Wasserstein};
    evaluation.control.stop = source.get_token();
    return evaluateGenerator(evaluation).measured.metrics;
}

void parseMetricName(const std::string& name) {
    metricFromName(name);
}

void writeFreshNetwork(const std::filesystem::path& file, std::uint64_t seed) {
    FeatureNetwork::initialised(smallSpec(), seed).write(file);
}

NetworkFacts examineNetwork(const std::filesystem::path& folder) {
    NetworkFacts facts;
    const FeatureNetwork network = FeatureNetwork::initialised(smallSpec(), 1);
    network.write(folder / "network.safetensors");
    const FeatureNetwork read = FeatureNetwork::open(folder / "network.safetensors");
    facts.version = network.version();
    facts.versionRead = read.version();
    facts.versionOfOther = FeatureNetwork::initialised(smallSpec(), 2).version();
    const at::Tensor images = normal({4, 3, 64, 64}, 9).to(at::kFloat);
    const at::Tensor before = network.features(images), after = read.features(images);
    facts.difference = (before - after).abs().max().item<double>();
    facts.size = before.abs().max().item<double>();
    const at::Tensor doubled = images.repeat_interleave(2, 2).repeat_interleave(2, 3);
    facts.takesOtherSizes = at::allclose(network.features(doubled), before, 1e-4, 1e-5);
    return facts;
}

void openNetwork(const std::filesystem::path& file) {
    FeatureNetwork::open(file);
}

void writeDamagedNetwork(const std::filesystem::path& file, Damage damage) {
    writeFreshNetwork(file, 1);
    const auto opened = checkpoint::Checkpoint::open(file);
    checkpoint::TensorMap tensors = opened.tensors("");
    std::string spec = opened.metadata().at("cameo.features").asString();
    switch (damage) {
    case Damage::WrongShape:
        tensors["head.bias"] = checkpoint::fromFloats({3}, {0, 0, 0});
        break;
    case Damage::NotFinite:
        tensors["head.bias"] = checkpoint::fromFloats({2}, {0, std::numeric_limits<float>::quiet_NaN()});
        break;
    case Damage::MissingTensor:
        tensors.erase("stage1.down.weight");
        break;
    case Damage::HugeSpec:
        spec.replace(spec.find("[4,"), 3, "[400000,");
        break;
    default:
        break;
    }
    std::map<std::string, std::string> metadata;
    if (damage != Damage::NoMetadata)
        metadata["cameo.features"] = spec;
    checkpoint::writeSafetensors(file, tensors, checkpoint::DType::F32, metadata);
}

} // namespace cameo::test
