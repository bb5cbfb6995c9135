// SPDX-License-Identifier: Apache-2.0
// The subcommands, each defined in the file of its name. Main thread.
#pragma once

#include "app/commands/command.h"

namespace cameo::cli {

CommandEntry convertCommand();
CommandEntry infoCommand();
CommandEntry sampleCommand();
CommandEntry invertCommand();
CommandEntry maskCommand();
CommandEntry fillCommand();
CommandEntry editCommand();
CommandEntry compositeCommand();
CommandEntry exportCommand();
CommandEntry trainGeneratorCommand();
CommandEntry trainAttributesCommand();
CommandEntry evaluateGeneratorCommand();
CommandEntry datasetPackCommand();
CommandEntry benchCommand();

} // namespace cameo::cli
