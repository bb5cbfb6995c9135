// SPDX-License-Identifier: Apache-2.0
// The door to the window, apart from everything else so that the commands never touch Qt. Main thread.
#pragma once

#include "app/cli/program.h"

#include <string>

namespace cameo::cli {

struct WindowStart {
    std::string file; // a model, photograph or recipe to open; may be empty
    const CommonOptions& options;
    int argc = 0;
    char** argv = nullptr;
};

/// Runs the window until it is closed and returns the exit code; without a display it says so in one line.
int openWindow(const WindowStart& start);

} // namespace cameo::cli
