// SPDX-License-Identifier: Apache-2.0
#include "app/cli/train_options.h"

#include "app/cli/value_text.h"

namespace cameo::cli {

void declareTrainOptions(OptionTable& table, std::span<const Parameter> parameters, TrainOptions& options) {
    table.add(Option{.name = "--data",
                     .value = "FILE",
                     .help = options.dataHelp,
                     .take = path(options.data),
                     .isRequired = true});
    table.add(Option{.name = "--out",
                     .value = "DIR",
                     .help = "Folder for checkpoints, log and sample sheets",
                     .take = path(options.folder),
                     .isRequired = true});
    table.add(Option{
        .name = "--from",
        .value = "FILE",
        .help = "Start from this checkpoint, of any format that Cameo opens (default: fresh weights); it "
                "grows when the pictures are two or four times as large",
        .take = path(options.from)});
    table.add(Option{.name = "--fresh",
                     .help = "Start again although DIR holds the state of a run",
                     .take = flag(options.isFresh)});
    table.add(Option{.name = "--seed",
                     .value = "N",
                     .help = "Makes the run reproducible (default 0)",
                     .take = [&options](const std::string& value) { options.seed = parseSeed(value); }});
    table.heading("Training");
    table.addParameters(parameters, "", options.parameters);
}

} // namespace cameo::cli
