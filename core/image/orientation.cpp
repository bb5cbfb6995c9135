// SPDX-License-Identifier: Apache-2.0
#include "core/image/reading.h"

#include <algorithm>
#include <cstring>

namespace cameo {
namespace {

/// Where the upright pixel (x, y) lies in the stored picture, as steps through its pixels.
struct Walk {
    long long start, perX, perY;
};

Walk walkFor(int orientation, long long width, long long height) {
    const long long right = width - 1, bottom = (height - 1) * width;
    switch (orientation) { // EXIF 2.32, table 6
    case 2:
        return {right, -1, width};
    case 3:
        return {bottom + right, -1, -width};
    case 4:
        return {bottom, 1, -width};
    case 5:
        return {0, width, 1};
    case 6:
        return {bottom, -width, 1};
    case 7:
        return {bottom + right, -width, -1};
    case 8:
        return {right, width, -1};
    default:
        return {0, 1, width};
    }
}

template <typename T>
Image walkPixels(const Image& image, std::span<const T> pixels, int orientation) {
    const bool isTurned = orientation >= 5;
    const int width = isTurned ? image.height() : image.width(),
              height = isTurned ? image.width() : image.height();
    const Walk walk = walkFor(orientation, image.width(), image.height());
    const int channels = image.channels();
    std::vector<T> out(pixels.size());
    T* to = out.data();
    for (long long y = 0; y < height; ++y)
        for (long long x = 0; x < width; ++x)
            to = std::copy_n(
                &pixels[static_cast<std::size_t>(walk.start + x * walk.perX + y * walk.perY) * channels],
                channels, to);
    return Image(width, height, channels, std::move(out)).withResolution(image.resolution());
}

} // namespace

Image applyOrientation(const Image& image, int orientation) {
    if (orientation < 2 || orientation > 8 || image.isEmpty())
        return image;
    switch (image.type()) {
    case PixelType::U8:
        return walkPixels(image, image.u8(), orientation);
    case PixelType::U16:
        return walkPixels(image, image.u16(), orientation);
    case PixelType::F32:
        break;
    }
    return walkPixels(image, image.f32(), orientation);
}

} // namespace cameo
