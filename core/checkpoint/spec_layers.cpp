// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/spec_layers.h"

#include "core/base/text.h"

#include <cmath>

namespace cameo::checkpoint {

const char* architectureName(Architecture architecture) {
    switch (architecture) {
    case Architecture::Orig:
        return "orig";
    case Architecture::Skip:
        return "skip";
    case Architecture::ResNet:
        return "resnet";
    }
    return "unknown";
}

std::string blockPrefix(long resolution) {
    return cat("b", resolution, ".");
}

FullyConnectedSpec linearLayer(const std::string& name, long in, long out) {
    FullyConnectedSpec layer;
    layer.name = name;
    layer.inFeatures = in;
    layer.outFeatures = out;
    layer.weightGain = 1 / std::sqrt(static_cast<double>(in));
    return layer;
}

FullyConnectedSpec mappingLayer(long index, long in, long out, double rate) {
    FullyConnectedSpec layer = linearLayer(cat("fc", index), in, out);
    layer.leakyRelu = true;
    layer.weightGain *= rate;
    layer.biasGain = rate;
    return layer;
}

namespace {

SynthesisLayerSpec synthesisLayer(const std::string& name, long resolution, long in, long out) {
    SynthesisLayerSpec layer;
    layer.name = blockPrefix(resolution) + name;
    layer.inChannels = in;
    layer.outChannels = out;
    layer.resolution = resolution;
    return layer;
}

} // namespace

SynthesisBlockSpec synthesisBlock(long resolution, long in, long out) {
    SynthesisBlockSpec block;
    block.resolution = resolution;
    block.inChannels = in;
    block.outChannels = out;
    if (in > 0) {
        block.conv0 = synthesisLayer("conv0", resolution, in, out);
        block.conv0->up = 2;
    }
    block.conv1 = synthesisLayer("conv1", resolution, out, out);
    return block;
}

ToRgbSpec toRgbLayer(long resolution, long in) {
    ToRgbSpec layer;
    layer.name = blockPrefix(resolution) + "torgb";
    layer.inChannels = in;
    layer.weightGain = 1 / std::sqrt(static_cast<double>(in));
    return layer;
}

DiscriminatorLayerSpec discriminatorLayer(const std::string& name, long in, long out, int kernel) {
    DiscriminatorLayerSpec layer;
    layer.name = name;
    layer.inChannels = in;
    layer.outChannels = out;
    layer.kernel = kernel;
    layer.weightGain = 1 / std::sqrt(static_cast<double>(in) * kernel * kernel);
    return layer;
}

DiscriminatorBlockSpec discriminatorBlock(long resolution, long in, long out) {
    DiscriminatorBlockSpec block;
    block.resolution = resolution;
    block.conv0 = discriminatorLayer(blockPrefix(resolution) + "conv0", in, in, 3);
    block.conv1 = discriminatorLayer(blockPrefix(resolution) + "conv1", in, out, 3);
    block.conv1.down = 2;
    return block;
}

DiscriminatorLayerSpec fromRgbLayer(long resolution, long imageChannels, long out) {
    return discriminatorLayer(blockPrefix(resolution) + "fromrgb", imageChannels, out, 1);
}

DiscriminatorLayerSpec discriminatorSkip(long resolution, long in, long out) {
    DiscriminatorLayerSpec layer = discriminatorLayer(blockPrefix(resolution) + "skip", in, out, 1);
    layer.down = 2;
    layer.hasBias = false;
    layer.leakyRelu = false;
    layer.activationGain = 1;
    return layer;
}

void setEpilogue(DiscriminatorSpec& spec, long channels) {
    spec.epilogueConv = discriminatorLayer("b4.conv", channels + spec.mbstdChannels, channels, 3);
    spec.epilogueFc = linearLayer("b4.fc", channels * 16, channels);
    spec.epilogueFc.leakyRelu = true;
    spec.epilogueOut = linearLayer("b4.out", channels, spec.cmapDim > 0 ? spec.cmapDim : 1);
}

} // namespace cameo::checkpoint
