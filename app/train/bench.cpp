// SPDX-License-Identifier: Apache-2.0
#include "app/train/bench.h"

#include "app/cli/interrupt.h"
#include "app/cli/option_table.h"
#include "app/cli/value_text.h"
#include "core/base/text.h"
#include "core/train/training_bench.h"

#include <algorithm>
#include <cmath>

namespace cameo::cli {

Outcome runBench(const std::vector<std::string>& words, CommonOptions& common) {
    long repeats = 5;
    OptionTable table;
    table.add(Option{.name = "--repeats",
                     .value = "N",
                     .help = "Steps of which the median counts (default 5)",
                     .take = integer(repeats, {1, 1000})});
    declareCommonOptions(table, common);
    if (std::find(words.begin(), words.end(), "--help") != words.end())
        return {Json(), cat("Usage: cameo-train bench ", table.usage(), "\n\n", table.help())};
    table.parse(words);
    const Interrupt interrupt;
    Json rows = Json::array();
    std::string text;
    const train::TrainingBench bench{
        .repeats = static_cast<int>(repeats), .device = common.device, .stop = interrupt.token()};
    for (const train::TrainingBenchRow& row : train::benchTraining(bench)) {
        rows.append(Json::object({{"name", row.name},
                                  {"milliseconds", row.medianMs},
                                  {"images-per-second", row.imagesPerSecond},
                                  {"peak-share", row.peakShare},
                                  {"note", row.note}}));
        text += cat(text.empty() ? "" : "\n", row.name, ": ", std::round(row.medianMs * 10) / 10,
                    " ms a step, ", row.note);
    }
    return {Json::object({{"rows", std::move(rows)}}), text};
}

} // namespace cameo::cli
