// SPDX-License-Identifier: Apache-2.0
#include "tests/support/image_compare.h"

#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cameo::test {
namespace {

template <typename T>
void measure(std::span<const T> a, std::span<const T> b, double full, ImageDifference& difference) {
    double squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
        difference.maximum = std::max(difference.maximum, d);
        squares += d * d;
    }
    const double mean = a.empty() ? 0 : squares / static_cast<double>(a.size());
    difference.psnr =
        mean > 0 ? 10 * std::log10(full * full / mean) : std::numeric_limits<double>::infinity();
}

} // namespace

std::string ImageDifference::text() const {
    return isComparable ? cat("maximum ", maximum, ", PSNR ", psnr, " dB")
                        : "different size, channels or type";
}

ImageDifference compareImages(const Image& a, const Image& b) {
    ImageDifference difference;
    difference.isComparable = a.width() == b.width() && a.height() == b.height() &&
                              a.channels() == b.channels() && a.type() == b.type();
    if (!difference.isComparable)
        return difference;
    switch (a.type()) {
    case PixelType::U8:
        measure(a.u8(), b.u8(), 255, difference);
        break;
    case PixelType::U16:
        measure(a.u16(), b.u16(), 65535, difference);
        break;
    case PixelType::F32:
        measure(a.f32(), b.f32(), 1, difference);
        break;
    }
    return difference;
}

Image makeTestPicture(int width, int height, int channels) {
    std::vector<std::uint8_t> pixels;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const int values[4] = {x * 255 / std::max(1, width - 1), y * 255 / std::max(1, height - 1),
                                   (x * 7 + y * 13) % 256, (x * y * 3 + 40) % 256};
            for (int c = 0; c < channels; ++c) // the last channel of grey and alpha is the alpha
                pixels.push_back(static_cast<std::uint8_t>(values[channels == 2 && c == 1 ? 3 : c]));
        }
    return Image(width, height, channels, std::move(pixels));
}

Image makeTestPicture16(int width, int height, int channels) {
    const Image narrow = makeTestPicture(width, height, channels);
    std::vector<std::uint16_t> pixels;
    for (const std::uint8_t value : narrow.u8())
        pixels.push_back(static_cast<std::uint16_t>(std::min(65535, value * 257 + value % 101)));
    return Image(width, height, channels, std::move(pixels));
}

Mask makeDiscMask(int width, int height, double radius, double edge) {
    std::vector<float> alpha;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const double distance = std::hypot(x + 0.5 - width / 2.0, y + 0.5 - height / 2.0);
            alpha.push_back(static_cast<float>(edge > 0
                                                   ? std::clamp((radius - distance) / edge + 0.5, 0.0, 1.0)
                                               : distance < radius ? 1.0
                                                                   : 0.0));
        }
    return Mask(width, height, std::move(alpha));
}

} // namespace cameo::test
