// SPDX-License-Identifier: Apache-2.0
#include "core/train/training_networks.h"

#include "core/net/ops.h"
#include "core/net/synthesis.h"
#include "core/train/random.h"

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
    const NoiseDraw& noise;
    at::Generator random;
    BlockPrecision precision = {}; // of the block at hand

    at::Tensor styles(const std::string& layer, const at::Tensor& w) const {
        const at::Tensor& weight = named(tensors, "synthesis." + layer + ".affine.weight");
        const at::Tensor& bias = named(tensors, "synthesis." + layer + ".affine.bias");
        return at::addmm(bias, w, weight.t(), 1, 1 / std::sqrt(static_cast<double>(weight.size(1))));
    }

    at::Tensor noisePlanes(long count, long side, at::Device device) {
        const long whole = noise.batch > 0 ? noise.batch : count;
        const at::Tensor planes = at::randn({whole, 1, side, side}, random, at::kFloat);
        return (noise.rows.defined() ? planes.index_select(0, noise.rows) : planes).to(device);
    }
};

at::Tensor asMap(const at::Tensor& rows) { // [N, C] -> [N, C, 1, 1]
    return rows.unsqueeze(2).unsqueeze(3);
}

std::optional<double> clampOf(std::optional<double> clamp, const BlockPrecision& precision) {
    if (!precision.isReduced())
        return clamp;
    return clamp ? std::min(*clamp, kReducedClamp) : kReducedClamp;
}

/// Weights and styles of a layer, divided by their largest values where float16 could not hold their sums:
/// the demodulation takes such factors out again (Karras et al. 2020, ADA, appendix D).
std::pair<at::Tensor, at::Tensor> modulation(const at::Tensor& weight, const at::Tensor& styles,
                                             const BlockPrecision& precision) {
    if (!precision.isReduced())
        return {weight, styles};
    const double fanIn = std::sqrt(static_cast<double>(weight[0].numel()));
    return {weight / (weight.abs().amax({1, 2, 3}, true) * fanIn), styles / styles.abs().amax({1}, true)};
}

at::Tensor runLayer(Synthesis& synthesis, const checkpoint::SynthesisLayerSpec& layer, const at::Tensor& x,
                    const at::Tensor& w) {
    const BlockPrecision& precision = synthesis.precision;
    const std::string name = "synthesis." + layer.name;
    const auto [weight, styles] =
        modulation(named(synthesis.tensors, name + ".weight"), synthesis.styles(layer.name, w), precision);
    const at::ScalarType type = precision.activations, products = precision.products;
    const at::Tensor scaled = (x * asMap(styles).to(type)).contiguous(trainingFormat(x.device(), products));
    at::Tensor y = layer.up > 1 ? filterChannels(transposedConvolve(scaled, weight, products),
                                                 synthesis.filter, {.padding = 1, .gain = 4})
                                : multiplyAdd(scaled, weight, {}, {.padding = 1, .precision = products});
    // lrelu(g x) = g lrelu(x) for g > 0: the gain goes into the demodulation, the noise and the bias, which
    // are small.
    const double gain = layer.activationGain;
    const at::Tensor scale = (asMap(net::demodulation(weight, styles)) * gain).to(type);
    if (layer.useNoise) {
        const at::Tensor noise = synthesis.noisePlanes(y.size(0), layer.resolution, y.device());
        const at::Tensor strength = named(synthesis.tensors, name + ".noise_strength") * gain;
        y = at::addcmul((noise * strength).to(type), y, scale);
    } else {
        y = y * scale;
    }
    y.add_((named(synthesis.tensors, name + ".bias") * gain).to(type).view({1, -1, 1, 1}));
    return finish(y, layer.leakyRelu, clampOf(layer.convClamp, precision));
}

at::Tensor runToRgb(const Synthesis& synthesis, const checkpoint::ToRgbSpec& layer, const at::Tensor& x,
                    const at::Tensor& w) {
    const BlockPrecision& precision = synthesis.precision;
    const std::string name = "synthesis." + layer.name;
    const at::Tensor styles = synthesis.styles(layer.name, w) * layer.weightGain;
    const at::ScalarType type = precision.activations;
    const at::Tensor weight =
        (named(synthesis.tensors, name + ".weight").flatten(1).unsqueeze(0) * styles.unsqueeze(1)).to(type);
    const long count = x.size(0), height = x.size(2), width = x.size(3);
    const at::Tensor pixels = x.permute({0, 2, 3, 1}).reshape({count, height * width, -1});
    const at::Tensor colours =
        at::baddbmm(named(synthesis.tensors, name + ".bias").to(type), pixels, weight.transpose(1, 2));
    return finish(colours.transpose(1, 2).reshape({count, -1, height, width}).to(at::kFloat), false,
                  clampOf(layer.convClamp, precision));
}

bool hasFastForm(const checkpoint::GeneratorSpec& spec) {
    return spec.architecture == Architecture::Skip && spec.resampleFilter.size() == kTaps;
}

bool hasFastForm(const checkpoint::DiscriminatorSpec& spec) {
    return spec.architecture == Architecture::ResNet && spec.resampleFilter.size() == kTaps && !spec.mapping;
}

struct LayerUse {
    BlockPrecision precision;
    double gain = 1; // sqrt(1/2) on the two branches of a residual block
    int stride = 1;
    int padding = 0;
};
at::Tensor runLayer(const NamedTensors& tensors, const DiscriminatorLayerSpec& layer, const at::Tensor& x,
                    const LayerUse& use) {
    const double whole = layer.activationGain * use.gain;
    const at::Tensor weight = named(tensors, layer.name + ".weight") * (layer.weightGain * whole);
    const at::Tensor bias = layer.hasBias ? named(tensors, layer.name + ".bias") * whole : at::Tensor();
    at::Tensor y = multiplyAdd(
        x, weight, bias, {.stride = use.stride, .padding = use.padding, .precision = use.precision.products});
    const std::optional<double> clamp = clampOf(layer.convClamp, use.precision);
    return finish(y, layer.leakyRelu, clamp ? std::optional(*clamp * use.gain) : std::nullopt);
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
                                 const NoiseDraw& noise, const TrainingPrecision& precision) {
    const checkpoint::GeneratorSpec& spec = generator.spec();
    if (!hasFastForm(spec))
        return generator.synthesize(ws, {.noise = net::Noise::Random,
                                         .noiseSeed = noise.seed,
                                         .precision = precision.type,
                                         .execution = net::Execution::Training});
    Synthesis synthesis{.spec = spec,
                        .tensors = generator.tensors(),
                        .filter = net::makeFilter(spec.resampleFilter, ws.device()),
                        .noise = noise,
                        .random = seededGenerator(noise.seed)};
    at::Tensor x, image;
    const long count = static_cast<long>(spec.blocks.size());
    long row = 0;
    for (long i = 0; i < count; ++i) {
        const checkpoint::SynthesisBlockSpec& block = spec.blocks[static_cast<std::size_t>(i)];
        synthesis.precision = precision.ofBlock(i, count);
        const at::ScalarType activations = synthesis.precision.activations;
        if (block.conv0)
            x = runLayer(synthesis, *block.conv0, x.to(activations), ws.select(1, row++));
        else
            x = named(synthesis.tensors, "synthesis.b" + std::to_string(block.resolution) + ".const")
                    .unsqueeze(0)
                    .to(activations);
        x = runLayer(synthesis, block.conv1, x, ws.select(1, row++));
        if (image.defined())
            image = net::upsample2(image, synthesis.filter);
        const at::Tensor colours = runToRgb(synthesis, *block.toRgb, x, ws.select(1, row));
        image = image.defined() ? image + colours : colours;
    }
    return image;
}

at::Tensor scoreForTraining(const net::Discriminator& discriminator, const at::Tensor& images,
                            const TrainingPrecision& precision) {
    const checkpoint::DiscriminatorSpec& spec = discriminator.spec();
    if (!hasFastForm(spec))
        return discriminator.score(images, {}, precision.type);
    const NamedTensors& tensors = discriminator.tensors();
    const at::Tensor filter = net::makeFilter(spec.resampleFilter, images.device());
    const double half = std::sqrt(0.5);
    at::Tensor x = images;
    const long count = static_cast<long>(spec.blocks.size());
    for (long i = 0; i < count; ++i) {
        const checkpoint::DiscriminatorBlockSpec& block = spec.blocks[static_cast<std::size_t>(i)];
        const BlockPrecision own = precision.ofBlock(count - i, count + 1); // the epilogue is the last
        x = x.to(own.activations).contiguous(trainingFormat(images.device(), own.products));
        if (block.fromRgb)
            x = runLayer(tensors, *block.fromRgb, x, {.precision = {own.activations, own.activations}});
        at::Tensor y = runLayer(tensors, block.conv0, x, {.precision = own, .padding = 1});
        y = filterChannels(y, filter, {.padding = 2});
        y = runLayer(tensors, block.conv1, y, {.precision = own, .gain = half, .stride = 2});
        const at::Tensor small = filterChannels(x, filter, {.down = 2, .padding = 1});
        x = runLayer(tensors, *block.skip, small, {.precision = own, .gain = half}) + y;
    }
    x = withDeviation(spec, x.to(at::kFloat));
    x = runLayer(tensors, spec.epilogueConv, x, {.padding = 1});
    x = net::fullyConnected(spec.epilogueFc, tensors, "", x.flatten(1));
    return net::fullyConnected(spec.epilogueOut, tensors, "", x);
}

long comparedSamples(const net::Discriminator& discriminator, long batch) {
    const checkpoint::DiscriminatorSpec& spec = discriminator.spec();
    if (spec.mbstdChannels == 0)
        return 1;
    return spec.mbstdGroupSize ? std::min(*spec.mbstdGroupSize, batch) : batch;
}

} // namespace cameo::train
