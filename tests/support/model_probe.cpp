// SPDX-License-Identifier: Apache-2.0
#include "tests/support/model_probe.h"

#include "core/checkpoint/checkpoint.h"
#include "core/edit/inversion.h"
#include "core/edit/latent_algebra.h"
#include "core/segment/clusters.h"
#include "core/segment/guided_filter.h"
#include "core/segment/kmeans.h"
#include "core/segment/variants.h"

#include <chrono>
#include <optional>

namespace cameo::probe {
namespace {

Numbers numbersOf(const at::Tensor& tensor) {
    const at::Tensor values = tensor.detach().to(at::kCPU).to(at::kFloat).contiguous();
    const float* data = values.data_ptr<float>();
    return {.shape = {values.sizes().begin(), values.sizes().end()}, .values = {data, data + values.numel()}};
}

at::Tensor tensorOf(const Numbers& numbers) {
    return at::tensor(at::ArrayRef<float>(numbers.values), at::kFloat)
        .view(std::vector<std::int64_t>(numbers.shape.begin(), numbers.shape.end()));
}

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

struct ModelProbe::Impl {
    net::Generator generator;
    std::optional<net::Discriminator> discriminator;
    edit::PrincipalDirections directions;
};

ModelProbe::ModelProbe(std::shared_ptr<Impl> impl) : m_impl(std::move(impl)) {}

ModelProbe ModelProbe::tiny(long classes) {
    const checkpoint::ChannelOptions options{.resolution = 32,
                                             .channelBase = 512,
                                             .channelMax = 32,
                                             .zDim = 48,
                                             .cDim = classes,
                                             .wDim = 40,
                                             .mappingLayers = 2,
                                             .imageChannels = 3};
    return ModelProbe(std::make_shared<Impl>(
        Impl{net::Generator::initialised(checkpoint::standardGeneratorSpec(options), 1, at::kCPU),
             net::Discriminator::initialised(checkpoint::standardDiscriminatorSpec(options), 2, at::kCPU),
             {}}));
}

ModelProbe ModelProbe::fromFolder(const std::filesystem::path& folder) {
    const auto generator = checkpoint::Checkpoint::open(folder / "generator.safetensors");
    const auto discriminator = checkpoint::Checkpoint::open(folder / "discriminator.safetensors");
    return ModelProbe(
        std::make_shared<Impl>(Impl{net::Generator::fromRecord(generator.generator(), at::kCPU),
                                    net::Discriminator::fromRecord(discriminator.discriminator(), at::kCPU),
                                    {}}));
}

long ModelProbe::rowCount() const {
    return m_impl->generator.spec().mapping.numWs;
}
long ModelProbe::latentSize() const {
    return m_impl->generator.spec().mapping.wDim;
}
long ModelProbe::resolution() const {
    return m_impl->generator.spec().resolution;
}

Directions ModelProbe::findDirections(long samples, long count, std::uint32_t seed) {
    const auto start = std::chrono::steady_clock::now();
    m_impl->directions = edit::principalDirections(m_impl->generator, samples, count, seed);
    const double seconds = secondsSince(start);
    const edit::PrincipalDirections& found = m_impl->directions;
    return {.mean = numbersOf(found.mean),
            .components = numbersOf(found.components),
            .deviations = numbersOf(found.deviations),
            .explained = numbersOf(found.explained),
            .seconds = seconds};
}

long ModelProbe::directionIndex(const std::string& name) const {
    return edit::directionIndex(m_impl->directions, name);
}

Numbers ModelProbe::rows(const EditState& state) const {
    return numbersOf(edit::rowsForState(m_impl->generator, m_impl->directions, state));
}

Numbers ModelProbe::picture(const Numbers& rows) const {
    const at::NoGradGuard noGradients;
    return numbersOf(m_impl->generator.synthesize(tensorOf(rows)));
}

Segmentation ModelProbe::clusters(const EditState& state, const ParameterValues& parameters, bool withPicture,
                                  std::stop_token stop) const {
    segment::ClusterRequest request;
    request.ws = edit::rowsForState(m_impl->generator, m_impl->directions, state);
    request.parameters = parameters;
    request.stop = stop;
    if (withPicture)
        request.picture = m_impl->generator.synthesize(request.ws);
    const auto start = std::chrono::steady_clock::now();
    segment::ClusterResult result = segment::segmentByClusters(m_impl->generator, request);
    return {.mask = result.mask,
            .label = std::move(result.label),
            .size = result.size,
            .clusters = result.clusters,
            .isForeground = std::move(result.isForeground),
            .seconds = secondsSince(start)};
}

std::pair<Numbers, Numbers> ModelProbe::variantsTwice(const EditState& state, long count,
                                                      long crossover) const {
    const at::NoGradGuard noGradients;
    const net::Generator& generator = m_impl->generator;
    segment::VariantRequest request;
    request.ws = edit::rowsForState(generator, m_impl->directions, state);
    request.count = count;
    request.crossover = crossover;
    request.size = generator.spec().resolution;
    const at::Tensor together = segment::renderVariants(generator, request);

    const at::Tensor rows = at::cat({request.ws, segment::donorRows(generator, request)});
    std::vector<at::Tensor> single;
    for (long variant = 0; variant <= count; ++variant) {
        net::SynthesisState picture;
        for (std::size_t block = 0; block < generator.blockCount(); ++block) {
            net::SynthesisOptions options;
            options.lastBlock = block;
            const bool isFine = generator.spec().blocks[block].resolution >= crossover;
            picture = generator.advance(picture, isFine ? rows.narrow(0, variant, 1) : request.ws, options);
        }
        single.push_back(picture.image);
    }
    return {numbersOf(together), numbersOf(at::cat(single))};
}

InversionTrace ModelProbe::invert(const Numbers& target, const InversionCall& call) {
    InversionTrace trace;
    std::stop_source stop;
    if (call.isStopped)
        stop.request_stop();
    edit::InversionTask task;
    task.target = tensorOf(target);
    task.discriminator = m_impl->discriminator ? &*m_impl->discriminator : nullptr;
    task.parameters = call.parameters;
    task.stop = stop.get_token();
    task.yieldPoint = [&] { ++trace.yields; };
    task.onStep = [&](const edit::InversionStep& step) {
        trace.bestLosses.push_back(step.loss);
        trace.hadPicture.push_back(step.image.defined());
        if (static_cast<long>(trace.bestLosses.size()) == call.stopAfter)
            stop.request_stop();
    };
    const auto start = std::chrono::steady_clock::now();
    const edit::Inversion found = edit::invert(m_impl->generator, task);
    trace.seconds = secondsSince(start);
    trace.ws = numbersOf(found.ws);
    trace.image = numbersOf(found.image);
    trace.loss = found.loss;
    trace.psnr = found.psnr;
    trace.steps = found.steps;
    trace.stopped = found.stopped;
    for (const auto& [name, tensor] : m_impl->generator.tensors())
        trace.generatorHasGradients =
            trace.generatorHasGradients || tensor.requires_grad() || tensor.grad().defined();
    return trace;
}

Clustering kMeans(const Numbers& points, int clusters, int restarts, std::uint32_t seed) {
    segment::KMeansOptions options;
    options.clusters = clusters;
    options.restarts = restarts;
    options.seed = seed;
    const segment::KMeansResult found = segment::kMeans(tensorOf(points), options);
    const std::int64_t* label = found.label.data_ptr<std::int64_t>();
    return {.label = {label, label + found.label.numel()},
            .centres = numbersOf(found.centres),
            .inertia = found.inertia};
}

Numbers correlationFeatures(const Numbers& images) {
    return numbersOf(segment::pixelFeatures(tensorOf(images), {}));
}

Numbers guidedMask(const Numbers& mask, const Numbers& guide, long radius, double epsilon) {
    return numbersOf(
        segment::guidedMask(tensorOf(mask), tensorOf(guide), {.radius = radius, .epsilon = epsilon}));
}

} // namespace cameo::probe
