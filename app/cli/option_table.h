// SPDX-License-Identifier: Apache-2.0
// The options and positional words of one command as a table: read from the command line with a suggestion
// for what is unknown, and printed as its help. Our own because the trainer reads the same tables on machines
// that have LibTorch and nothing else. One thread.
#pragma once

#include "core/base/parameter.h"

#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace cameo::cli {

/// A mistake on the command line: one line on stderr and exit code 2.
class UsageError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Stores a value or throws UsageError with what it must be ("must be a number from 0 to 2"); see
/// value_text.h.
using Taker = std::function<void(const std::string& value)>;

struct Option {
    std::string name;       // "--psi"
    std::string value = {}; // "NUMBER"; empty for a switch, whose taker gets an empty string
    std::string help = {};
    Taker take = {};
    bool isRepeated = false;
    bool isRequired = false;
};

struct Positional {
    std::string name; // "PHOTO"
    std::string help = {};
    Taker take = {};
    bool isRepeated = false;
    bool isRequired = false;
};

class OptionTable {
  public:
    /// Options added from here on stand under this heading of the help.
    void heading(std::string text);
    void add(Option option);
    void add(Positional positional);
    /// One option "--PREFIXNAME" per row of a parameter table; values go to `target`, checked against the
    /// row.
    void addParameters(std::span<const Parameter> table, const std::string& prefix, ParameterValues& target);

    /// Throws UsageError for an unknown option (naming the nearest one), a missing or unusable value, a
    /// second value where one is expected, and what is required but absent. Accepts "--name value",
    /// "--name=value" and "--".
    void parse(std::span<const std::string> words);

    /// "[PHOTO] --seeds LIST --out DIR [options]".
    std::string usage() const;
    /// Every option with its help, wrapped at 100 columns.
    std::string help() const;
    std::vector<std::string> optionNames() const;

  private:
    struct Entry {
        Option option;
        std::string heading;
        bool isGiven = false;
    };
    Entry& find(const std::string& name);
    void take(Entry& entry, const std::string& value);
    void takePositional(const std::string& word, std::size_t& next, std::vector<bool>& given);
    void requireAll(const std::vector<bool>& givenPositionals) const;

    std::string m_heading = "Options";
    std::vector<Entry> m_options;
    std::vector<Positional> m_positionals;
};

} // namespace cameo::cli
