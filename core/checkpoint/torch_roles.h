// SPDX-License-Identifier: Apache-2.0
// The top object of a torch file: state dictionaries by role (rosinality, Labels4Free), or one state
// dictionary alone (StyleFlow). Internal to this folder. Any thread.
#pragma once

#include "core/checkpoint/network_source.h"
#include "core/checkpoint/torch_tensor.h"

namespace cameo::checkpoint {

/// Optimiser states are passed over; arguments and numbers become metadata.
FileContents readTorchRoles(const pickle::Value& root, const std::string& file,
                            const std::function<TorchStorage(const pickle::Value&)>& storage);

/// A tensor name as text; refuses names that are no text or too long.
std::string tensorName(const pickle::Value& key, const std::string& file);

/// Adds a tensor; refuses a second one of that name and more than maxTensors.
void addTensor(TensorMap& tensors, const std::string& name, TensorRecord record, const std::string& file);

} // namespace cameo::checkpoint
