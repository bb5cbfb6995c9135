// SPDX-License-Identifier: Apache-2.0
#include "core/train/attribute_table.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/train/csv_table.h"
#include "core/train/dataset.h"

#include <charconv>
#include <cmath>
#include <map>

namespace cameo::train {
namespace {

float valueOf(const std::string& text, const AttributeColumn& column, const std::filesystem::path& table,
              const std::string& file) {
    float value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool isNumber = code == std::errc() && end == text.data() + text.size() && std::isfinite(value);
    if (!isNumber || (column.isProbability && (value < 0 || value > 1)))
        throw Failure(ErrorCode::BadImage,
                      cat("'", table.string(), "' says '", printable(text), "' for the ", column.name,
                          " of '", file, "'"),
                      column.isProbability ? "It must be a number from 0 to 1" : "It must be a number");
    return value;
}

} // namespace

std::span<const AttributeColumn> attributeColumns() {
    static constexpr AttributeColumn table[] = {
        {"age", false, false, "apparent age, years"},
        {"gender_male", true, false, "0: appears female, 1: appears male"},
        {"smile", true, false, "probability of a smile"},
        {"mouth_open", false, false, "gap between the lips over the width of the mouth"},
        {"yaw", false, true, "degrees, positive: turned towards the right edge of the picture"},
        {"pitch", false, false, "degrees, positive: looking up"},
        {"glasses", true, false, "probability of glasses"},
        {"beard", true, false, "probability of facial hair"},
        {"baldness", true, false, "probability of receding or missing hair"},
    };
    return table;
}

std::vector<LabelledFile> readLabels(const std::filesystem::path& manifestCsv,
                                     const std::filesystem::path& attributesCsv, const std::string& split) {
    const std::vector<std::filesystem::path> files = filesOfSplit(manifestCsv, split);
    const CsvTable table = readCsv(attributesCsv);
    const std::size_t fileColumn = table.column("file", "It must hold one row for each picture");
    std::vector<std::size_t> places;
    for (const AttributeColumn& column : attributeColumns())
        places.push_back(table.column(column.name, "The attributes are a column each"));
    std::map<std::filesystem::path, const std::vector<std::string>*> rows;
    for (const std::vector<std::string>& row : table.rows)
        rows[manifestCsv.parent_path() / row[fileColumn]] = &row;
    std::vector<LabelledFile> result;
    for (const std::filesystem::path& file : files) {
        const auto row = rows.find(file);
        if (row == rows.end())
            throw Failure(ErrorCode::BadImage,
                          cat("'", attributesCsv.string(), "' has no row for '", file.string(), "'"),
                          "Both tables must name the same pictures");
        LabelledFile labelled{.file = file, .values = {}};
        for (std::size_t i = 0; i < places.size(); ++i)
            labelled.values.push_back(
                valueOf((*row->second)[places[i]], attributeColumns()[i], attributesCsv, file.string()));
        result.push_back(std::move(labelled));
    }
    return result;
}

} // namespace cameo::train
