// SPDX-License-Identifier: Apache-2.0
// Tensors of a whole network: out of a record, into a record, and freshly initialised. Compute thread only.
#pragma once

#include "core/checkpoint/checkpoint.h"
#include "core/net/ops.h"

namespace cameo::net {

/// Every required tensor as float32 on `device`; throws Failure(BadCheckpoint) naming one that is missing or
/// of another shape. Tensors that are not required are left out.
NamedTensors tensorsOfRecord(const checkpoint::TensorMap& records,
                             const std::vector<checkpoint::TensorShape>& required, at::Device device);
checkpoint::TensorMap recordOfTensors(const NamedTensors& tensors);

/// NVIDIA's initialisation before the learning rate multipliers: weights, constants and noise standard
/// normal, biases 0 and those of the style layers 1, noise strengths and the mean of W 0.
NamedTensors initialTensors(const std::vector<checkpoint::TensorShape>& required, std::uint64_t seed,
                            at::Device device);
/// A layer whose learning rate is multiplied by m (its bias gain) starts with weights of deviation 1 / m.
void scaleInitialWeight(const checkpoint::FullyConnectedSpec& layer, const std::string& prefix,
                        NamedTensors& tensors);

} // namespace cameo::net
