// SPDX-License-Identifier: Apache-2.0
#include "app/cli/value_text.h"

#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace cameo::cli {
namespace {

constexpr std::size_t maxSeeds = 1'000'000;
constexpr long maxSeed = std::numeric_limits<std::uint32_t>::max();

/// The whole text as a number, independent of the locale; a leading plus sign is allowed.
template <typename T>
std::optional<T> numberFrom(std::string_view text) {
    if (text.size() > 1 && text[0] == '+' && text[1] != '-')
        text.remove_prefix(1);
    T value{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::string notThis(const std::string& text) {
    return cat(", not '", printable(text), "'");
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (;;) {
        const std::size_t at = text.find(separator, from);
        parts.push_back(text.substr(from, at == std::string::npos ? at : at - from));
        if (at == std::string::npos)
            return parts;
        from = at + 1;
    }
}

/// "3-7" or "3"; nothing when it is neither or falls.
std::optional<Range<long>> rangeFrom(const std::string& text, long maximum) {
    const std::size_t dash = text.find('-');
    const auto first = numberFrom<long>(text.substr(0, dash));
    const auto last = dash == std::string::npos ? first : numberFrom<long>(text.substr(dash + 1));
    if (!first || !last || *first < 0 || *last < *first || *last > maximum)
        return std::nullopt;
    return Range<long>{*first, *last};
}

} // namespace

double parseNumber(const std::string& text, Range<double> range) {
    const auto value = numberFrom<double>(text);
    if (!value || !(*value >= range.minimum && *value <= range.maximum))
        throw UsageError(cat("must be a number from ", range.minimum, " to ", range.maximum, notThis(text)));
    return *value;
}

long parseInteger(const std::string& text, Range<long> range) {
    const auto value = numberFrom<long>(text);
    if (!value || *value < range.minimum || *value > range.maximum)
        throw UsageError(
            cat("must be a whole number from ", range.minimum, " to ", range.maximum, notThis(text)));
    return *value;
}

std::uint32_t parseSeed(const std::string& text) {
    return static_cast<std::uint32_t>(parseInteger(text, {0, maxSeed}));
}

std::vector<std::uint32_t> parseSeeds(const std::string& text) {
    std::vector<std::uint32_t> seeds;
    for (const std::string& part : split(text, ',')) {
        const auto range = rangeFrom(part, maxSeed);
        if (!range)
            throw UsageError(cat("must be a list of seeds such as 0-9,12", notThis(text)));
        if (seeds.size() + static_cast<std::size_t>(range->maximum - range->minimum) >= maxSeeds)
            throw UsageError(cat("must name at most ", maxSeeds, " seeds"));
        for (long seed = range->minimum; seed <= range->maximum; ++seed)
            seeds.push_back(static_cast<std::uint32_t>(seed));
    }
    return seeds;
}

std::pair<std::string, std::string> parseAssignment(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
        throw UsageError(cat("must have the form NAME=VALUE", notThis(text)));
    return {text.substr(0, equals), text.substr(equals + 1)};
}

DirectionSetting parseDirection(const std::string& text) {
    const auto [target, value] = parseAssignment(text);
    DirectionSetting setting;
    const std::size_t colon = target.find(':');
    setting.name = target.substr(0, colon);
    const auto strength = numberFrom<double>(value);
    const auto rows = colon == std::string::npos ? std::nullopt : rangeFrom(target.substr(colon + 1), 1000);
    if (setting.name.empty() || !strength || !std::isfinite(*strength) ||
        (colon != std::string::npos && !rows))
        throw UsageError(cat("must have the form NAME=STRENGTH or NAME:FIRST-LAST=STRENGTH", notThis(text)));
    setting.strength = *strength;
    if (rows)
        setting.rows = Range<int>{static_cast<int>(rows->minimum), static_cast<int>(rows->maximum)};
    return setting;
}

MixSetting parseMix(const std::string& text) {
    const std::size_t colon = text.find(':');
    const auto seed = numberFrom<long>(text.substr(0, colon));
    const auto row = colon == std::string::npos ? std::nullopt : numberFrom<int>(text.substr(colon + 1));
    if (!seed || *seed < 0 || *seed > maxSeed || !row || *row < 0)
        throw UsageError(cat("must have the form SEED:CROSSOVER, for example 12:4", notThis(text)));
    return {static_cast<std::uint32_t>(*seed), *row};
}

std::array<int, 3> parseSquare(const std::string& text) {
    const std::vector<std::string> parts = split(text, ',');
    std::array<int, 3> square{};
    bool isGood = parts.size() == 3;
    for (std::size_t i = 0; isGood && i < 3; ++i) {
        const auto value = numberFrom<int>(parts[i]);
        isGood = value && *value >= -100'000 && *value <= 100'000;
        square[i] = value.value_or(0);
    }
    if (!isGood || square[2] < 1)
        throw UsageError(cat("must be X,Y,SIDE in pixels, for example 120,80,512", notThis(text)));
    return square;
}

std::array<std::uint8_t, 3> parseColour(const std::string& text) {
    std::string digits = text.starts_with('#') ? text.substr(1) : text;
    if (digits.size() == 3)
        digits = {digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]};
    std::uint32_t value = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 6 || code != std::errc() || end != digits.data() + 6)
        throw UsageError(cat("must be a colour such as '#808080'", notThis(text)));
    return {static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8 & 0xff),
            static_cast<std::uint8_t>(value & 0xff)};
}

Taker text(std::string& target) {
    return [&target](const std::string& value) {
        if (value.empty())
            throw UsageError("must not be empty");
        target = value;
    };
}

Taker path(std::filesystem::path& target) {
    return [&target](const std::string& value) {
        if (value.empty())
            throw UsageError("must not be empty");
        target = value;
    };
}

Taker flag(bool& target) {
    return [&target](const std::string&) { target = true; };
}

Taker number(double& target, Range<double> range) {
    return [&target, range](const std::string& value) { target = parseNumber(value, range); };
}

Taker number(std::optional<double>& target, Range<double> range) {
    return [&target, range](const std::string& value) { target = parseNumber(value, range); };
}

Taker integer(long& target, Range<long> range) {
    return [&target, range](const std::string& value) { target = parseInteger(value, range); };
}

Taker integer(int& target, Range<long> range) {
    return
        [&target, range](const std::string& value) { target = static_cast<int>(parseInteger(value, range)); };
}

Taker integer(std::optional<int>& target, Range<long> range) {
    return
        [&target, range](const std::string& value) { target = static_cast<int>(parseInteger(value, range)); };
}

Taker seed(std::optional<std::uint32_t>& target) {
    return [&target](const std::string& value) { target = parseSeed(value); };
}

namespace {

void requireChoice(const std::string& value, const std::vector<std::string>& choices) {
    if (std::find(choices.begin(), choices.end(), value) != choices.end())
        return;
    std::string list;
    for (const std::string& name : choices)
        list += (list.empty() ? "" : ", ") + name;
    const auto nearest = nearestWord(value, choices);
    throw UsageError(cat("must be one of ", list, notThis(value),
                         nearest ? cat(". Did you mean ", *nearest, "?") : std::string()));
}

} // namespace

Taker choice(std::string& target, std::vector<std::string> choices) {
    return [&target, choices = std::move(choices)](const std::string& value) {
        requireChoice(value, choices);
        target = value;
    };
}

Taker choice(std::optional<std::string>& target, std::vector<std::string> choices) {
    return [&target, choices = std::move(choices)](const std::string& value) {
        requireChoice(value, choices);
        target = value;
    };
}

} // namespace cameo::cli
