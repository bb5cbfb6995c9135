// SPDX-License-Identifier: Apache-2.0
// `cameo-train bench`: the speed of training on a machine without the rest of Cameo. Main thread.
#pragma once

#include "app/cli/program.h"

namespace cameo::cli {

/// Reads --repeats and the common options from `words`, and measures: batch 16 at 64, 128 and 256 px.
Outcome runBench(const std::vector<std::string>& words, CommonOptions& common);

} // namespace cameo::cli
