// SPDX-License-Identifier: Apache-2.0
// Snapshots of NVIDIA's stylegan2-ada-pytorch and stylegan3 (StyleGAN2 configurations): a dict of persistent
// modules. Their Python source is passed over. Internal to this folder. Any thread.
#pragma once

#include "core/checkpoint/network_source.h"
#include "core/checkpoint/pickle_machine.h"

namespace cameo::checkpoint {

/// True when the pickle's top object is a dict, as snapshots are.
bool looksLikeNvidia(const pickle::Value& root);

FileContents readNvidiaPickle(const pickle::Value& root, const std::string& file, pickle::Budget& budget);

} // namespace cameo::checkpoint
