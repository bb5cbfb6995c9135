// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/checkpoint.h"

#include <utility>

namespace cameo::checkpoint {
namespace {

using Shapes = std::vector<TensorShape>;

void append(Shapes& out, const std::string& name, std::vector<long> shape) {
    out.push_back({name, std::move(shape)});
}

void appendLinear(Shapes& out, const std::string& prefix, const FullyConnectedSpec& layer) {
    append(out, prefix + layer.name + ".weight", {layer.outFeatures, layer.inFeatures});
    if (layer.hasBias)
        append(out, prefix + layer.name + ".bias", {layer.outFeatures});
}

void appendMapping(Shapes& out, const MappingSpec& mapping) {
    if (mapping.hasWAvg)
        append(out, "mapping.w_avg", {mapping.wDim});
    if (mapping.embed)
        appendLinear(out, "mapping.", *mapping.embed);
    for (const FullyConnectedSpec& layer : mapping.layers)
        appendLinear(out, "mapping.", layer);
}

void appendAffine(Shapes& out, const std::string& layer, long inChannels, long wDim) {
    append(out, layer + ".affine.weight", {inChannels, wDim});
    append(out, layer + ".affine.bias", {inChannels});
}

void appendSynthesisLayer(Shapes& out, const SynthesisLayerSpec& layer, long wDim) {
    const std::string name = "synthesis." + layer.name;
    append(out, name + ".weight", {layer.outChannels, layer.inChannels, 3, 3});
    if (layer.useNoise)
        append(out, name + ".noise_strength", {});
    append(out, name + ".bias", {layer.outChannels});
    if (layer.useNoise)
        append(out, name + ".noise_const", {layer.resolution, layer.resolution});
    appendAffine(out, name, layer.inChannels, wDim);
}

void appendConvolution(Shapes& out, const DiscriminatorLayerSpec& layer) {
    append(out, layer.name + ".weight", {layer.outChannels, layer.inChannels, layer.kernel, layer.kernel});
    if (layer.hasBias)
        append(out, layer.name + ".bias", {layer.outChannels});
}

} // namespace

std::vector<TensorShape> requiredTensors(const GeneratorSpec& spec) {
    Shapes out;
    const long wDim = spec.mapping.wDim;
    for (const SynthesisBlockSpec& block : spec.blocks) {
        const std::string prefix = "synthesis.b" + std::to_string(block.resolution);
        if (block.inChannels == 0)
            append(out, prefix + ".const", {block.outChannels, block.resolution, block.resolution});
        if (block.conv0)
            appendSynthesisLayer(out, *block.conv0, wDim);
        appendSynthesisLayer(out, block.conv1, wDim);
        if (block.toRgb) {
            const std::string name = "synthesis." + block.toRgb->name;
            append(out, name + ".weight", {spec.imageChannels, block.toRgb->inChannels, 1, 1});
            append(out, name + ".bias", {spec.imageChannels});
            appendAffine(out, name, block.toRgb->inChannels, wDim);
        }
        if (block.hasSkip)
            append(out, prefix + ".skip.weight", {block.outChannels, block.inChannels, 1, 1});
    }
    appendMapping(out, spec.mapping);
    return out;
}

std::vector<TensorShape> requiredTensors(const DiscriminatorSpec& spec) {
    Shapes out;
    for (const DiscriminatorBlockSpec& block : spec.blocks) {
        if (block.fromRgb)
            appendConvolution(out, *block.fromRgb);
        appendConvolution(out, block.conv0);
        appendConvolution(out, block.conv1);
        if (block.skip)
            appendConvolution(out, *block.skip);
    }
    if (spec.mapping)
        appendMapping(out, *spec.mapping);
    if (spec.epilogueFromRgb)
        appendConvolution(out, *spec.epilogueFromRgb);
    appendConvolution(out, spec.epilogueConv);
    appendLinear(out, "", spec.epilogueFc);
    appendLinear(out, "", spec.epilogueOut);
    return out;
}

} // namespace cameo::checkpoint
