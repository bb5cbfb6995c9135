// SPDX-License-Identifier: Apache-2.0
// A subcommand: a name, a table of options and what it does. One file per subcommand; commands.cpp lists
// them. Main thread.
#pragma once

#include "app/cli/option_table.h"
#include "app/cli/program.h"
#include "app/commands/session.h"

#include <memory>
#include <span>
#include <string_view>

namespace cameo::cli {

class Command {
  public:
    virtual ~Command() = default;
    /// The options point into the command: it must outlive the table.
    virtual void declare(OptionTable& table) = 0;
    /// After the table was parsed. Throws UsageError or Failure.
    virtual Outcome run(Session& session) = 0;
};

struct CommandEntry {
    std::string_view name;     // "sample", "train generator"
    std::string_view summary;  // one line
    std::string_view examples; // lines, shown as they are
    std::unique_ptr<Command> (*make)();
};

/// All subcommands, in the order of the help.
std::span<const CommandEntry> commands();

} // namespace cameo::cli
