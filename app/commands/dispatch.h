// SPDX-License-Identifier: Apache-2.0
// From the words of the command line to the command that they name. Main thread.
#pragma once

#include "app/cli/program.h"

#include <functional>
#include <string>
#include <vector>

namespace cameo::cli {

using Words = std::vector<std::string>;

/// Runs the command that `words` (without the program's name) ask for; --help and --version are commands in
/// this sense. Where they name none, `openWindow` is called with the file to open, which may be empty. Fills
/// `options` on the way. Throws UsageError or Failure.
Outcome dispatch(const Words& words, CommonOptions& options,
                 const std::function<void(const std::string& file)>& openWindow);

} // namespace cameo::cli
