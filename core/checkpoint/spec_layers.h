// SPDX-License-Identifier: Apache-2.0
// Layers with the names and default gains of NVIDIA's training/networks.py, from which both the standard and
// the inferred specifications are put together; core/train grows networks with them. Values, any thread.
#pragma once

#include "core/checkpoint/checkpoint.h"

namespace cameo::checkpoint {

/// Learning rate multiplier of the mapping network: every published StyleGAN2.
constexpr double defaultMappingRate = 0.01;

std::string blockPrefix(long resolution); // "b64."

/// weightGain 1/sqrt(in), linear.
FullyConnectedSpec linearLayer(const std::string& name, long in, long out);
/// "fc<index>", lrelu, gains multiplied by `rate`.
FullyConnectedSpec mappingLayer(long index, long in, long out, double rate);

/// With conv0 (up) unless `in` is 0; without toRgb and skip.
SynthesisBlockSpec synthesisBlock(long resolution, long in, long out);
ToRgbSpec toRgbLayer(long resolution, long in);

/// With conv0 and conv1 (down), without fromRgb and skip.
DiscriminatorBlockSpec discriminatorBlock(long resolution, long in, long out);
DiscriminatorLayerSpec discriminatorLayer(const std::string& name, long in, long out, int kernel);
DiscriminatorLayerSpec fromRgbLayer(long resolution, long imageChannels, long out);
DiscriminatorLayerSpec discriminatorSkip(long resolution, long in, long out);
/// Last convolution and the two linear layers, from mbstdChannels and cmapDim.
void setEpilogue(DiscriminatorSpec& spec, long channels);

} // namespace cameo::checkpoint
