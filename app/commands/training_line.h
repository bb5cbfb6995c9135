// SPDX-License-Identifier: Apache-2.0
// A training in one line of text, for the terminal. Any thread.
#pragma once

#include "core/engine/tasks.h"

#include <string>

namespace cameo::cli {

/// "training 12400/1000000 images, loss G 1.02 D 0.87, r_t 0.61, p 0.31, 8.4 images/s, 3 h 12 min left", with
/// the newest value of each metric that the log has.
std::string trainingLine(const TrainingStatus& status);

} // namespace cameo::cli
