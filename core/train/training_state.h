// SPDX-License-Identifier: Apache-2.0
// Everything that an exact resume needs, in one safetensors file written whole or not at all: tensors as
// float32 and the counters as JSON in the metadata under "cameo.training". Compute thread only.
#pragma once

#include "core/base/json.h"
#include "core/net/torch.h"

#include <filesystem>
#include <map>
#include <string>

namespace cameo::train {

using StateTensors = std::map<std::string, at::Tensor>;

void writeState(const std::filesystem::path& file, const StateTensors& tensors, const Json& counters);

/// Copies into `tensors`, which keep their place in memory, and returns the counters. Names and shapes must
/// be the same; throws BadCheckpoint naming the file and the tensor otherwise, before anything is changed.
Json readState(const std::filesystem::path& file, StateTensors& tensors);

} // namespace cameo::train
