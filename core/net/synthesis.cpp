// SPDX-License-Identifier: Apache-2.0
#include "core/net/synthesis.h"

#include <cmath>

namespace cameo::net {

using checkpoint::Architecture;
using checkpoint::SynthesisBlockSpec;
using checkpoint::SynthesisLayerSpec;

namespace {

/// A stable number for a layer's random noise: where it stands in the network.
std::uint64_t noiseStream(const SynthesisLayerSpec& layer) {
    return static_cast<std::uint64_t>(layer.resolution) * 2 + (layer.up > 1 ? 0 : 1);
}

at::Tensor runLayer(const BlockContext& context, const SynthesisLayerSpec& layer, const at::Tensor& x,
                    const at::Tensor& w, double gain) {
    const std::string name = "synthesis." + layer.name;
    at::Tensor y = modulatedConvolve(x, {.weight = named(context.tensors, name + ".weight"),
                                         .styles = stylesOf(context, layer.name, w),
                                         .up = layer.up,
                                         .filter = context.filter,
                                         .precision = context.options.precision});
    if (const at::Tensor noise = noiseOf(context, layer, x.size(0)); noise.defined())
        y = y + noise * named(context.tensors, name + ".noise_strength");
    Activation activation{.leakyRelu = layer.leakyRelu, .gain = layer.activationGain * gain};
    if (layer.convClamp)
        activation.clamp = *layer.convClamp * gain;
    return activate(y, named(context.tensors, name + ".bias"), activation);
}

at::Tensor runToRgb(const BlockContext& context, const checkpoint::ToRgbSpec& layer, const at::Tensor& x,
                    const at::Tensor& w) {
    const std::string name = "synthesis." + layer.name;
    const at::Tensor y = modulatedConvolve(x, {.weight = named(context.tensors, name + ".weight"),
                                               .styles = stylesOf(context, layer.name, w) * layer.weightGain,
                                               .demodulate = false,
                                               .filter = context.filter});
    return activate(y, named(context.tensors, name + ".bias"),
                    {.leakyRelu = false, .clamp = layer.convClamp});
}

} // namespace

at::Tensor stylesOf(const BlockContext& context, const std::string& layer, const at::Tensor& w) {
    const at::Tensor& weight = named(context.tensors, "synthesis." + layer + ".affine.weight");
    const at::Tensor& bias = named(context.tensors, "synthesis." + layer + ".affine.bias");
    return at::addmm(bias, w, weight.t(), 1, 1 / std::sqrt(static_cast<double>(weight.size(1))));
}

at::Tensor runSkip(const BlockContext& context, const SynthesisBlockSpec& block, const at::Tensor& x,
                   double gain) {
    const std::string name = "synthesis.b" + std::to_string(block.resolution) + ".skip.weight";
    const at::Tensor weight = named(context.tensors, name) / std::sqrt(static_cast<double>(block.inChannels));
    return upsample2(convolve(x.to(at::kFloat), weight, {.precision = context.options.precision}),
                     context.filter) *
           gain;
}

long firstRowOfBlock(const checkpoint::GeneratorSpec& spec, std::size_t block) {
    long row = 0;
    for (std::size_t i = 0; i < block && i < spec.blocks.size(); ++i)
        row += spec.blocks[i].conv0 ? 2 : 1;
    return row;
}

at::Tensor demodulation(const at::Tensor& weight, const at::Tensor& styles) {
    const at::Tensor energy = at::sum(at::square(weight), {2, 3});
    return at::rsqrt(at::matmul(at::square(styles), energy.t()) + 1e-8);
}

at::Tensor modulatedConvolve(const at::Tensor& x, const ModulatedConvolution& c) {
    const at::Tensor scaled = x * c.styles.view({c.styles.size(0), -1, 1, 1});
    const int padding = static_cast<int>(c.weight.size(2) / 2);
    const at::Tensor y = c.up > 1
                             ? upConvolve(scaled, c.weight, c.filter, c.precision)
                             : convolve(scaled, c.weight, {.padding = padding, .precision = c.precision});
    if (!c.demodulate)
        return y;
    return y * demodulation(c.weight, c.styles).view({c.styles.size(0), -1, 1, 1});
}

at::Tensor noiseOf(const BlockContext& context, const SynthesisLayerSpec& layer, long batch) {
    const SynthesisOptions& options = context.options;
    if (!layer.useNoise || options.noise == Noise::None)
        return {};
    const at::Tensor& plane = named(context.tensors, "synthesis." + layer.name + ".noise_const");
    if (options.noise == Noise::Const)
        return plane.view({1, 1, layer.resolution, layer.resolution});
    // A picture must not depend on who else is in the batch; training wants each sample to differ.
    const long planes = options.execution == Execution::Training ? batch : 1;
    return noisePlanes(options.noiseSeed, noiseStream(layer), planes, layer.resolution, plane.device());
}

Features runBlock(const BlockContext& context, SynthesisState& state, const at::Tensor& ws) {
    const SynthesisBlockSpec& block = context.spec.blocks.at(state.block);
    const bool isResidual = context.spec.architecture == Architecture::ResNet && block.hasSkip;
    const double gain = isResidual ? std::sqrt(0.5) : 1;
    long row = firstRowOfBlock(context.spec, state.block);
    Features features;
    at::Tensor x = state.x;
    if (block.conv0) {
        features.conv0 = runLayer(context, *block.conv0, x, ws.select(1, row++), 1);
        features.conv1 = runLayer(context, block.conv1, features.conv0, ws.select(1, row++), gain);
        if (isResidual)
            features.conv1 = runSkip(context, block, x, gain) + features.conv1;
    } else {
        x = named(context.tensors, "synthesis.b" + std::to_string(block.resolution) + ".const");
        x = x.unsqueeze(0).expand({ws.size(0), -1, -1, -1});
        features.conv1 = runLayer(context, block.conv1, x, ws.select(1, row++), gain);
    }
    state.x = features.conv1;
    if (state.image.defined())
        state.image = upsample2(state.image, context.filter);
    if (block.toRgb) {
        features.toRgb = runToRgb(context, *block.toRgb, state.x, ws.select(1, row));
        state.image = state.image.defined() ? state.image + features.toRgb : features.toRgb;
    }
    features.image = state.image;
    ++state.block;
    return features;
}

} // namespace cameo::net
