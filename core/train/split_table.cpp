// SPDX-License-Identifier: Apache-2.0
#include "core/train/dataset.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/train/csv_table.h"

#include <map>

namespace cameo::train {
namespace {

std::string countsText(const std::map<std::string, std::vector<std::filesystem::path>>& splits) {
    std::string text;
    for (const auto& [name, files] : splits)
        text += cat(text.empty() ? "" : ", ", name, " (", files.size(), " pictures)");
    return text;
}

} // namespace

std::vector<std::filesystem::path> filesOfSplit(const std::filesystem::path& manifestCsv,
                                                const std::string& split) {
    const CsvTable table = readCsv(manifestCsv);
    const std::string advice = "A table of pictures needs the columns 'file' and 'split'";
    const std::size_t fileColumn = table.column("file", advice), splitColumn = table.column("split", advice);
    std::map<std::string, std::vector<std::filesystem::path>> splits;
    for (const std::vector<std::string>& row : table.rows)
        splits[row[splitColumn]].push_back(manifestCsv.parent_path() / row[fileColumn]);
    const auto found = splits.find(split);
    if (found == splits.end())
        throw Failure(ErrorCode::InvalidArgument,
                      split.empty() ? cat("'", manifestCsv.string(), "' divides its pictures; choose a split")
                                    : cat("'", manifestCsv.string(), "' has no split '", split, "'"),
                      cat("It has: ", countsText(splits)));
    return found->second;
}

} // namespace cameo::train
