// SPDX-License-Identifier: Apache-2.0
#include "app/cli/option_table.h"

#include "app/cli/value_text.h"
#include "core/base/text.h"

#include <algorithm>
#include <sstream>

namespace cameo::cli {
namespace {

constexpr std::size_t helpColumn = 30;
constexpr std::size_t helpWidth = 100;

/// `text` in lines of at most helpWidth columns, every one but the first indented to helpColumn.
std::string wrapped(const std::string& text) {
    std::istringstream words(text);
    std::string out, word;
    std::size_t column = helpColumn;
    while (words >> word) {
        if (column > helpColumn && column + 1 + word.size() > helpWidth) {
            out += '\n' + std::string(helpColumn, ' ');
            column = helpColumn;
        }
        const bool needsSpace = column > helpColumn;
        out += (needsSpace ? " " : "") + word;
        column += word.size() + needsSpace;
    }
    return out;
}

std::string helpLine(const std::string& left, const std::string& text) {
    std::string line = "  " + left;
    line += line.size() + 2 > helpColumn ? '\n' + std::string(helpColumn, ' ')
                                         : std::string(helpColumn - line.size(), ' ');
    return line + wrapped(text) + '\n';
}

std::string leftColumn(const Option& option) {
    return option.value.empty() ? option.name : option.name + ' ' + option.value;
}

/// Without an exponent where the parameter is a whole number: 4294967295, not 4.29497e+09.
std::string parameterNumber(const Parameter& parameter, double value) {
    return parameter.decimals == 0 ? cat(static_cast<long long>(value)) : cat(value);
}

std::string parameterHelp(const Parameter& parameter) {
    return cat(parameter.help, " (", parameterNumber(parameter, parameter.minimum), " to ",
               parameterNumber(parameter, parameter.maximum), *parameter.unit ? " " : "", parameter.unit,
               ", default ", parameterNumber(parameter, parameter.standard), ')');
}

/// "-0.5" and "-" are values; "-x" and "--name" are options.
bool looksLikeOption(const std::string& word) {
    return word.size() > 1 && word[0] == '-' && !(word[1] >= '0' && word[1] <= '9') && word[1] != '.';
}

} // namespace

void OptionTable::heading(std::string text) {
    m_heading = std::move(text);
}

void OptionTable::add(Option option) {
    m_options.push_back({std::move(option), m_heading, false});
}

void OptionTable::add(Positional positional) {
    m_positionals.push_back(std::move(positional));
}

void OptionTable::addParameters(std::span<const Parameter> table, const std::string& prefix,
                                ParameterValues& target) {
    for (const Parameter& parameter : table) {
        const std::string name = parameter.name;
        const Taker take = [&target, name, parameter](const std::string& text) {
            double value = 0;
            if (parameter.decimals == 0) {
                long whole = 0;
                integer(whole,
                        {static_cast<long>(parameter.minimum), static_cast<long>(parameter.maximum)})(text);
                value = static_cast<double>(whole);
            } else {
                number(value, {parameter.minimum, parameter.maximum})(text);
            }
            target[name] = value;
        };
        add(Option{
            .name = "--" + prefix + name, .value = "N", .help = parameterHelp(parameter), .take = take});
    }
}

OptionTable::Entry& OptionTable::find(const std::string& name) {
    const auto found = std::find_if(m_options.begin(), m_options.end(),
                                    [&](const Entry& e) { return e.option.name == name; });
    if (found != m_options.end())
        return *found;
    const auto nearest = nearestWord(name, optionNames());
    throw UsageError(cat("Unknown option '", printable(name), "'",
                         nearest ? cat(". Did you mean ", *nearest, "?") : std::string(". See --help")));
}

void OptionTable::take(Entry& entry, const std::string& value) {
    if (entry.isGiven && !entry.option.isRepeated)
        throw UsageError(cat(entry.option.name, " is given twice"));
    entry.isGiven = true;
    try {
        entry.option.take(value);
    } catch (const UsageError& error) {
        throw UsageError(cat(entry.option.name, ' ', error.what()));
    }
}

void OptionTable::takePositional(const std::string& word, std::size_t& next, std::vector<bool>& given) {
    if (next >= m_positionals.size())
        throw UsageError(cat("Unexpected word '", printable(word), "'. See --help"));
    try {
        m_positionals[next].take(word);
    } catch (const UsageError& error) {
        throw UsageError(cat(m_positionals[next].name, ' ', error.what()));
    }
    given[next] = true;
    if (!m_positionals[next].isRepeated)
        ++next;
}

void OptionTable::requireAll(const std::vector<bool>& givenPositionals) const {
    for (std::size_t i = 0; i < m_positionals.size(); ++i)
        if (m_positionals[i].isRequired && !givenPositionals[i])
            throw UsageError(cat(m_positionals[i].name, " is missing. See --help"));
    for (const Entry& entry : m_options)
        if (entry.option.isRequired && !entry.isGiven)
            throw UsageError(cat("The option ", leftColumn(entry.option), " is missing. See --help"));
}

void OptionTable::parse(std::span<const std::string> words) {
    std::vector<bool> given(m_positionals.size());
    std::size_t nextPositional = 0;
    bool onlyPositionals = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (onlyPositionals || !looksLikeOption(word)) {
            takePositional(word, nextPositional, given);
            continue;
        }
        if (word == "--") {
            onlyPositionals = true;
            continue;
        }
        const std::size_t equals = word.find('=');
        Entry& entry = find(word.substr(0, equals));
        if (entry.option.value.empty()) {
            if (equals != std::string::npos)
                throw UsageError(cat(entry.option.name, " takes no value"));
            take(entry, {});
        } else if (equals != std::string::npos) {
            take(entry, word.substr(equals + 1));
        } else if (i + 1 < words.size() && !looksLikeOption(words[i + 1])) {
            take(entry, words[++i]);
        } else {
            throw UsageError(cat(entry.option.name, " needs a value: ", leftColumn(entry.option)));
        }
    }
    requireAll(given);
}

std::string OptionTable::usage() const {
    std::string out;
    for (const Positional& positional : m_positionals) {
        const std::string name = positional.name + (positional.isRepeated ? "..." : "");
        out += positional.isRequired ? name + ' ' : '[' + name + "] ";
    }
    for (const Entry& entry : m_options)
        if (entry.option.isRequired)
            out += leftColumn(entry.option) + ' ';
    return out + "[options]";
}

std::string OptionTable::help() const {
    std::string out;
    for (const Positional& positional : m_positionals)
        out += helpLine(positional.name, positional.help);
    std::string heading;
    for (const Entry& entry : m_options) {
        if (entry.heading != heading) {
            heading = entry.heading;
            out += cat(out.empty() ? "" : "\n", heading, ":\n");
        }
        out += helpLine(leftColumn(entry.option), entry.option.help);
    }
    return out;
}

std::vector<std::string> OptionTable::optionNames() const {
    std::vector<std::string> names;
    for (const Entry& entry : m_options)
        names.push_back(entry.option.name);
    return names;
}

} // namespace cameo::cli
