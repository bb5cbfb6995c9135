// SPDX-License-Identifier: Apache-2.0
// One named tensor of a model file: type, shape, strides and where its bytes lie. No torch. Values, any
// thread.
#pragma once

#include "core/base/file.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cameo::checkpoint {

enum class DType : std::uint8_t { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool };

std::size_t itemSize(DType type);
const char* dtypeName(DType type); // "float32", "bfloat16", ...
bool isFloating(DType type);

/// Invariant (checked where records are made): rank at most 8, sizes non-negative, every element inside
/// `storage`.
struct TensorRecord {
    DType dtype = DType::F32;
    std::vector<long> shape;   // empty: a single number
    std::vector<long> strides; // in elements, row-major when contiguous
    Bytes storage;
    std::size_t offset = 0; // in elements from the start of storage

    std::size_t elementCount() const;
};

/// Ordered by name.
using TensorMap = std::map<std::string, TensorRecord>;

/// Row-major strides, in elements.
std::vector<long> contiguousStrides(const std::vector<long>& shape);

/// Empty when the invariant of TensorRecord holds, otherwise what is wrong. Also refuses overlapping and
/// stride-0 views: they would let a small file announce terabytes.
std::string invariantProblem(const TensorRecord& record);

/// Elements in row-major order as float32, honouring strides.
std::vector<float> toFloats(const TensorRecord& record);

/// Row-major position of the first element that is NaN or infinite. Integers are always finite.
std::optional<std::size_t> firstNonFinite(const TensorRecord& record);

/// A contiguous float32 record that owns its values.
TensorRecord fromFloats(std::vector<long> shape, std::vector<float> values);

} // namespace cameo::checkpoint
