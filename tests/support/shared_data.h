// SPDX-License-Identifier: Apache-2.0
// Where tests find the shared data: CAMEO_SHARED_DIR, or `shared` beside the repository; and what they may
// know of the embedded model. Any thread.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace cameo::test {

/// Of the embedded model's pictures, px.
constexpr int embeddedSide = 128;
constexpr int embeddedRows = 12; // of W+

/// Folder that may not exist: skip with a message then.
inline std::filesystem::path sharedFolder() {
    if (const char* named = std::getenv("CAMEO_SHARED_DIR"))
        return named;
    return std::filesystem::path(CAMEO_SOURCE_DIR).parent_path() / "shared";
}

/// The unpacked conformance archive, one folder per set (CTest fixture `conformance`). May not exist.
inline std::filesystem::path conformanceFolder() {
    return std::filesystem::path(CAMEO_BINARY_DIR) / "conformance";
}

} // namespace cameo::test
