// SPDX-License-Identifier: Apache-2.0
#include "app/train/sheet_png.h"

#include "core/base/crc32.h"
#include "core/base/file.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace cameo::cli {
namespace {

void putBig(std::string& out, std::uint32_t value) { // PNG's numbers begin with the highest byte
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>((value >> shift) & 0xff);
}

void putChunk(std::string& out, const std::string& type, const std::string& content) {
    putBig(out, static_cast<std::uint32_t>(content.size()));
    const std::string body = type + content;
    out += body;
    putBig(out, crc32(std::as_bytes(std::span(body))));
}

std::uint32_t adler32(const std::string& text) { // RFC 1950, section 8.2
    constexpr std::uint32_t prime = 65521;
    std::uint32_t low = 1, high = 0;
    for (const char c : text) {
        low = (low + static_cast<unsigned char>(c)) % prime;
        high = (high + low) % prime;
    }
    return (high << 16) | low;
}

/// zlib's frame around stored blocks.
std::string stored(const std::string& text) {
    constexpr std::size_t mostInBlock = 0xffff;
    std::string out = "\x78\x01";
    for (std::size_t at = 0; at < text.size(); at += mostInBlock) {
        const std::size_t count = std::min(mostInBlock, text.size() - at);
        out += static_cast<char>(at + count == text.size());
        for (const std::size_t value : {count, ~count}) {
            out += static_cast<char>(value & 0xff);
            out += static_cast<char>((value >> 8) & 0xff);
        }
        out.append(text, at, count);
    }
    putBig(out, adler32(text));
    return out;
}

struct Grid {
    long columns = 0, rows = 0;
};

Grid gridFor(long count) {
    const long columns = std::lround(std::ceil(std::sqrt(static_cast<double>(count))));
    return {columns, (count + columns - 1) / columns};
}

/// Rows of RGB bytes, each behind its filter type 0.
std::string pixelsOf(const train::SampleSheet& sheet, const Grid& grid) {
    const auto width = static_cast<std::size_t>(grid.columns * sheet.width) * 3 + 1;
    std::string pixels(width * static_cast<std::size_t>(grid.rows * sheet.height), '\0');
    const long plane = sheet.height * sheet.width;
    for (long i = 0; i < sheet.count; ++i)
        for (long y = 0; y < sheet.height; ++y)
            for (long x = 0; x < sheet.width; ++x)
                for (long c = 0; c < 3; ++c) {
                    const long channel = std::min(c, sheet.channels - 1);
                    const float value = sheet.values[static_cast<std::size_t>(
                        (i * sheet.channels + channel) * plane + y * sheet.width + x)];
                    const auto row = static_cast<std::size_t>(i / grid.columns * sheet.height + y);
                    const auto column = static_cast<std::size_t>(i % grid.columns * sheet.width + x);
                    pixels[row * width + 1 + column * 3 + static_cast<std::size_t>(c)] = static_cast<char>(
                        static_cast<unsigned char>(std::clamp(value * 127.5F + 128.0F, 0.0F, 255.0F)));
                }
    return pixels;
}

} // namespace

std::filesystem::path writeSheet(const std::filesystem::path& folder, const train::SampleSheet& sheet) {
    const Grid grid = gridFor(sheet.count);
    std::string header;
    putBig(header, static_cast<std::uint32_t>(grid.columns * sheet.width));
    putBig(header, static_cast<std::uint32_t>(grid.rows * sheet.height));
    header += std::string("\x08\x02\x00\x00\x00", 5); // 8 bits, RGB
    std::string png = "\x89PNG\r\n\x1a\n";
    putChunk(png, "IHDR", header);
    putChunk(png, "IDAT", stored(pixelsOf(sheet, grid)));
    putChunk(png, "IEND", "");
    std::string number = std::to_string(sheet.images);
    number.insert(0, 9 - std::min<std::size_t>(9, number.size()), '0');
    const std::filesystem::path file = folder / cat("samples", number, ".png");
    writeFileAtomically(file, png);
    return file;
}

} // namespace cameo::cli
