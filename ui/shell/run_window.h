// SPDX-License-Identifier: Apache-2.0
// The window, from start to end. Call on the main thread.
#pragma once

#include "core/engine/engine.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace cameo::ui {

struct WindowOptions {
    std::filesystem::path model;              // empty: the embedded one
    std::vector<std::filesystem::path> files; // opened at the start: a photograph or a model
    std::uint32_t firstSeed = 7;
};

/// Shows the window and returns the process's exit code when it is closed. Without a display it writes one
/// line to standard error and returns 1. `engine` must outlive the call.
int runWindow(int argc, char** argv, Engine& engine, const WindowOptions& options);

} // namespace cameo::ui
