// SPDX-License-Identifier: Apache-2.0
// Reader of the safetensors container: u64 header length, JSON header, raw little-endian data.
// Format: https://github.com/huggingface/safetensors, "Format". Any thread.
#pragma once

#include "core/checkpoint/network_source.h"

namespace cameo::checkpoint {

/// True when the bytes begin like a safetensors file.
bool looksLikeSafetensors(std::span<const std::byte> bytes);

/// Checks header, names, types and offsets (no holes, no overlap, nothing after the last tensor). Tensors are
/// views.
FileContents readSafetensors(const Bytes& bytes, const std::string& file);

} // namespace cameo::checkpoint
