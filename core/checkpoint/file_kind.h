// SPDX-License-Identifier: Apache-2.0
// What a file is, from its bytes alone; names and extensions lie. Internal to this folder. Any thread.
#pragma once

#include "core/base/file.h"

#include <string>

namespace cameo::checkpoint {

enum class FileKind { Pickle, TorchZip, TorchLegacy, Safetensors, Unknown };

FileKind sniff(std::span<const std::byte> bytes);

/// "a web page (HTML)", "a git-lfs pointer", "empty", ... and what to do about it, for files of no known
/// kind.
struct ForeignFile {
    std::string looksLike;
    std::string advice;
};
ForeignFile describeForeign(std::span<const std::byte> bytes);

} // namespace cameo::checkpoint
