// SPDX-License-Identifier: Apache-2.0
// The one executable: a subcommand, or the window when there is none.
#include "app/commands/dispatch.h"
#include "app/window.h"

#include <algorithm>

using namespace cameo::cli;

int main(int argc, char** argv) {
    ignoreWriteSignals();
    CommonOptions options;
    int windowCode = exitDone;
    const int exitCode = runProgram(options, [&] {
        const Words words(argv + std::min(argc, 1), argv + argc);
        return dispatch(words, options, [&](const std::string& file) {
            windowCode = openWindow({.file = file, .options = options, .argc = argc, .argv = argv});
        });
    });
    return exitCode == exitDone ? windowCode : exitCode;
}
