// SPDX-License-Identifier: Apache-2.0
#include "core/composite/composite.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/image/convert.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <type_traits>

namespace cameo {
namespace {

template <typename T>
constexpr float fullValue = std::is_same_v<T, float> ? 1.0f
                                                     : static_cast<float>(std::numeric_limits<T>::max());

/// Linear light of every 8-bit level, and the level nearest to a linear light in 1/65535.
struct LightTable {
    std::array<float, 256> light;
    std::array<std::uint8_t, 65536> level;
    LightTable() {
        for (int i = 0; i < 256; ++i)
            light[i] = linearFromSrgb(static_cast<float>(i) / 255.0f);
        for (int i = 0; i < 65536; ++i)
            level[i] =
                static_cast<std::uint8_t>(srgbFromLinear(static_cast<float>(i) / 65535.0f) * 255.0f + 0.5f);
    }
};

template <typename T>
T mix(T person, T ground, float alpha, const LightTable& table) {
    if constexpr (std::is_same_v<T, std::uint8_t>) {
        const float light = table.light[ground] + alpha * (table.light[person] - table.light[ground]);
        return table.level[static_cast<std::size_t>(light * 65535.0f + 0.5f)];
    } else {
        const float a = linearFromSrgb(static_cast<float>(person) / fullValue<T>);
        const float b = linearFromSrgb(static_cast<float>(ground) / fullValue<T>);
        const float value = srgbFromLinear(b + alpha * (a - b)) * fullValue<T>;
        if constexpr (std::is_same_v<T, float>)
            return value;
        else
            return static_cast<T>(std::clamp(value, 0.0f, fullValue<T>) + 0.5f);
    }
}

/// Where alpha is 0 or 1 the pixels are copied, so that what is not mixed stays exactly what it was.
template <typename T>
std::vector<T> mixAll(std::span<const T> person, std::span<const float> alpha, std::span<const T> ground) {
    static const LightTable table;
    std::vector<T> out(ground.begin(), ground.end());
    for (std::size_t i = 0; i < alpha.size(); ++i) {
        if (alpha[i] <= 0.0f)
            continue;
        if (alpha[i] >= 1.0f)
            std::copy_n(&person[i * 3], 3, &out[i * 3]);
        else
            for (std::size_t c = i * 3; c < i * 3 + 3; ++c)
                out[c] = mix(person[c], ground[c], alpha[i], table);
    }
    return out;
}

void requireSameSize(const char* what, int width, int height, const Mask& alpha) {
    if (width != alpha.width() || height != alpha.height() || alpha.isEmpty())
        throw Failure(ErrorCode::InvalidArgument,
                      cat("The ", what, " is ", width, " x ", height, " but the mask is ", alpha.width(),
                          " x ", alpha.height()));
}

/// Continues colours into pixels of alpha 0 that lie within `bleed` px of others, and blackens the rest.
/// RGBA.
template <typename T>
std::vector<T> bleedColours(std::span<const T> pixels, int width, int height, int bleed) {
    std::vector<T> out(pixels.begin(), pixels.end());
    cv::Mat isClear(height, width, CV_8U), distance, nearest;
    std::uint8_t* clear = isClear.ptr();
    for (std::size_t i = 0; i < isClear.total(); ++i)
        clear[i] = pixels[i * 4 + 3] == T{} ? 255 : 0;
    const auto clearCount = static_cast<std::size_t>(cv::countNonZero(isClear));
    if (clearCount == 0)
        return out;
    std::vector<std::size_t> source; // pixel by label
    if (clearCount < isClear.total()) {
        cv::distanceTransform(isClear, distance, nearest, cv::DIST_L2, cv::DIST_MASK_5, cv::DIST_LABEL_PIXEL);
        source.resize(isClear.total() - clearCount + 1);
        for (std::size_t i = 0; i < isClear.total(); ++i)
            if (!clear[i])
                source[nearest.ptr<int>()[i]] = i;
    }
    for (std::size_t i = 0; i < isClear.total(); ++i) {
        if (!clear[i])
            continue;
        if (!source.empty() && distance.ptr<float>()[i] <= static_cast<float>(bleed))
            std::copy_n(&pixels[source[nearest.ptr<int>()[i]] * 4], 3, &out[i * 4]);
        else
            std::fill_n(&out[i * 4], 3, T{});
    }
    return out;
}

} // namespace

Image compositeOver(const Image& person, const Mask& alpha, const Image& ground) {
    requireSameSize("person", person.width(), person.height(), alpha);
    requireSameSize("ground", ground.width(), ground.height(), alpha);
    const Image below = toRgb(ground);
    const auto make = [&](const Image& above, auto values) {
        using T = std::remove_const_t<typename decltype(values)::element_type>;
        std::span<const T> top;
        if constexpr (std::is_same_v<T, std::uint8_t>)
            top = above.u8();
        else if constexpr (std::is_same_v<T, std::uint16_t>)
            top = above.u16();
        else
            top = above.f32();
        return Image(below.width(), below.height(), 3, mixAll(top, alpha.alpha(), values))
            .withResolution(ground.resolution());
    };
    switch (ground.type()) {
    case PixelType::U8:
        return make(toU8(toRgb(person)), below.u8());
    case PixelType::U16:
        return make(toU16(toRgb(person)), below.u16());
    case PixelType::F32:
        break;
    }
    return make(toF32(toRgb(person)), below.f32());
}

Image cutOut(const Image& person, const Mask& alpha, int bleed) {
    requireSameSize("person", person.width(), person.height(), alpha);
    const Image rgba = withAlpha(person, alpha);
    const auto make = [&](auto values) {
        return Image(rgba.width(), rgba.height(), 4, bleedColours(values, rgba.width(), rgba.height(), bleed))
            .withResolution(person.resolution());
    };
    switch (rgba.type()) {
    case PixelType::U8:
        return make(rgba.u8());
    case PixelType::U16:
        return make(rgba.u16());
    case PixelType::F32:
        break;
    }
    return make(rgba.f32());
}

} // namespace cameo
