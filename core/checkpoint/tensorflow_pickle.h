// SPDX-License-Identifier: Apache-2.0
// Pickles of the TensorFlow StyleGAN2 code (stylegan2, stylegan2-ada): a tuple (G, D, Gs) of dnnlib networks.
// Internal to this folder. Any thread.
#pragma once

#include "core/checkpoint/network_source.h"
#include "core/checkpoint/pickle_value.h"

namespace cameo::checkpoint {

bool looksLikeTensorFlow(const pickle::Value& root);

/// Tensors keep TensorFlow's names and layout ("synthesis/4x4/Conv/weight"); the network's keyword arguments
/// become the attributes of "".
FileContents readTensorFlowPickle(const pickle::Value& root, const std::string& file);

} // namespace cameo::checkpoint
