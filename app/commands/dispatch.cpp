// SPDX-License-Identifier: Apache-2.0
#include "app/commands/dispatch.h"

#include "app/cli/interrupt.h"
#include "app/cli/value_text.h"
#include "app/commands/command.h"
#include "core/base/text.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace cameo::cli {
namespace {

const std::string version = "cameo " CAMEO_VERSION;

std::string overview() {
    std::ostringstream out;
    out << version << " - portraits of a StyleGAN2 generator, cut from their ground\n\n"
        << "Usage:\n  cameo [FILE]               the window, with FILE opened\n"
        << "  cameo COMMAND [options]    a command; cameo COMMAND --help says more\n\nCommands:\n";
    for (const CommandEntry& entry : commands())
        out << "  " << entry.name << std::string(20 - entry.name.size(), ' ') << entry.summary << '\n';
    out << "\nEvery command takes --model FILE, --device, --precision, --json and --quiet.\n"
        << "Examples:\n  cameo export --seed 7 --out layers\n  cameo sample --seeds 0-9 --out portraits\n\n"
        << exitCodeHelp();
    return out.str();
}

std::string commandHelp(const CommandEntry& entry, const OptionTable& table) {
    return cat("cameo ", entry.name, " - ", entry.summary, "\n\nUsage: cameo ", entry.name, ' ',
               table.usage(), "\n\n", table.help(), "\nExamples:\n", entry.examples, "\n\n", exitCodeHelp());
}

bool asksForHelp(const Words& words) {
    const auto end = std::find(words.begin(), words.end(), "--");
    return std::any_of(words.begin(), end,
                       [](const std::string& word) { return word == "--help" || word == "-h"; });
}

/// The command that the first one or two words name, and how many words that took.
std::pair<const CommandEntry*, std::ptrdiff_t> findCommand(const Words& words) {
    for (const std::ptrdiff_t count : {2, 1}) {
        if (std::ssize(words) < count)
            continue;
        const std::string name = count == 2 ? words[0] + ' ' + words[1] : words[0];
        for (const CommandEntry& entry : commands())
            if (entry.name == name)
                return {&entry, count};
    }
    return {nullptr, 0};
}

/// A word that is neither a command nor a file: most likely a command with a typing error.
[[noreturn]] void refuseWord(const std::string& word) {
    Words names;
    for (const CommandEntry& entry : commands()) {
        const std::string name(entry.name);
        if (name.starts_with(word + ' '))
            throw UsageError(cat("The command is not complete. Did you mean cameo ", name, "?"));
        names.push_back(name.substr(0, name.find(' ')));
    }
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

std::string windowFile(const Words& words, CommonOptions& options) {
    if (!words.empty() && !words.front().starts_with('-') && !std::filesystem::exists(words.front()))
        refuseWord(words.front());
    std::string file;
    OptionTable table;
    table.add(Positional{.name = "FILE", .help = "Opened in the window", .take = text(file)});
    for (const char* name : {"--version", "--help"}) // for the suggestions; used alone they do not come here
        table.add(Option{.name = name, .take = [](const std::string&) { throw UsageError("stands alone"); }});
    declareModelOption(table, options);
    declareCommonOptions(table, options);
    table.parse(words);
    return file;
}

} // namespace

Outcome dispatch(const Words& words, CommonOptions& options,
                 const std::function<void(const std::string& file)>& openWindow) {
    // Also for usage errors that come before it.
    options.json = std::find(words.begin(), words.end(), "--json") != words.end();
    const auto [entry, count] = findCommand(words);
    if (entry)
        return runCommand(*entry, Words(words.begin() + count, words.end()), options);
    if (words.size() == 1 && words[0] == "--version")
        return {Json::object({{"version", CAMEO_VERSION}}), version};
    if (asksForHelp(words) || (words.size() == 1 && words[0] == "help"))
        return {Json::object({{"help", overview()}}), overview()};
    openWindow(windowFile(words, options));
    return {};
}

} // namespace cameo::cli
