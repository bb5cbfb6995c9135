// SPDX-License-Identifier: Apache-2.0
#include "ui/models/image_convert.h"

#include "core/image/convert.h"

#include <algorithm>

namespace cameo::ui {

namespace {

QImage::Format formatFor(int channels) {
    switch (channels) {
    case 1:
        return QImage::Format_Grayscale8;
    case 3:
        return QImage::Format_RGB888;
    default:
        return QImage::Format_RGBA8888;
    }
}

/// Every `step`-th pixel: enough for a thumbnail, at a cost that does not grow with the picture.
template <typename Pixel>
Image strided(const Image& image, std::span<const Pixel> pixels, int step) {
    const int width = image.width() / step, height = image.height() / step, channels = image.channels();
    std::vector<Pixel> out(static_cast<std::size_t>(width) * height * channels);
    auto target = out.begin();
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const std::size_t from =
                (static_cast<std::size_t>(y) * step * image.width() + static_cast<std::size_t>(x) * step) *
                channels;
            target = std::copy_n(pixels.begin() + static_cast<std::ptrdiff_t>(from), channels, target);
        }
    return Image(width, height, channels, std::move(out));
}

} // namespace

Image subsampled(const Image& image, int step) {
    if (step <= 1)
        return image;
    switch (image.type()) {
    case PixelType::U8:
        return strided(image, image.u8(), step);
    case PixelType::U16:
        return strided(image, image.u16(), step);
    case PixelType::F32:
        break;
    }
    return strided(image, image.f32(), step);
}

QImage toQImage(const Image& image) {
    if (image.isEmpty())
        return {};
    const Image narrow = toU8(image);
    if (narrow.channels() == 2) { // no such QImage format
        QImage out(narrow.width(), narrow.height(), QImage::Format_RGBA8888);
        const auto pixels = narrow.u8();
        for (int y = 0; y < narrow.height(); ++y) {
            uchar* line = out.scanLine(y);
            for (int x = 0; x < narrow.width(); ++x) {
                const std::size_t from = 2 * (static_cast<std::size_t>(y) * narrow.width() + x);
                std::fill_n(line + 4 * x, 3, pixels[from]);
                line[4 * x + 3] = pixels[from + 1];
            }
        }
        return out;
    }
    auto* keepAlive = new std::shared_ptr<const void>(narrow.owner());
    return QImage(
        reinterpret_cast<const uchar*>(narrow.data()), narrow.width(), narrow.height(),
        static_cast<qsizetype>(narrow.width()) * narrow.channels(), formatFor(narrow.channels()),
        [](void* owner) { delete static_cast<std::shared_ptr<const void>*>(owner); }, keepAlive);
}

QImage toQImage(const Mask& mask) {
    if (mask.isEmpty())
        return {};
    QImage out(mask.width(), mask.height(), QImage::Format_Grayscale8);
    for (int y = 0; y < mask.height(); ++y) {
        uchar* line = out.scanLine(y);
        for (int x = 0; x < mask.width(); ++x)
            line[x] = static_cast<uchar>(mask.at(x, y) * 255.0F + 0.5F);
    }
    return out;
}

QImage thumbnail(const Image& image, int side) {
    const int step = std::max(image.width(), image.height()) / (4 * side);
    return toQImage(subsampled(image, step))
        .scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

} // namespace cameo::ui
