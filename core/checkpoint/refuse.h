// SPDX-License-Identifier: Apache-2.0
// One wording for every refusal inside this folder: the file first, then the reason. Any thread.
#pragma once

#include "core/base/error.h"
#include "core/base/text.h"

#include <string>

namespace cameo::checkpoint {

/// Broken, foreign or hostile.
template <typename... Parts>
[[noreturn]] void refuse(const std::string& file, const Parts&... reason) {
    throw Failure(ErrorCode::BadCheckpoint, cat("'", file, "': ", reason...));
}

/// Sound, but nothing that Cameo can run.
template <typename... Parts>
[[noreturn]] void refuseUnsupported(const std::string& file, const Parts&... reason) {
    throw Failure(ErrorCode::UnsupportedModel, cat("'", file, "': ", reason...));
}

} // namespace cameo::checkpoint
