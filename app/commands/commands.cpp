// SPDX-License-Identifier: Apache-2.0
#include "app/commands/commands.h"

#include <array>

namespace cameo::cli {

std::span<const CommandEntry> commands() {
    static const std::array table = {infoCommand(),
                                     sampleCommand(),
                                     invertCommand(),
                                     maskCommand(),
                                     fillCommand(),
                                     editCommand(),
                                     compositeCommand(),
                                     exportCommand(),
                                     trainGeneratorCommand(),
                                     trainAttributesCommand(),
                                     evaluateGeneratorCommand(),
                                     datasetPackCommand(),
                                     convertCommand(),
                                     benchCommand()};
    return table;
}

} // namespace cameo::cli
