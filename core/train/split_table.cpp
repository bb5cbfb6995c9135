// SPDX-License-Identifier: Apache-2.0
#include "core/train/dataset.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/train/csv_table.h"

#include <map>

namespace cameo::train {
namespace {

using Splits = std::map<std::string, std::vector<std::filesystem::path>>;

Splits readSplits(const std::filesystem::path& manifestCsv) {
    const CsvTable table = readCsv(manifestCsv);
    const std::string advice = "A table of pictures needs the columns 'file' and 'split'";
    const std::size_t fileColumn = table.column("file", advice), splitColumn = table.column("split", advice);
    Splits splits;
    for (const std::vector<std::string>& row : table.rows)
        splits[row[splitColumn]].push_back(manifestCsv.parent_path() / row[fileColumn]);
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
