// SPDX-License-Identifier: Apache-2.0
// Comma-separated tables (RFC 4180) with a line of column names. Any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cameo::train {

struct CsvTable {
    std::filesystem::path file;
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows; // each as long as `columns`; empty lines are left out

    /// Index of a column; throws BadImage naming the file and the column, with `advice`.
    std::size_t column(const std::string& name, const std::string& advice = {}) const;
};

/// Throws NotFound and Io, and BadImage naming the record that has another number of fields.
CsvTable readCsv(const std::filesystem::path& file);

} // namespace cameo::train
