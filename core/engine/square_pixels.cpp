// SPDX-License-Identifier: Apache-2.0
#include "core/engine/square_pixels.h"

#include "core/image/codec.h"
#include "core/image/convert.h"

#include <algorithm>

namespace cameo {

std::vector<std::uint8_t> planarSquare(const std::filesystem::path& file, int side) {
    const Image photo = toU8(toRgb(readImage(file)));
    const int shorter = std::min(photo.width(), photo.height());
    const Rect square{(photo.width() - shorter) / 2, (photo.height() - shorter) / 2, shorter, shorter};
    const Image small = resize(crop(photo, square), side, side);
    const std::span<const std::uint8_t> interleaved = small.u8();
    const std::size_t count = interleaved.size() / 3;
    std::vector<std::uint8_t> planar(interleaved.size());
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t channel = 0; channel < 3; ++channel)
            planar[channel * count + i] = interleaved[i * 3 + channel];
    return planar;
}

} // namespace cameo
