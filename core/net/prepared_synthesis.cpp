// SPDX-License-Identifier: Apache-2.0
#include "core/net/prepared_synthesis.h"

#include <cmath>
#include <limits>

namespace cameo::net {

using checkpoint::Architecture;
using checkpoint::SynthesisBlockSpec;
using checkpoint::SynthesisLayerSpec;

namespace {

/// [N, ...] or [C] with the last dimension padded by zeros.
at::Tensor padLast(const at::Tensor& tensor) {
    const long channels = tensor.size(-1), padded = paddedChannels(channels);
    return (padded == channels ? tensor : at::constant_pad_nd(tensor, {0, padded - channels})).contiguous();
}

/// [N, padded C, H, W] over pixels that lie channels last, as [N, C, H, W].
at::Tensor asChannels(const at::Tensor& pixels, long channels) {
    return pixels.permute({0, 3, 1, 2}).narrow(1, 0, channels);
}

/// x as the kernels store it; copied where it lies otherwise.
at::Tensor inStoredForm(const at::Tensor& x, at::ScalarType type) {
    const long n = x.size(0), channels = x.size(1), height = x.size(2), width = x.size(3);
    const long padded = paddedChannels(channels);
    const bool lies = x.scalar_type() == type && padded == channels && x.stride(1) == 1 &&
                      x.stride(3) == channels && x.stride(2) == width * channels &&
                      (n == 1 || x.stride(0) == height * width * channels);
    if (lies)
        return x;
    const at::Tensor pixels = at::zeros({n, height, width, padded}, at::TensorOptions().dtype(type));
    asChannels(pixels, channels).copy_(x);
    return asChannels(pixels, channels);
}

Storage storageOf(at::ScalarType type) {
    return type == at::kBFloat16 ? Storage::BFloat16 : Storage::Float32;
}

float limitOf(const std::optional<double>& clamp, double gain) {
    return clamp ? static_cast<float>(*clamp * gain) : std::numeric_limits<float>::infinity();
}

} // namespace

bool PreparedSynthesis::canRun(const checkpoint::GeneratorSpec& spec, const SynthesisOptions& options,
                               at::Device device) {
    return device.is_cpu() && spec.resampleFilter.size() == 4 &&
           (options.precision == at::kFloat || options.precision == at::kBFloat16);
}

PreparedSynthesis::PreparedSynthesis(const checkpoint::GeneratorSpec& spec, const NamedTensors& tensors,
                                     const at::Tensor& filter)
    : m_spec(spec), m_tensors(tensors), m_filter(filter) {
    const at::Tensor turned = (at::flip(filter, {0}) * 2).contiguous();
    std::copy_n(turned.data_ptr<float>(), 4, m_taps.begin());
}

PackedLinear PreparedSynthesis::affine(const std::string& layer, double gain) const {
    const at::Tensor weight = named(m_tensors, "synthesis." + layer + ".affine.weight").detach();
    const at::Tensor bias = named(m_tensors, "synthesis." + layer + ".affine.bias").detach();
    return {weight,
            bias,
            {.weightGain = gain / std::sqrt(static_cast<double>(weight.size(1))), .biasGain = gain}};
}

const PreparedSynthesis::Layer& PreparedSynthesis::layer(const SynthesisLayerSpec& spec) {
    if (const auto found = m_layers.find(spec.name); found != m_layers.end())
        return found->second;
    const std::string name = "synthesis." + spec.name;
    const at::Tensor weight = named(m_tensors, name + ".weight").detach();
    const long inSide = spec.resolution / spec.up;
    const PackedConvolution::Shape shape{.up = spec.up,
                                         .inSide = inSide,
                                         .form =
                                             PackedConvolution::fasterForm(spec.up, inSide, spec.inChannels)};
    const at::Tensor energy = at::sum(at::square(weight), {2, 3}); // [O, I]
    Layer made{.convolution = PackedConvolution(weight, shape),
               .affine = affine(spec.name, 1),
               .demodulation = PackedLinear(padLast(energy), {}, {}),
               .bias = padLast(named(m_tensors, name + ".bias").detach())};
    if (spec.useNoise)
        made.noiseStrength = named(m_tensors, name + ".noise_strength").item<float>();
    return m_layers.emplace(spec.name, std::move(made)).first->second;
}

const PreparedSynthesis::Rgb& PreparedSynthesis::rgb(const checkpoint::ToRgbSpec& spec) {
    if (const auto found = m_rgbs.find(spec.name); found != m_rgbs.end())
        return found->second;
    const std::string name = "synthesis." + spec.name;
    Rgb made{.affine = affine(spec.name, spec.weightGain),
             .weight = padLast(named(m_tensors, name + ".weight").detach().flatten(1)).unsqueeze(0),
             .bias = named(m_tensors, name + ".bias").detach().contiguous(),
             .limit = limitOf(spec.convClamp, 1)};
    return m_rgbs.emplace(spec.name, std::move(made)).first->second;
}

at::Tensor PreparedSynthesis::runLayer(const BlockContext& context, const SynthesisLayerSpec& spec,
                                       const LayerInput& input) {
    const Layer& packed = layer(spec);
    const at::ScalarType type = context.options.precision;
    const at::Tensor x = inStoredForm(input.x, type);
    const at::Tensor styles = packed.affine.run(input.w);
    const at::Tensor scale = at::rsqrt(packed.demodulation.run(at::square(styles)) + 1e-8);
    const at::Tensor noise = noiseOf(context, spec, 1);
    const at::Tensor pixels = m_workspace.result(
        {x.size(0), spec.resolution, spec.resolution, packed.convolution.outChannels()}, type);
    PackedConvolution::Call call{.x = x.data_ptr(),
                                 .storage = storageOf(type),
                                 .samples = x.size(0),
                                 .styles = styles.data_ptr<float>(),
                                 .taps = m_taps,
                                 .out = pixels.data_ptr()};
    call.epilogue = {.scale = scale.data_ptr<float>(),
                     .bias = packed.bias.data_ptr<float>(),
                     .noise = noise.defined() ? noise.data_ptr<float>() : nullptr,
                     .noiseStrength = packed.noiseStrength,
                     .slope = spec.leakyRelu ? 0.2f : 1.0f,
                     .gain = static_cast<float>(spec.activationGain * input.gain),
                     .limit = limitOf(spec.convClamp, input.gain)};
    packed.convolution.run(call, m_workspace);
    return asChannels(pixels, spec.outChannels);
}

at::Tensor PreparedSynthesis::runToRgb(const BlockContext& context, const checkpoint::ToRgbSpec& spec,
                                       const LayerInput& input) {
    const Rgb& packed = rgb(spec);
    const at::ScalarType type = context.options.precision;
    const at::Tensor x = inStoredForm(input.x, type);
    const at::Tensor weights =
        packed.weight * packed.affine.run(input.w).unsqueeze(1); // [N, image channels, padded I]
    const at::Tensor& bias = packed.bias;
    const long samples = x.size(0), pixels = x.size(2) * x.size(3), planes = weights.size(1);
    const at::Tensor image = at::empty({samples, planes, x.size(2), x.size(3)}, at::kFloat);
    const long channels = weights.size(2), itemSize = x.element_size();
    constexpr long chunk = 1024;
    const long chunks = (pixels + chunk - 1) / chunk;
    at::parallel_for(0, samples * chunks, 4, [&](long begin, long end) {
        for (long i = begin; i < end; ++i) {
            const long sample = i / chunks, first = i % chunks * chunk;
            kernels().stored[static_cast<int>(storageOf(type))].toRgb(
                {.x =
                     static_cast<const char*>(x.data_ptr()) + (sample * pixels + first) * channels * itemSize,
                 .weights = weights.data_ptr<float>() + sample * planes * channels,
                 .bias = bias.data_ptr<float>(),
                 .count = std::min(chunk, pixels - first),
                 .channels = channels,
                 .imageChannels = planes,
                 .limit = packed.limit,
                 .out = image.data_ptr<float>() + sample * planes * pixels + first,
                 .planeStride = pixels});
        }
    });
    return image;
}

void PreparedSynthesis::addEnlarged(const at::Tensor& image, at::Tensor& sum) const {
    const at::Tensor small = image.contiguous();
    const long planes = small.size(0) * small.size(1), side = small.size(2), lines = 2 * side;
    constexpr long chunk = 32;
    const long chunks = (lines + chunk - 1) / chunk;
    at::parallel_for(0, planes * chunks, 4, [&](long begin, long end) {
        for (long i = begin; i < end; ++i) {
            const long plane = i / chunks, first = i % chunks * chunk;
            kernels().enlarge({.plane = small.data_ptr<float>() + plane * side * side,
                               .side = side,
                               .taps = {m_taps[0], m_taps[1], m_taps[2], m_taps[3]},
                               .lineBegin = first,
                               .lineEnd = std::min(first + chunk, lines),
                               .out = sum.data_ptr<float>() + plane * lines * lines});
        }
    });
}

Features PreparedSynthesis::runBlock(const SynthesisOptions& options, SynthesisState& state,
                                     const at::Tensor& ws) {
    const BlockContext context{m_spec, m_tensors, m_filter, options};
    const SynthesisBlockSpec& block = m_spec.blocks.at(state.block);
    const bool isResidual = m_spec.architecture == Architecture::ResNet && block.hasSkip;
    const double gain = isResidual ? std::sqrt(0.5) : 1;
    long row = firstRowOfBlock(m_spec, state.block);
    Features features;
    at::Tensor x = state.x;
    if (block.conv0) {
        features.conv0 = runLayer(context, *block.conv0, {x, ws.select(1, row++)});
        features.conv1 = runLayer(context, block.conv1, {features.conv0, ws.select(1, row++), gain});
        if (isResidual)
            features.conv1 = (runSkip(context, block, x, gain) + features.conv1).to(options.precision);
    } else {
        x = named(m_tensors, "synthesis.b" + std::to_string(block.resolution) + ".const").detach();
        x = x.unsqueeze(0).expand({ws.size(0), -1, -1, -1});
        features.conv1 = runLayer(context, block.conv1, {x, ws.select(1, row++), gain});
    }
    state.x = features.conv1;
    if (block.toRgb) {
        features.toRgb = runToRgb(context, *block.toRgb, {state.x, ws.select(1, row)});
        at::Tensor sum = features.toRgb;
        if (state.image.defined()) {
            if (options.onBlock) // the contribution by itself is wanted
                sum = sum.clone();
            addEnlarged(state.image, sum);
        }
        state.image = sum;
    } else if (state.image.defined()) {
        state.image = upsample2(state.image, m_filter);
    }
    features.image = state.image;
    ++state.block;
    return features;
}

} // namespace cameo::net
