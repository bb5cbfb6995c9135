// SPDX-License-Identifier: Apache-2.0
// The one executable: a subcommand, or the window when there is none.
#include "app/cli/interrupt.h"
#include "app/cli/value_text.h"
#include "app/commands/command.h"
#include "app/window.h"
#include "core/base/text.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <sstream>

using namespace cameo;
using namespace cameo::cli;

namespace {

using Words = std::vector<std::string>;

const std::string firstLine =
    "cameo " CAMEO_VERSION " - portraits of a StyleGAN2 generator, cut from their ground";

std::string overview() {
    std::ostringstream out;
    out << firstLine << "\n\nUsage:\n  cameo [FILE]               the window, with FILE opened\n"
        << "  cameo COMMAND [options]    a command; cameo COMMAND --help says more\n\nCommands:\n";
    for (const CommandEntry& entry : commands())
        out << "  " << entry.name << std::string(18 - entry.name.size(), ' ') << entry.summary << '\n';
    out << "\nEvery command takes --model FILE, --device, --precision, --json and --quiet.\n"
        << "Examples:\n  cameo export --seed 7 --out layers\n  cameo sample --seeds 0-9 --out portraits\n\n"
        << exitCodeHelp();
    return out.str();
}

std::string commandHelp(const CommandEntry& entry, const OptionTable& table) {
    std::ostringstream out;
    out << "cameo " << entry.name << " - " << entry.summary << "\n\nUsage: cameo " << entry.name << ' '
        << table.usage() << "\n\n"
        << table.help() << "\nExamples:\n"
        << entry.examples << "\n\n"
        << exitCodeHelp();
    return out.str();
}

bool asksForHelp(const Words& words) {
    const auto end = std::find(words.begin(), words.end(), "--");
    return std::any_of(words.begin(), end,
                       [](const std::string& word) { return word == "--help" || word == "-h"; });
}

/// The command that the first one or two words name, and how many words that took.
std::pair<const CommandEntry*, std::size_t> findCommand(const Words& words) {
    for (const std::size_t count : {std::size_t{2}, std::size_t{1}}) {
        if (words.size() < count)
            continue;
        const std::string name = count == 2 ? words[0] + ' ' + words[1] : words[0];
        for (const CommandEntry& entry : commands())
            if (entry.name == name)
                return {&entry, count};
    }
    return {nullptr, 0};
}

/// A word that is neither a command nor a file: most likely a command with a typing error.
[[noreturn]] void refuseWord(const Words& words) {
    const std::string& word = words.front();
    Words names, seconds;
    for (const CommandEntry& entry : commands()) {
        const std::string name(entry.name);
        names.push_back(name.substr(0, name.find(' ')));
        if (name.starts_with(word + ' '))
            seconds.push_back(name);
    }
    if (!seconds.empty())
        throw UsageError(cat("The command is not complete. Did you mean cameo ", seconds.front(), "?"));
    if (word.find_first_of("./\\") != std::string::npos)
        throw Failure(ErrorCode::NotFound, cat("There is no file '", printable(word), "'"));
    const auto nearest = nearestWord(word, names);
    throw UsageError(
        cat("Unknown command '", printable(word), "'",
            nearest ? cat(". Did you mean ", *nearest, "?") : std::string(". See cameo --help")));
}

Outcome runCommand(const CommandEntry& entry, const Words& words, CommonOptions& options) {
    const std::unique_ptr<Command> command = entry.make();
    OptionTable table;
    command->declare(table);
    table.heading("Common options");
    declareModelOption(table, options);
    declareCommonOptions(table, options);
    if (asksForHelp(words)) {
        const std::string help = commandHelp(entry, table);
        return {Json::object({{"help", help}}), help};
    }
    table.parse(words);
    const Interrupt interrupt;
    Session session(options, interrupt.token());
    return command->run(session);
}

int runWindowCommand(const Words& words, CommonOptions& options, int argc, char** argv) {
    std::string file;
    OptionTable table;
    table.add(Positional{.name = "FILE", .help = "Opened in the window", .take = text(file)});
    table.add(Option{.name = "--version", .help = "Print the version", .take = [](const std::string&) {}});
    table.add(Option{.name = "--help", .help = "Print this", .take = [](const std::string&) {}});
    declareModelOption(table, options);
    declareCommonOptions(table, options);
    int exitCode = exitDone;
    const int ending = runProgram(options, [&] {
        if (!words.empty() && !words.front().starts_with('-') && !std::filesystem::exists(words.front()))
            refuseWord(words);
        table.parse(words);
        exitCode = openWindow({.file = file, .options = options, .argc = argc, .argv = argv});
        return Outcome();
    });
    return ending == exitDone ? exitCode : ending;
}

} // namespace

int main(int argc, char** argv) {
    ignoreWriteSignals();
    const Words words(argv + std::min(argc, 1), argv + argc);
    CommonOptions options;
    options.json =
        std::find(words.begin(), words.end(), "--json") != words.end(); // for usage errors before it
    const auto [entry, count] = findCommand(words);
    if (entry)
        return runProgram(options, [&, entry = entry, count = count] {
            return runCommand(*entry, Words(words.begin() + static_cast<std::ptrdiff_t>(count), words.end()),
                              options);
        });
    if (words.size() == 1 && words[0] == "--version")
        return runProgram(options, [] {
            return Outcome{Json(), firstLine.substr(0, firstLine.find(" - "))};
        });
    if (asksForHelp(words) || (words.size() == 1 && words[0] == "help"))
        return runProgram(options, [] { return Outcome{Json(), overview()}; });
    return runWindowCommand(words, options, argc, argv);
}
