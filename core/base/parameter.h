// SPDX-License-Identifier: Apache-2.0
// A tunable number stands once, in a table of these, which feeds the dialog, the command line, the project
// file and the help. Any thread.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace cameo {

struct Parameter {
    const char* name;  // stable, kebab-case: command line option and JSON key
    const char* label; // on screen
    double minimum;
    double maximum;
    double standard;    // the default
    int decimals;       // 0: whole numbers
    const char* unit;   // "px", "%", "" ...
    const char* help;   // one sentence
    const char* source; // paper and section, or the measurement that chose the default
};

/// Values by parameter name; only those that differ from the default need to be present.
using ParameterValues = std::map<std::string, double, std::less<>>;

/// The value of `name`, or its default. Throws InvalidArgument when the table has no such name.
double parameterValue(std::span<const Parameter> table, const ParameterValues& values, std::string_view name);

/// Throws InvalidArgument (with the nearest known name, or the range) unless every value has a name of the
/// table and lies in its range.
void checkParameters(std::span<const Parameter> table, const ParameterValues& values);

} // namespace cameo
