// SPDX-License-Identifier: Apache-2.0
// Values of options from their text. Each function throws UsageError that says what the value must be, worded
// to follow the option's name ("--psi must be ..."). Pure functions.
#pragma once

#include "app/cli/option_table.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cameo::cli {

template <typename T>
struct Range {
    T minimum, maximum;
};

double parseNumber(const std::string& text, Range<double> range);
long parseInteger(const std::string& text, Range<long> range);
std::uint32_t parseSeed(const std::string& text);

/// "0-9,12" -> 0, 1, ..., 9, 12. In the order given; at most a million.
std::vector<std::uint32_t> parseSeeds(const std::string& text);

/// "pc1=2", "pc1:0-3=+1.5", "pc1:4=-2": a direction, optionally the rows that it acts on, and its strength.
struct DirectionSetting {
    std::string name;
    std::optional<Range<int>> rows; // absent: the direction's own
    double strength = 0;
};
DirectionSetting parseDirection(const std::string& text);

/// "12:4": seed and the row from which on its style is taken.
struct MixSetting {
    std::uint32_t seed = 0;
    int crossover = 0;
};
MixSetting parseMix(const std::string& text);

/// "120,80,512": left, top and side of a square in pixels; left and top may be negative.
std::array<int, 3> parseSquare(const std::string& text);

/// "#808080", "#888" or "808080" -> red, green, blue.
std::array<std::uint8_t, 3> parseColour(const std::string& text);

/// "name=value" -> its two sides.
std::pair<std::string, std::string> parseAssignment(const std::string& text);

// Takers that store what they read. The target must outlive the table.
Taker text(std::string& target);
Taker path(std::filesystem::path& target);
Taker flag(bool& target);
Taker number(double& target, Range<double> range);
Taker number(std::optional<double>& target, Range<double> range);
Taker integer(long& target, Range<long> range);
Taker integer(int& target, Range<long> range);
Taker integer(std::optional<int>& target, Range<long> range);
Taker seed(std::optional<std::uint32_t>& target);
/// One of `choices`; the message names the nearest or lists them all.
Taker choice(std::string& target, std::vector<std::string> choices);
Taker choice(std::optional<std::string>& target, std::vector<std::string> choices);

} // namespace cameo::cli
