// SPDX-License-Identifier: Apache-2.0
// Writes what torch.save writes, so that torch.load reads it, also with weights_only: a zip archive with a
// pickle of protocol 2 whose only globals are collections.OrderedDict, torch._utils._rebuild_tensor_v2 and a
// storage type. Format: reference facts in torch/serialization.py (PyTorch) and pickletools (Python). Any
// thread.
#pragma once

#include "core/checkpoint/tensor_record.h"

#include <filesystem>
#include <utility>

namespace cameo::checkpoint {

/// The dictionary at the top of the file.
struct TorchObject {
    std::vector<std::pair<std::string, TensorMap>> networks; // key -> state dictionary, in this order
    TensorMap tensors;                                       // keys with one tensor each, after those
};

/// Whole or not at all, the same bytes for the same object; `type` float32, float16 or bfloat16. Throws
/// InvalidArgument for a value that is too large for the type and for more than 4 GB, Io when it cannot be
/// written.
void writeTorchZip(const std::filesystem::path& file, const TorchObject& object, DType type);

} // namespace cameo::checkpoint
