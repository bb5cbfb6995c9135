// SPDX-License-Identifier: Apache-2.0
#include "core/net/generator.h"

#include "core/base/error.h"
#include "core/base/numpy_random.h"
#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"
#include "core/net/prepared_mapping.h"
#include "core/net/prepared_synthesis.h"
#include "core/net/record_tensors.h"
#include "core/net/synthesis.h"
#include "core/net/tensor_bridge.h"

#include <algorithm>

namespace cameo::net {

struct Generator::Impl {
    checkpoint::GeneratorSpec spec = {};
    at::Device device = at::kCPU;
    NamedTensors tensors = {};
    at::Tensor filter = {};
    at::Tensor meanW = {}; // computed on demand where none is stored
    std::unique_ptr<PreparedSynthesis> prepared = {};
    std::unique_ptr<PreparedMapping> preparedMapping = {};

    at::Tensor runMapping(const at::Tensor& z, const at::Tensor& c) {
        if (!device.is_cpu() || PreparedMapping::needsGradient(tensors, z, c))
            return net::runMapping(spec.mapping, tensors, z, c);
        if (!preparedMapping)
            preparedMapping = std::make_unique<PreparedMapping>(spec.mapping, tensors);
        return preparedMapping->run(z, c);
    }

    Features runBlock(const SynthesisOptions& options, SynthesisState& state, const at::Tensor& ws) {
        if (options.execution == Execution::Training || !PreparedSynthesis::canRun(spec, options, device))
            return net::runBlock({spec, tensors, filter, options}, state, ws);
        if (!prepared)
            prepared = std::make_unique<PreparedSynthesis>(spec, tensors, filter);
        return prepared->runBlock(options, state, ws);
    }
};

Generator Generator::fromRecord(const checkpoint::GeneratorRecord& record, at::Device device) {
    Generator generator;
    generator.m_impl = std::make_shared<Impl>(Impl{.spec = record.spec, .device = device});
    generator.m_impl->tensors =
        tensorsOfRecord(record.tensors, checkpoint::requiredTensors(record.spec), device);
    generator.m_impl->filter = makeFilter(record.spec.resampleFilter, device);
    return generator;
}

Generator Generator::initialised(const checkpoint::GeneratorSpec& spec, std::uint64_t seed,
                                 at::Device device) {
    Generator generator;
    generator.m_impl = std::make_shared<Impl>(Impl{.spec = spec, .device = device});
    generator.m_impl->filter = makeFilter(spec.resampleFilter, device);
    NamedTensors& tensors = generator.m_impl->tensors;
    tensors = initialTensors(checkpoint::requiredTensors(spec), seed, device);
    if (spec.mapping.embed)
        scaleInitialWeight(*spec.mapping.embed, "mapping.", tensors);
    for (const checkpoint::FullyConnectedSpec& layer : spec.mapping.layers)
        scaleInitialWeight(layer, "mapping.", tensors);
    return generator;
}

const checkpoint::GeneratorSpec& Generator::spec() const {
    return m_impl->spec;
}

at::Device Generator::device() const {
    return m_impl->device;
}

std::size_t Generator::blockCount() const {
    return m_impl->spec.blocks.size();
}

at::Tensor Generator::map(const at::Tensor& z, const at::Tensor& c) const {
    const checkpoint::MappingSpec& mapping = m_impl->spec.mapping;
    if (z.dim() != 2 || z.size(1) != mapping.zDim)
        throw Failure(ErrorCode::InvalidArgument, cat("latents must be [N, ", mapping.zDim, "]"));
    if (mapping.embed && !c.defined())
        throw Failure(ErrorCode::InvalidArgument, "this generator is conditional and needs a class label",
                      cat("Choose a class from 0 to ", mapping.cDim - 1));
    if (mapping.embed && (c.dim() != 2 || c.size(0) != z.size(0) || c.size(1) != mapping.cDim))
        throw Failure(ErrorCode::InvalidArgument,
                      cat("labels must be [", z.size(0), ", ", mapping.cDim, "]"));
    return m_impl->runMapping(z, c);
}

at::Tensor Generator::meanW() const {
    const checkpoint::MappingSpec& mapping = m_impl->spec.mapping;
    if (mapping.hasWAvg)
        return named(m_impl->tensors, "mapping.w_avg");
    if (m_impl->meanW.defined())
        return m_impl->meanW;
    const at::NoGradGuard noGradient;
    constexpr long count = 4096; // as rosinality's mean_latent(4096)
    const std::vector<double> normal = NumpyRandom(0).randn(static_cast<std::size_t>(count * mapping.zDim));
    const at::Tensor z = at::empty({count, mapping.zDim}, at::kFloat);
    std::copy(normal.begin(), normal.end(), z.data_ptr<float>());
    at::Tensor c;
    if (mapping.embed)
        c = at::one_hot(at::arange(count) % mapping.cDim, mapping.cDim).to(m_impl->device, at::kFloat);
    m_impl->meanW = m_impl->runMapping(z.to(m_impl->device), c).mean(0);
    return m_impl->meanW;
}

at::Tensor Generator::broadcast(const at::Tensor& w, double psi, long cutoff) const {
    const long rows = m_impl->spec.mapping.numWs;
    const at::Tensor ws = w.unsqueeze(1).expand({-1, rows, -1});
    if (psi == 1)
        return ws.contiguous();
    const at::Tensor truncated = at::lerp(meanW().expand_as(ws), ws, psi);
    if (cutoff < 0 || cutoff >= rows)
        return truncated;
    return at::cat({truncated.narrow(1, 0, cutoff), ws.narrow(1, cutoff, rows - cutoff)}, 1);
}

at::Tensor Generator::synthesize(const at::Tensor& ws, const SynthesisOptions& options) const {
    return advance({}, ws, options).image;
}

SynthesisState Generator::advance(SynthesisState state, const at::Tensor& ws,
                                  const SynthesisOptions& options) const {
    const checkpoint::MappingSpec& mapping = m_impl->spec.mapping;
    if (ws.dim() != 3 || ws.size(1) != mapping.numWs || ws.size(2) != mapping.wDim)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("styles must be [N, ", mapping.numWs, ", ", mapping.wDim, "]"));
    const bool isInference = options.execution == Execution::Inference;
    const at::AutoGradMode gradient(!isInference && at::GradMode::is_enabled());
    const auto expand = [&](at::Tensor& tensor) {
        if (tensor.defined() && tensor.size(0) == 1 && ws.size(0) > 1)
            tensor = tensor.expand({ws.size(0), -1, -1, -1});
    };
    expand(state.x);
    expand(state.image);
    const std::size_t end = options.lastBlock < blockCount() ? options.lastBlock + 1 : blockCount();
    while (state.block < end) {
        if (options.stop.stop_requested())
            throw Failure(ErrorCode::Cancelled, "Cancelled while a picture was made");
        const long resolution = m_impl->spec.blocks[state.block].resolution;
        const Features features = m_impl->runBlock(options, state, ws);
        if (options.onBlock)
            options.onBlock(resolution, features);
    }
    return state;
}

long Generator::firstRow(std::size_t block) const {
    return firstRowOfBlock(m_impl->spec, block);
}

std::map<std::string, at::Tensor>& Generator::tensors() {
    return m_impl->tensors;
}

const std::map<std::string, at::Tensor>& Generator::tensors() const {
    return m_impl->tensors;
}

bool Generator::isParameter(const std::string& name) {
    return !name.ends_with("noise_const") && !name.ends_with("w_avg") && !name.ends_with("resample_filter");
}

void Generator::parametersChanged() {
    m_impl->meanW = at::Tensor();
    m_impl->prepared.reset();
    m_impl->preparedMapping.reset();
}

checkpoint::GeneratorRecord Generator::toRecord() const {
    return {.spec = m_impl->spec, .tensors = recordOfTensors(m_impl->tensors)};
}

at::Tensor latentsFromSeeds(std::span<const std::uint32_t> seeds, long zDim, at::Device device) {
    const at::Tensor z = at::empty({static_cast<long>(seeds.size()), zDim}, at::kFloat);
    float* out = z.data_ptr<float>();
    for (const std::uint32_t seed : seeds) {
        const std::vector<double> values = NumpyRandom(seed).randn(static_cast<std::size_t>(zDim));
        out = std::copy(values.begin(), values.end(), out);
    }
    return z.to(device);
}

} // namespace cameo::net
