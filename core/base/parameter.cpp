// SPDX-License-Identifier: Apache-2.0
#include "core/base/parameter.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <cmath>
#include <vector>

namespace cameo {
namespace {

const Parameter& find(std::span<const Parameter> table, std::string_view name) {
    std::vector<std::string> names;
    for (const Parameter& parameter : table) {
        if (name == parameter.name)
            return parameter;
        names.emplace_back(parameter.name);
    }
    const auto nearest = nearestWord(name, names);
    throw Failure(ErrorCode::InvalidArgument, cat("Unknown parameter '", name, "'"),
                  nearest ? cat("Did you mean '", *nearest, "'?") : std::string());
}

} // namespace

double parameterValue(std::span<const Parameter> table, const ParameterValues& values,
                      std::string_view name) {
    const Parameter& parameter = find(table, name);
    const auto given = values.find(name);
    return given == values.end() ? parameter.standard : given->second;
}

void checkParameters(std::span<const Parameter> table, const ParameterValues& values) {
    for (const auto& [name, value] : values) {
        const Parameter& parameter = find(table, name);
        if (!(value >= parameter.minimum && value <= parameter.maximum))
            throw Failure(ErrorCode::InvalidArgument,
                          cat("Parameter '", name, "' is ", value, " but must lie between ",
                              parameter.minimum, " and ", parameter.maximum, *parameter.unit ? " " : "",
                              parameter.unit));
        if (parameter.decimals == 0 && value != std::floor(value))
            throw Failure(ErrorCode::InvalidArgument,
                          cat("Parameter '", name, "' is ", value, " but must be a whole number"));
    }
}

} // namespace cameo
