// SPDX-License-Identifier: Apache-2.0
#include "app/commands/csv.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>

namespace cameo::cli {
namespace {

/// Reads one record from `at` on and moves `at` behind its line end.
std::vector<std::string> readRecord(std::string_view text, std::size_t& at) {
    std::vector<std::string> fields(1);
    bool isQuoted = false;
    while (at < text.size()) {
        const char c = text[at++];
        if (isQuoted) {
            if (c != '"')
                fields.back() += c;
            else if (at < text.size() && text[at] == '"')
                fields.back() += text[at++];
            else
                isQuoted = false;
        } else if (c == '"') {
            isQuoted = true;
        } else if (c == ',') {
            fields.emplace_back();
        } else if (c == '\n') {
            break;
        } else if (c != '\r') {
            fields.back() += c;
        }
    }
    return fields;
}

} // namespace

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found == columns.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

CsvTable parseCsv(std::string_view text) {
    constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";
    if (text.starts_with(byteOrderMark))
        text.remove_prefix(byteOrderMark.size());
    CsvTable table;
    std::size_t at = 0;
    table.columns = readRecord(text, at);
    for (long row = 2; at < text.size(); ++row) {
        std::vector<std::string> fields = readRecord(text, at);
        if (fields.size() == 1 && fields.front().empty())
            continue;
        if (fields.size() != table.columns.size())
            throw Failure(ErrorCode::InvalidArgument, cat("Row ", row, " of the table has ", fields.size(),
                                                          " fields, the header has ", table.columns.size()));
        table.rows.push_back(std::move(fields));
    }
    return table;
}

} // namespace cameo::cli
