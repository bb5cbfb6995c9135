// SPDX-License-Identifier: Apache-2.0
// Channels as PSD stores them: planar, big-endian, PackBits row by row. Adobe Photoshop File Formats
// Specification, "Channel image data". Internal to this folder. Any thread.
#pragma once

#include "core/image/image.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cameo {

/// Numbers and texts of a PSD, gathered in memory.
class PsdBytes {
  public:
    void u8(std::uint32_t value) { m_bytes += static_cast<char>(value & 255); }
    void u16(std::uint32_t value) {
        u8(value >> 8);
        u8(value);
    }
    void u32(std::uint32_t value) {
        u16(value >> 16);
        u16(value);
    }
    void raw(std::string_view bytes) { m_bytes += bytes; }
    void pad(std::size_t multiple) { m_bytes.resize((m_bytes.size() + multiple - 1) / multiple * multiple); }
    /// The length in 32 bit, then the bytes.
    void block(const std::string& bytes) {
        u32(static_cast<std::uint32_t>(bytes.size()));
        m_bytes += bytes;
    }
    std::size_t size() const { return m_bytes.size(); }
    const std::string& bytes() const { return m_bytes; }

  private:
    std::string m_bytes;
};

/// One row packed: runs of two and more equal bytes are worth a code. TIFF 6.0, section 9.
void appendPackBits(std::string_view row, std::string& out);

/// One channel: the length of each packed row (16 bit), and the rows.
struct PackedChannel {
    std::string lengths, rows;
};

/// `channel` of the picture's own (0 red or grey, ...); one that it lacks is full (alpha of RGB). Grey gives
/// its value for red, green and blue. U8 and U16.
PackedChannel packChannel(const Image& image, int channel);

} // namespace cameo
