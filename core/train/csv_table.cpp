// SPDX-License-Identifier: Apache-2.0
#include "core/train/csv_table.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"

#include <algorithm>

namespace cameo::train {
namespace {

/// One record (quotes, doubled quotes, line breaks inside quotes); moves `at` past it.
std::vector<std::string> readRecord(std::string_view text, std::size_t& at) {
    std::vector<std::string> fields(1);
    bool quoted = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (quoted) {
            if (c != '"')
                fields.back() += c;
            else if (at + 1 < text.size() && text[at + 1] == '"')
                fields.back() += text[++at];
            else
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            fields.emplace_back();
        } else if (c == '\n') {
            ++at;
            break;
        } else if (c != '\r') {
            fields.back() += c;
        }
    }
    return fields;
}

} // namespace

std::size_t CsvTable::column(const std::string& name, const std::string& advice) const {
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found == columns.end())
        throw Failure(ErrorCode::BadImage, cat("'", file.string(), "' has no column '", name, "'"), advice);
    return static_cast<std::size_t>(found - columns.begin());
}

CsvTable readCsv(const std::filesystem::path& file) {
    const std::string text = readTextFile(file);
    std::size_t at = 0;
    CsvTable table{.file = file, .columns = readRecord(text, at), .rows = {}};
    for (long line = 2; at < text.size(); ++line) {
        std::vector<std::string> record = readRecord(text, at);
        if (record.size() == 1 && record.front().empty())
            continue;
        if (record.size() != table.columns.size())
            throw Failure(ErrorCode::BadImage,
                          cat("Record ", line, " of '", file.string(), "' has ", record.size(),
                              " fields instead of ", table.columns.size()));
        table.rows.push_back(std::move(record));
    }
    return table;
}

} // namespace cameo::train
