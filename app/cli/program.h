// SPDX-License-Identifier: Apache-2.0
// What every command has in common: the shared options, what it hands back, and how its end is told: the
// result on stdout, or one clear line on stderr and an exit code. Main thread.
#pragma once

#include "app/cli/option_table.h"
#include "core/base/json.h"

#include <functional>
#include <string>

namespace cameo::cli {

enum ExitCode { exitDone = 0, exitFailed = 1, exitUsage = 2, exitCancelled = 130 };

struct CommonOptions {
    std::string model; // empty: the embedded model
    std::string device = "auto";
    std::string precision = "float32";
    bool json = false;
    bool quiet = false;
};

/// --device, --precision, --json, --quiet; --model stands apart because the trainer has none.
void declareCommonOptions(OptionTable& table, CommonOptions& options);
void declareModelOption(OptionTable& table, CommonOptions& options);

/// What a command has done. One of the two is printed.
struct Outcome {
    Json json;              // one object, for --json
    std::string text;       // lines for people, without the last newline; nothing is printed when it is empty
    bool isStopped = false; // on request, with the best so far kept: exit code 130
};

/// Runs `work`, prints its outcome or its error, and returns the exit code. Options are read inside `work`,
/// so that usage errors end here too.
int runProgram(const CommonOptions& options, const std::function<Outcome()>& work);

/// A broken pipe or a file size limit must end in an error message, not in a signal.
void ignoreWriteSignals();

/// The lines at the end of every --help.
std::string exitCodeHelp();

/// A message as one line that ends in a full stop (or another end mark).
std::string sentence(std::string message);

/// JSON as indented "name: value" lines, for people.
std::string readableText(const Json& json);

} // namespace cameo::cli
