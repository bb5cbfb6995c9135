// SPDX-License-Identifier: Apache-2.0
#include "core/net/discriminator.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"
#include "core/net/ops.h"
#include "core/net/record_tensors.h"

#include <algorithm>
#include <cmath>

namespace cameo::net {

using checkpoint::Architecture;
using checkpoint::DiscriminatorBlockSpec;
using checkpoint::DiscriminatorLayerSpec;
using checkpoint::DiscriminatorSpec;

struct Discriminator::Impl {
    DiscriminatorSpec spec;
    NamedTensors tensors;
    at::Tensor filter;

    at::Tensor layer(const DiscriminatorLayerSpec& layer, const at::Tensor& x, double gain,
                     at::ScalarType precision) const;
    /// Runs a block on features (undefined before the first) and the image (undefined where no block reads
    /// it).
    void block(const DiscriminatorBlockSpec& block, at::Tensor& x, at::Tensor& image,
               at::ScalarType precision) const;
    at::Tensor withDeviation(const at::Tensor& x) const;
    at::Tensor epilogue(at::Tensor x, const at::Tensor& image, const at::Tensor& c) const;
    void check(const at::Tensor& image) const;
};

Discriminator Discriminator::fromRecord(const checkpoint::DiscriminatorRecord& record, at::Device device) {
    Discriminator discriminator;
    discriminator.m_impl = std::make_shared<Impl>(
        Impl{.spec = record.spec,
             .tensors = tensorsOfRecord(record.tensors, checkpoint::requiredTensors(record.spec), device),
             .filter = makeFilter(record.spec.resampleFilter, device)});
    return discriminator;
}

Discriminator Discriminator::initialised(const DiscriminatorSpec& spec, std::uint64_t seed,
                                         at::Device device) {
    Discriminator discriminator;
    discriminator.m_impl = std::make_shared<Impl>(
        Impl{.spec = spec,
             .tensors = initialTensors(checkpoint::requiredTensors(spec), seed, device),
             .filter = makeFilter(spec.resampleFilter, device)});
    NamedTensors& tensors = discriminator.m_impl->tensors;
    if (spec.mapping) {
        if (spec.mapping->embed)
            scaleInitialWeight(*spec.mapping->embed, "mapping.", tensors);
        for (const checkpoint::FullyConnectedSpec& layer : spec.mapping->layers)
            scaleInitialWeight(layer, "mapping.", tensors);
    }
    return discriminator;
}

const DiscriminatorSpec& Discriminator::spec() const {
    return m_impl->spec;
}

at::Tensor Discriminator::Impl::layer(const DiscriminatorLayerSpec& layer, const at::Tensor& x, double gain,
                                      at::ScalarType precision) const {
    at::Tensor weight = named(tensors, layer.name + ".weight");
    if (layer.weightGain != 1)
        weight = weight * layer.weightGain;
    const long taps = filter.size(0), padding = layer.kernel / 2;
    at::Tensor y;
    if (layer.down == 1) {
        y = convolve(x, weight, {.padding = static_cast<int>(padding), .precision = precision});
    } else if (layer.kernel == 1) {
        // Decimating first gives the same numbers as the convolution on the large image, four times cheaper.
        y = convolve(downsample2(x, filter), weight, {.precision = precision});
    } else {
        const Padding around{padding + (taps - 1) / 2, padding + (taps - 2) / 2};
        y = convolve(resample(x, filter, {.padding = around}), weight,
                     {.stride = layer.down, .precision = precision});
    }
    Activation activation{.leakyRelu = layer.leakyRelu, .gain = layer.activationGain * gain};
    if (layer.convClamp)
        activation.clamp = *layer.convClamp * gain;
    return activate(y, layer.hasBias ? named(tensors, layer.name + ".bias") : at::Tensor(), activation);
}

void Discriminator::Impl::block(const DiscriminatorBlockSpec& block, at::Tensor& x, at::Tensor& image,
                                at::ScalarType precision) const {
    if (block.fromRgb) {
        const at::Tensor y = layer(*block.fromRgb, image, 1, precision);
        x = x.defined() ? x + y : y;
        image = spec.architecture == Architecture::Skip ? downsample2(image, filter) : at::Tensor();
    }
    const double gain = block.skip ? std::sqrt(0.5) : 1;
    const at::Tensor y = layer(block.conv1, layer(block.conv0, x, 1, precision), gain, precision);
    x = block.skip ? layer(*block.skip, x, gain, precision) + y : y;
}

at::Tensor Discriminator::Impl::withDeviation(const at::Tensor& x) const {
    if (spec.mbstdChannels == 0)
        return x;
    const long n = x.size(0), side = x.size(2), channels = spec.mbstdChannels;
    const long group = spec.mbstdGroupSize ? std::min(*spec.mbstdGroupSize, n) : n;
    if (n % group != 0)
        throw Failure(ErrorCode::InvalidArgument, cat("a batch of ", n, " does not divide into groups of ",
                                                      group, " for the discriminator"));
    // Sample i belongs to group i mod (n / group): the groups are strided (Karras et al. 2018, section 3).
    at::Tensor y = x.reshape({group, n / group, channels, x.size(1) / channels, side, side});
    y = at::mean(at::square(y - y.mean(0, true)), {0});
    y = at::mean(at::sqrt(y + 1e-8), {2, 3, 4}).reshape({-1, channels, 1, 1}).repeat({group, 1, side, side});
    return at::cat({x, y}, 1);
}

at::Tensor Discriminator::Impl::epilogue(at::Tensor x, const at::Tensor& image, const at::Tensor& c) const {
    if (spec.epilogueFromRgb)
        x = x + layer(*spec.epilogueFromRgb, image, 1, at::kFloat);
    x = layer(spec.epilogueConv, withDeviation(x), 1, at::kFloat);
    x = fullyConnected(spec.epilogueFc, tensors, "", x.flatten(1));
    x = fullyConnected(spec.epilogueOut, tensors, "", x);
    if (!spec.mapping)
        return x;
    const at::Tensor map = runMapping(*spec.mapping, tensors, {}, c);
    return (x * map).sum({1}, true) / std::sqrt(static_cast<double>(spec.cmapDim));
}

void Discriminator::Impl::check(const at::Tensor& image) const {
    if (image.dim() != 4 || image.size(1) != spec.imageChannels || image.size(2) != spec.resolution ||
        image.size(3) != spec.resolution)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("the discriminator expects images [N, ", spec.imageChannels, ", ", spec.resolution,
                          ", ", spec.resolution, "]"));
}

at::Tensor Discriminator::score(const at::Tensor& image, const at::Tensor& c,
                                at::ScalarType precision) const {
    m_impl->check(image);
    if (m_impl->spec.mapping && !c.defined())
        throw Failure(ErrorCode::InvalidArgument,
                      "this discriminator is conditional and needs a class label");
    at::Tensor x, rest = image;
    for (const DiscriminatorBlockSpec& block : m_impl->spec.blocks)
        m_impl->block(block, x, rest, precision);
    return m_impl->epilogue(x, rest, c);
}

std::vector<at::Tensor> Discriminator::features(const at::Tensor& image) const {
    m_impl->check(image);
    std::vector<at::Tensor> features;
    at::Tensor x, rest = image;
    for (const DiscriminatorBlockSpec& block : m_impl->spec.blocks) {
        m_impl->block(block, x, rest, at::kFloat);
        features.push_back(x);
    }
    return features;
}

std::map<std::string, at::Tensor>& Discriminator::tensors() {
    return m_impl->tensors;
}

const std::map<std::string, at::Tensor>& Discriminator::tensors() const {
    return m_impl->tensors;
}

checkpoint::DiscriminatorRecord Discriminator::toRecord() const {
    return {.spec = m_impl->spec, .tensors = recordOfTensors(m_impl->tensors)};
}

} // namespace cameo::net
