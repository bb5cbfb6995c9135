// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy files, version 1.0, C order: what `cameo sample --format npy` writes and the golden tests
// read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace cameo {

struct NpyArray {
    std::vector<long> shape;
    std::vector<double> values; // every number type is read into double
};

/// Reads <f4, <f8, <f2, |u1, <i4, <i8, |b1. Throws Failure(Io) naming the file for anything else.
NpyArray readNpy(const std::filesystem::path& path);

/// Writes float32 values; the product of `shape` must be values.size().
void writeNpy(const std::filesystem::path& path, std::span<const long> shape, std::span<const float> values);

} // namespace cameo
