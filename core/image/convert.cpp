// SPDX-License-Identifier: Apache-2.0
#include "core/image/convert.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace cameo {
namespace {

/// Calls `f` with the span of the image's own type.
template <typename F>
Image withPixels(const Image& image, F&& f) {
    switch (image.type()) {
    case PixelType::U8:
        return f(image.u8());
    case PixelType::U16:
        return f(image.u16());
    case PixelType::F32:
        break;
    }
    return f(image.f32());
}

std::uint8_t u8FromUnit(float value) {
    return value > 0 ? static_cast<std::uint8_t>(std::min(value, 1.0f) * 255.0f + 0.5f) : std::uint8_t{0};
}

std::uint16_t u16FromUnit(float value) {
    return value > 0 ? static_cast<std::uint16_t>(std::min(value, 1.0f) * 65535.0f + 0.5f) : std::uint16_t{0};
}

template <typename To, typename From, typename F>
Image mapValues(const Image& image, std::span<const From> pixels, F&& f) {
    std::vector<To> values(pixels.size());
    std::transform(pixels.begin(), pixels.end(), values.begin(), f);
    return Image(image.width(), image.height(), image.channels(), std::move(values))
        .withResolution(image.resolution());
}

template <typename T>
constexpr T fullValue() {
    if constexpr (std::is_same_v<T, float>)
        return 1.0f;
    else
        return std::numeric_limits<T>::max();
}

template <typename T>
T valueFromUnit(float value) {
    if constexpr (std::is_same_v<T, float>)
        return value;
    else if constexpr (std::is_same_v<T, std::uint8_t>)
        return u8FromUnit(value);
    else
        return u16FromUnit(value);
}

} // namespace

Image toU8(const Image& image) {
    if (image.isEmpty() || image.type() == PixelType::U8)
        return image;
    if (image.type() == PixelType::U16)
        return mapValues<std::uint8_t>(image, image.u16(), [](std::uint16_t v) {
            return static_cast<std::uint8_t>((v + 128u) / 257u); // 65535 / 255 = 257: nearest level
        });
    return mapValues<std::uint8_t>(image, image.f32(), u8FromUnit);
}

Image toU16(const Image& image) {
    if (image.isEmpty() || image.type() == PixelType::U16)
        return image;
    if (image.type() == PixelType::U8)
        return mapValues<std::uint16_t>(image, image.u8(),
                                        [](std::uint8_t v) { return static_cast<std::uint16_t>(v * 257u); });
    return mapValues<std::uint16_t>(image, image.f32(), u16FromUnit);
}

Image toF32(const Image& image) {
    if (image.isEmpty() || image.type() == PixelType::F32)
        return image;
    if (image.type() == PixelType::U8)
        return mapValues<float>(image, image.u8(),
                                [](std::uint8_t v) { return static_cast<float>(v) / 255.0f; });
    return mapValues<float>(image, image.u16(),
                            [](std::uint16_t v) { return static_cast<float>(v) / 65535.0f; });
}

Image toRgb(const Image& image) {
    if (image.isEmpty() || image.channels() == 3)
        return image;
    return withPixels(image, [&](auto pixels) {
        using T = std::remove_const_t<typename decltype(pixels)::element_type>;
        const int channels = image.channels();
        const std::size_t count = pixels.size() / channels;
        std::vector<T> rgb(count * 3);
        for (std::size_t i = 0; i < count; ++i)
            for (int c = 0; c < 3; ++c)
                rgb[i * 3 + c] = pixels[i * channels + (channels == 4 ? c : 0)];
        return Image(image.width(), image.height(), 3, std::move(rgb)).withResolution(image.resolution());
    });
}

Image withAlpha(const Image& rgb, const Mask& alpha) {
    if (rgb.width() != alpha.width() || rgb.height() != alpha.height())
        throw Failure(ErrorCode::InvalidArgument,
                      cat("The mask is ", alpha.width(), " x ", alpha.height(), " but its picture is ",
                          rgb.width(), " x ", rgb.height()));
    const Image colour = toRgb(rgb);
    return withPixels(colour, [&](auto pixels) {
        using T = std::remove_const_t<typename decltype(pixels)::element_type>;
        const std::size_t count = alpha.alpha().size();
        std::vector<T> rgba(count * 4);
        for (std::size_t i = 0; i < count; ++i) {
            std::copy_n(&pixels[i * 3], 3, &rgba[i * 4]);
            rgba[i * 4 + 3] = valueFromUnit<T>(alpha.alpha()[i]);
        }
        return Image(rgb.width(), rgb.height(), 4, std::move(rgba)).withResolution(rgb.resolution());
    });
}

Mask maskFromImage(const Image& image) {
    if (image.isEmpty())
        return {};
    const Image unit = toF32(image);
    const std::span<const float> pixels = unit.f32();
    const int channels = image.channels();
    std::vector<float> alpha(pixels.size() / channels);
    for (std::size_t i = 0; i < alpha.size(); ++i) {
        const float* pixel = &pixels[i * channels];
        if (image.hasAlpha())
            alpha[i] = pixel[channels - 1];
        else if (channels == 1 || (pixel[0] == pixel[1] && pixel[1] == pixel[2]))
            alpha[i] = pixel[0]; // exact where luma would round
        else
            alpha[i] = 0.2126f * pixel[0] + 0.7152f * pixel[1] + 0.0722f * pixel[2]; // ITU-R BT.709
    }
    return Mask(image.width(), image.height(), std::move(alpha));
}

Image imageFromMask(const Mask& mask, PixelType type) {
    if (mask.isEmpty())
        return {};
    const Image unit(mask.width(), mask.height(), 1,
                     std::vector<float>(mask.alpha().begin(), mask.alpha().end()));
    switch (type) {
    case PixelType::U8:
        return toU8(unit);
    case PixelType::U16:
        return toU16(unit);
    case PixelType::F32:
        break;
    }
    return unit;
}

namespace {

template <typename T>
std::vector<T> cropValues(std::span<const T> pixels, int width, int height, int channels, const Rect& rect) {
    std::vector<T> out(static_cast<std::size_t>(rect.width) * rect.height * channels);
    T* to = out.data();
    for (int row = 0; row < rect.height; ++row) {
        const auto y = static_cast<std::size_t>(std::clamp<long long>(0LL + rect.y + row, 0, height - 1));
        for (int column = 0; column < rect.width; ++column) {
            const auto x =
                static_cast<std::size_t>(std::clamp<long long>(0LL + rect.x + column, 0, width - 1));
            to = std::copy_n(&pixels[(y * width + x) * channels], channels, to);
        }
    }
    return out;
}

void requireArea(const Rect& rect, bool sourceIsEmpty) {
    if (rect.width <= 0 || rect.height <= 0 || sourceIsEmpty)
        throw Failure(ErrorCode::InvalidArgument, cat("Cannot crop to ", rect.width, " x ", rect.height,
                                                      sourceIsEmpty ? " from nothing" : ""));
}

} // namespace

Image crop(const Image& image, const Rect& rect) {
    requireArea(rect, image.isEmpty());
    if (rect == Rect{0, 0, image.width(), image.height()})
        return image;
    return withPixels(image, [&](auto pixels) {
        return Image(rect.width, rect.height, image.channels(),
                     cropValues(pixels, image.width(), image.height(), image.channels(), rect))
            .withResolution(image.resolution());
    });
}

Mask crop(const Mask& mask, const Rect& rect) {
    requireArea(rect, mask.isEmpty());
    return Mask(rect.width, rect.height, cropValues(mask.alpha(), mask.width(), mask.height(), 1, rect));
}

float linearFromSrgb(float value) {
    return value <= 0.04045f ? value / 12.92f : std::pow((value + 0.055f) / 1.055f, 2.4f);
}

float srgbFromLinear(float value) {
    return value <= 0.0031308f ? value * 12.92f : 1.055f * std::pow(value, 1 / 2.4f) - 0.055f;
}

} // namespace cameo
