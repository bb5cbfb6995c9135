// SPDX-License-Identifier: Apache-2.0
#include "core/image/reading.h"

#include <cmath>
#include <cstdint>

namespace cameo {
namespace {

/// Bounds-checked numbers of either byte order; reading outside gives 0.
class TiffBlock {
  public:
    explicit TiffBlock(std::span<const std::byte> bytes) : m_bytes(bytes) {
        if (bytes.size() < 8)
            return;
        m_isBigEndian = byte(0) == 'M' && byte(1) == 'M';
        m_isValid = (m_isBigEndian || (byte(0) == 'I' && byte(1) == 'I')) && u16(2) == 42;
    }
    bool isValid() const { return m_isValid; }
    std::uint32_t u16(std::size_t at) const { return number(at, 2); }
    std::uint32_t u32(std::size_t at) const { return number(at, 4); }

  private:
    std::uint32_t byte(std::size_t at) const { return std::to_integer<std::uint32_t>(m_bytes[at]); }
    std::uint32_t number(std::size_t at, std::size_t count) const {
        if (at > m_bytes.size() || m_bytes.size() - at < count)
            return 0;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < count; ++i)
            value = value << 8 | byte(at + (m_isBigEndian ? i : count - 1 - i));
        return value;
    }
    std::span<const std::byte> m_bytes;
    bool m_isBigEndian = false, m_isValid = false;
};

constexpr std::uint32_t tagOrientation = 0x0112, tagXResolution = 0x011a, tagResolutionUnit = 0x0128;
constexpr std::uint32_t unitCentimetre = 3;

} // namespace

ExifGeometry readExif(std::span<const std::byte> block) {
    ExifGeometry geometry;
    const TiffBlock tiff(block);
    if (!tiff.isValid())
        return geometry;
    const std::size_t directory = tiff.u32(4);
    double resolution = 0, unit = 1;
    for (std::uint32_t i = 0; i < tiff.u16(directory); ++i) {
        const std::size_t entry = directory + 2 + std::size_t{12} * i;
        const std::uint32_t tag = tiff.u16(entry);
        if (tag == tagOrientation) {
            const std::uint32_t value = tiff.u16(entry + 8);
            geometry.orientation = value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
        } else if (tag == tagXResolution) {
            const std::size_t at = tiff.u32(entry + 8);
            const double denominator = tiff.u32(at + 4);
            resolution = denominator > 0 ? tiff.u32(at) / denominator : 0;
        } else if (tag == tagResolutionUnit) {
            unit = tiff.u16(entry + 8) == unitCentimetre ? 2.54 : 1;
        }
    }
    if (resolution > 0)
        geometry.resolution = resolution * unit;
    return geometry;
}

} // namespace cameo
