// SPDX-License-Identifier: Apache-2.0
// Pictures with what is known about the faces in them, from two tables: one that divides the pictures
// (columns 'file' and 'split') and one with a column for each attribute (columns 'file', 'age', 'gender_male'
// ...). Any thread.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace cameo::train {

/// An attribute that the trainer can learn from its column.
struct AttributeColumn {
    const char* name;        // of the column
    bool isProbability;      // 0..1; otherwise a number
    bool changesSign;        // in a mirrored picture
    const char* description; // "apparent age, years"
};
/// age, gender_male, smile, mouth_open, yaw, pitch, glasses, beard, baldness
std::span<const AttributeColumn> attributeColumns();

struct LabelledFile {
    std::filesystem::path file;
    std::vector<float> values; // in the order of attributeColumns()
};

/// The rows of one split, in the table's order. Throws BadImage naming the table and the column or the file
/// that is missing, or the value that is no number of the column's range; InvalidArgument for an unknown
/// split.
std::vector<LabelledFile> readLabels(const std::filesystem::path& manifestCsv,
                                     const std::filesystem::path& attributesCsv, const std::string& split);

} // namespace cameo::train
