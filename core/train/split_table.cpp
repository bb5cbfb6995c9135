// SPDX-License-Identifier: Apache-2.0
#include "core/train/dataset.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <map>

namespace cameo::train {
namespace {

/// One record of a comma-separated table (RFC 4180: quotes, doubled quotes, line breaks inside quotes); moves
/// `at` past it.
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

std::size_t columnOf(const std::vector<std::string>& header, const char* name,
                     const std::filesystem::path& file) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end())
        throw Failure(ErrorCode::BadImage, cat("'", file.string(), "' has no column '", name, "'"),
                      "A table of pictures needs the columns 'file' and 'split'");
    return static_cast<std::size_t>(found - header.begin());
}

using Splits = std::map<std::string, std::vector<std::filesystem::path>>;

Splits readSplits(const std::filesystem::path& manifestCsv) {
    const std::string text = readTextFile(manifestCsv);
    std::size_t at = 0;
    const std::vector<std::string> header = readRecord(text, at);
    const std::size_t fileColumn = columnOf(header, "file", manifestCsv);
    const std::size_t splitColumn = columnOf(header, "split", manifestCsv);
    Splits splits;
    for (long line = 2; at < text.size(); ++line) {
        const std::vector<std::string> record = readRecord(text, at);
        if (record.size() == 1 && record.front().empty())
            continue;
        if (record.size() != header.size())
            throw Failure(ErrorCode::BadImage, cat("Record ", line, " of '", manifestCsv.string(), "' has ",
                                                   record.size(), " fields instead of ", header.size()));
        splits[record[splitColumn]].push_back(manifestCsv.parent_path() / record[fileColumn]);
    }
    return splits;
}

std::string countsText(const Splits& splits) {
    std::string text;
    for (const auto& [name, files] : splits)
        text += cat(text.empty() ? "" : ", ", name, " (", files.size(), " pictures)");
    return text;
}

} // namespace

std::map<std::string, long> splitCounts(const std::filesystem::path& manifestCsv) {
    std::map<std::string, long> counts;
    for (const auto& [name, files] : readSplits(manifestCsv))
        counts[name] = static_cast<long>(files.size());
    return counts;
}

std::vector<std::filesystem::path> filesOfSplit(const std::filesystem::path& manifestCsv,
                                                const std::string& split) {
    const Splits splits = readSplits(manifestCsv);
    const auto found = splits.find(split);
    if (found == splits.end())
        throw Failure(ErrorCode::InvalidArgument,
                      split.empty() ? cat("'", manifestCsv.string(), "' divides its pictures; choose a split")
                                    : cat("'", manifestCsv.string(), "' has no split '", split, "'"),
                      cat("It has: ", countsText(splits)));
    return found->second;
}

} // namespace cameo::train
