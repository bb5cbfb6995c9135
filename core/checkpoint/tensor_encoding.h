// SPDX-License-Identifier: Apache-2.0
// Tensors as the bytes of a file. Internal to this folder. Any thread.
#pragma once

#include "core/checkpoint/tensor_record.h"

#include <cstddef>
#include <string>
#include <vector>

namespace cameo::checkpoint {

/// Elements in row-major order as float32, float16 or bfloat16, little-endian. Throws InvalidArgument naming
/// the tensor when a value is too large for `type`.
std::vector<std::byte> encoded(const std::string& name, const TensorRecord& record, DType type);

} // namespace cameo::checkpoint
