// SPDX-License-Identifier: Apache-2.0
// Comma-separated tables with a header row (RFC 4180: quoted fields, doubled quotes). Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cameo::cli {

struct CsvTable {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows; // each as long as columns

    std::optional<std::size_t> column(std::string_view name) const;
};

/// Throws Failure(InvalidArgument) with the line of a row that has too few or too many fields.
CsvTable parseCsv(std::string_view text);

} // namespace cameo::cli
