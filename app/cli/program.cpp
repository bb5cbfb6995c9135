// SPDX-License-Identifier: Apache-2.0
#include "app/cli/program.h"

#include "app/cli/value_text.h"
#include "core/base/error.h"
#include "core/base/text.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>

namespace cameo::cli {
namespace {

struct Ending {
    int exitCode = exitDone;
    Error error;
};

Ending endingOf(const std::function<Outcome()>& work, Outcome& outcome) {
    try {
        outcome = work();
        return {outcome.isStopped ? exitCancelled : exitDone, {}};
    } catch (const UsageError& error) {
        return {exitUsage, {ErrorCode::InvalidArgument, error.what(), {}}};
    } catch (const Failure& failure) {
        const bool isCancelled = failure.error().code == ErrorCode::Cancelled;
        return {isCancelled ? exitCancelled : exitFailed, failure.error()};
    } catch (const std::bad_alloc&) {
        return {exitFailed,
                {ErrorCode::OutOfMemory, "Out of memory", "Close other programs or use a smaller picture"}};
    } catch (const std::exception& error) {
        return {exitFailed,
                {ErrorCode::Internal, error.what(), "This is a defect of Cameo: please report it"}};
    }
}

Json errorJson(const Error& error) {
    return Json::object({{"error", Json::object({{"code", errorCodeName(error.code)},
                                                 {"message", error.message},
                                                 {"advice", error.advice}})}});
}

/// False when stdout could not take everything. A reader that closed the pipe had enough: that is no failure.
bool print(const std::string& text) {
    if (text.empty())
        return true;
    errno = 0;
    const bool isWritten = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
                           std::fputc('\n', stdout) != EOF && std::fflush(stdout) == 0;
    return isWritten || errno == EPIPE;
}

void printError(const Error& error) {
    std::fprintf(stderr, "cameo: %s\n", sentence(error.text()).c_str());
}

void appendLines(const Json& json, int depth, std::string& out);

std::string scalarText(const Json& json) {
    return json.isString() ? json.asString() : json.dump();
}

bool isFlat(const Json& json) {
    if (!json.isArray())
        return !json.isObject();
    for (const Json& item : json.asArray())
        if (item.isArray() || item.isObject())
            return false;
    return true;
}

void appendValue(const Json& value, int depth, std::string& out) {
    if (value.isArray() && isFlat(value)) {
        std::string line;
        for (const Json& item : value.asArray())
            line += (line.empty() ? "" : ", ") + scalarText(item);
        out += ' ' + (line.empty() ? std::string("none") : line) + '\n';
    } else if (isFlat(value)) {
        out += ' ' + scalarText(value) + '\n';
    } else {
        out += '\n';
        appendLines(value, depth + 1, out);
    }
}

void appendLines(const Json& json, int depth, std::string& out) {
    const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
    if (json.isObject()) {
        for (const auto& [name, value] : json.asObject()) {
            out += indent + name + ':';
            appendValue(value, depth, out);
        }
    } else if (json.isArray()) {
        for (const Json& item : json.asArray()) {
            out += indent + '-';
            appendValue(item, depth, out);
        }
    } else {
        out += indent + scalarText(json) + '\n';
    }
}

} // namespace

void declareCommonOptions(OptionTable& table, CommonOptions& options) {
    table.add(Option{.name = "--device",
                     .value = "NAME",
                     .help = "auto, cpu, cuda or cuda:N (default auto)",
                     .take = text(options.device)});
    table.add(Option{.name = "--precision",
                     .value = "NAME",
                     .help = "Of the convolutions: float32, bfloat16 or float16 (default float32)",
                     .take = choice(options.precision, {"float32", "bfloat16", "float16"})});
    table.add(
        Option{.name = "--json", .help = "Print one JSON object on stdout", .take = flag(options.json)});
    table.add(Option{.name = "--quiet",
                     .help = "No progress, and no text on stdout but --json's",
                     .take = flag(options.quiet)});
}

void declareModelOption(OptionTable& table, CommonOptions& options) {
    table.add(Option{.name = "--model",
                     .value = "FILE",
                     .help = "Generator to use (default: the embedded portraits)",
                     .take = text(options.model)});
}

int runProgram(const CommonOptions& options, const std::function<Outcome()>& work) {
    Outcome outcome;
    Ending ending = endingOf(work, outcome);
    std::string output;
    if (!ending.error.message.empty())
        output = options.json ? errorJson(ending.error).dump() : std::string();
    else
        output = !options.json           ? (options.quiet ? std::string() : outcome.text)
                 : outcome.json.isNull() ? std::string() // the window has nothing to hand back
                                         : outcome.json.dump();
    const bool isPrinted = print(output);
    if (!isPrinted && ending.error.message.empty())
        ending = {exitFailed,
                  {ErrorCode::Io, cat("Cannot write to the standard output: ", std::strerror(errno)), {}}};
    if (!ending.error.message.empty())
        printError(ending.error);
    return ending.exitCode;
}

void ignoreWriteSignals() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
}

std::string exitCodeHelp() {
    return "Exit codes: 0 done, 1 failed (one line on stderr says why), 2 wrong usage, 130 cancelled "
           "(Ctrl+C).";
}

std::string sentence(std::string message) {
    for (char& c : message)
        if (c == '\n' || c == '\r')
            c = ' ';
    while (!message.empty() && message.back() == ' ')
        message.pop_back();
    if (!message.empty() && std::string(".?!").find(message.back()) == std::string::npos)
        message += '.';
    return message;
}

std::string readableText(const Json& json) {
    std::string out;
    appendLines(json, 0, out);
    if (!out.empty())
        out.pop_back();
    return out;
}

} // namespace cameo::cli
