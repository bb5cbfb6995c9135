// SPDX-License-Identifier: Apache-2.0
#include "core/interchange/psd_channels.h"

#include <algorithm>

namespace cameo {
namespace {

constexpr std::size_t longestPart = 128; // what one PackBits code covers

char byteOf(std::uint32_t value) {
    return static_cast<char>(value & 255);
}

/// How many bytes from `at` on are the same.
std::size_t runAt(std::string_view row, std::size_t at) {
    std::size_t end = at + 1;
    while (end < row.size() && end - at < longestPart && row[end] == row[at])
        ++end;
    return end - at;
}

std::size_t offsetOf(const Image& image, int channel) {
    return image.channels() >= 3 ? static_cast<std::size_t>(channel) : 0;
}

std::string plainRow(const Image& image, int channel, int y) {
    const bool isAlpha = channel == 3, isWide = image.type() == PixelType::U16;
    const std::size_t width = static_cast<std::size_t>(image.width()), channels = image.channels();
    if (isAlpha && !image.hasAlpha())
        return std::string(width * (isWide ? 2 : 1), '\xff');
    const std::size_t first = y * width * channels + (isAlpha ? channels - 1 : offsetOf(image, channel));
    std::string row;
    row.reserve(width * 2);
    for (std::size_t x = 0; x < width; ++x) {
        const std::size_t at = first + x * channels;
        if (isWide)
            row += byteOf(image.u16()[at] >> 8U);
        row += byteOf(isWide ? image.u16()[at] : image.u8()[at]);
    }
    return row;
}

} // namespace

void appendPackBits(std::string_view row, std::string& out) {
    std::size_t at = 0;
    while (at < row.size()) {
        const std::size_t run = runAt(row, at);
        if (run >= 2) {
            out += byteOf(static_cast<std::uint32_t>(257 - run));
            out += row[at];
            at += run;
            continue;
        }
        std::size_t end = at + 1; // up to the next run of three: one of two costs as much either way
        while (end < row.size() && end - at < longestPart && runAt(row, end) < 3)
            ++end;
        out += byteOf(static_cast<std::uint32_t>(end - at - 1));
        out += row.substr(at, end - at);
        at = end;
    }
}

PackedChannel packChannel(const Image& image, int channel) {
    PackedChannel packed;
    PsdBytes lengths;
    for (int y = 0; y < image.height(); ++y) {
        const std::size_t before = packed.rows.size();
        appendPackBits(plainRow(image, channel, y), packed.rows);
        lengths.u16(static_cast<std::uint32_t>(packed.rows.size() - before));
    }
    packed.lengths = lengths.bytes();
    return packed;
}

} // namespace cameo
