// SPDX-License-Identifier: Apache-2.0
#include "core/train/training_networks.h"

#include "core/net/ops.h"
#include "core/net/synthesis.h"
#include "core/train/random.h"
#include "core/train/training_ops.h"

#include <algorithm>
#include <cmath>

namespace cameo::train {
namespace {

using checkpoint::Architecture;
using checkpoint::DiscriminatorLayerSpec;
using net::named;
using net::NamedTensors;

constexpr long kTaps = 4;

/// What every layer of one synthesis needs.
struct Synthesis {
    const checkpoint::GeneratorSpec& spec;
    const NamedTensors& tensors;
    at::Tensor filter;
    at::ScalarType precision;
    at::MemoryFormat format;
    at::Generator random;

    at::Tensor styles(const std::string& layer, const at::Tensor& w) const {
        const at::Tensor& weight = named(tensors, "synthesis." + layer + ".affine.weight");
        const at::Tensor& bias = named(tensors, "synthesis." + layer + ".affine.bias");
        return at::addmm(bias, w, weight.t(), 1, 1 / std::sqrt(static_cast<double>(weight.size(1))));
    }
};

at::Tensor asMap(const at::Tensor& rows) { // [N, C] -> [N, C, 1, 1]
    return rows.unsqueeze(2).unsqueeze(3);
}

at::Tensor runLayer(Synthesis& synthesis, const checkpoint::SynthesisLayerSpec& layer, const at::Tensor& x,
                    const at::Tensor& w) {
    const std::string name = "synthesis." + layer.name;
    const at::Tensor& weight = named(synthesis.tensors, name + ".weight");
    const at::Tensor styles = synthesis.styles(layer.name, w);
    const at::Tensor scaled = (x * asMap(styles)).contiguous(synthesis.format);
    at::Tensor y =
        layer.up > 1
            ? filterChannels(transposedConvolve(scaled, weight), synthesis.filter, {.padding = 1, .gain = 4})
            : multiplyAdd(scaled, weight, {}, {.padding = 1, .precision = synthesis.precision});
    // lrelu(g x) = g lrelu(x) for g > 0: the gain goes into the demodulation, the noise and the bias, which
    // are small.
    const double gain = layer.activationGain;
    const at::Tensor scale = asMap(net::demodulation(weight, styles) * gain);
    if (layer.useNoise) {
        const long side = layer.resolution;
        const at::Tensor noise =
            at::randn({y.size(0), 1, side, side}, synthesis.random, at::kFloat).to(y.device());
        y = at::addcmul(noise * (named(synthesis.tensors, name + ".noise_strength") * gain), y, scale);
    } else {
        y = y * scale;
    }
    y.add_((named(synthesis.tensors, name + ".bias") * gain).view({1, -1, 1, 1}));
    return finish(y, layer.leakyRelu, layer.convClamp);
}

at::Tensor runToRgb(const Synthesis& synthesis, const checkpoint::ToRgbSpec& layer, const at::Tensor& x,
                    const at::Tensor& w) {
    const std::string name = "synthesis." + layer.name;
    const at::Tensor styles = synthesis.styles(layer.name, w) * layer.weightGain;
    const at::Tensor weight =
        named(synthesis.tensors, name + ".weight").flatten(1).unsqueeze(0) * styles.unsqueeze(1);
    const long count = x.size(0), height = x.size(2), width = x.size(3);
    const at::Tensor pixels = x.permute({0, 2, 3, 1}).reshape({count, height * width, -1});
    const at::Tensor colours =
        at::baddbmm(named(synthesis.tensors, name + ".bias"), pixels, weight.transpose(1, 2));
    return finish(colours.transpose(1, 2).reshape({count, -1, height, width}), false, layer.convClamp);
}

bool hasFastForm(const checkpoint::GeneratorSpec& spec) {
    return spec.architecture == Architecture::Skip && spec.resampleFilter.size() == kTaps;
}

bool hasFastForm(const checkpoint::DiscriminatorSpec& spec) {
    return spec.architecture == Architecture::ResNet && spec.resampleFilter.size() == kTaps && !spec.mapping;
}

/// One layer of the discriminator; `gain` is sqrt(1/2) on the two branches of a residual block.
at::Tensor runLayer(const NamedTensors& tensors, const DiscriminatorLayerSpec& layer, const at::Tensor& x,
                    double gain, const Products& products) {
    const double whole = layer.activationGain * gain;
    const at::Tensor weight = named(tensors, layer.name + ".weight") * (layer.weightGain * whole);
    const at::Tensor bias = layer.hasBias ? named(tensors, layer.name + ".bias") * whole : at::Tensor();
    at::Tensor y = multiplyAdd(x, weight, bias, products);
    return finish(y, layer.leakyRelu,
                  layer.convClamp ? std::optional(*layer.convClamp * gain) : std::nullopt);
}

/// Appends how much samples of a group differ (Karras et al. 2018, section 3). Groups are strided.
at::Tensor withDeviation(const checkpoint::DiscriminatorSpec& spec, const at::Tensor& x) {
    if (spec.mbstdChannels == 0)
        return x;
    const long n = x.size(0), side = x.size(2), channels = spec.mbstdChannels;
    const long group = spec.mbstdGroupSize ? std::min(*spec.mbstdGroupSize, n) : n;
    at::Tensor y = x.reshape({group, n / group, channels, x.size(1) / channels, side, side});
    y = at::mean(at::square(y - y.mean(0, true)), {0});
    y = at::mean(at::sqrt(y + 1e-8), {2, 3, 4}).reshape({-1, channels, 1, 1}).repeat({group, 1, side, side});
    return at::cat({x, y}, 1);
}

} // namespace

at::Tensor synthesizeForTraining(const net::Generator& generator, const at::Tensor& ws,
                                 std::uint64_t noiseSeed, at::ScalarType precision) {
    const checkpoint::GeneratorSpec& spec = generator.spec();
    if (!hasFastForm(spec))
        return generator.synthesize(ws, {.noise = net::Noise::Random,
                                         .noiseSeed = noiseSeed,
                                         .precision = precision,
                                         .execution = net::Execution::Training});
    Synthesis synthesis{.spec = spec,
                        .tensors = generator.tensors(),
                        .filter = net::makeFilter(spec.resampleFilter, ws.device()),
                        .precision = precision,
                        .format = trainingFormat(ws.device(), precision),
                        .random = seededGenerator(noiseSeed)};
    at::Tensor x, image;
    long row = 0;
    for (const checkpoint::SynthesisBlockSpec& block : spec.blocks) {
        if (block.conv0)
            x = runLayer(synthesis, *block.conv0, x, ws.select(1, row++));
        else
            x = named(synthesis.tensors, "synthesis.b" + std::to_string(block.resolution) + ".const")
                    .unsqueeze(0);
        x = runLayer(synthesis, block.conv1, x, ws.select(1, row++));
        if (image.defined())
            image = net::upsample2(image, synthesis.filter);
        const at::Tensor colours = runToRgb(synthesis, *block.toRgb, x, ws.select(1, row));
        image = image.defined() ? image + colours : colours;
    }
    return image;
}

at::Tensor scoreForTraining(const net::Discriminator& discriminator, const at::Tensor& images,
                            at::ScalarType precision) {
    const checkpoint::DiscriminatorSpec& spec = discriminator.spec();
    if (!hasFastForm(spec))
        return discriminator.score(images, {}, precision);
    const NamedTensors& tensors = discriminator.tensors();
    const at::Tensor filter = net::makeFilter(spec.resampleFilter, images.device());
    const double half = std::sqrt(0.5);
    at::Tensor x = images.contiguous(trainingFormat(images.device(), precision));
    for (const checkpoint::DiscriminatorBlockSpec& block : spec.blocks) {
        if (block.fromRgb)
            x = runLayer(tensors, *block.fromRgb, x, 1, {});
        at::Tensor y = runLayer(tensors, block.conv0, x, 1, {.padding = 1, .precision = precision});
        y = filterChannels(y, filter, {.padding = 2});
        y = runLayer(tensors, block.conv1, y, half, {.stride = 2, .precision = precision});
        const at::Tensor small = filterChannels(x, filter, {.down = 2, .padding = 1});
        x = runLayer(tensors, *block.skip, small, half, {.precision = precision}) + y;
    }
    x = runLayer(tensors, spec.epilogueConv, withDeviation(spec, x), 1, {.padding = 1});
    x = net::fullyConnected(spec.epilogueFc, tensors, "", x.flatten(1));
    return net::fullyConnected(spec.epilogueOut, tensors, "", x);
}

} // namespace cameo::train
