// SPDX-License-Identifier: Apache-2.0
// The options of `cameo train generator` and of the trainer's own program, in one table.
#pragma once

#include "app/cli/option_table.h"

#include <cstdint>
#include <filesystem>

namespace cameo::cli {

struct TrainOptions {
    std::filesystem::path data, folder, from;
    ParameterValues parameters;
    const char* dataHelp = "Packed pictures, made by 'cameo dataset pack'";
    std::uint32_t seed = 0;
    bool isFresh = false; // do not continue what the folder holds
};

void declareTrainOptions(OptionTable& table, std::span<const Parameter> parameters, TrainOptions& options);

} // namespace cameo::cli
