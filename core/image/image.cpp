// SPDX-License-Identifier: Apache-2.0
#include "core/image/image.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <tuple>
#include <utility>

namespace cameo {
namespace {

void requireCount(int width, int height, int channels, std::size_t count) {
    if (width <= 0 || height <= 0 || channels < 1 || channels > 4)
        throw Failure(ErrorCode::InvalidArgument, cat("An image of ", width, " x ", height, " with ",
                                                      channels, " channels cannot be made"));
    const std::size_t expected = static_cast<std::size_t>(width) * height * channels;
    if (count != expected)
        throw Failure(ErrorCode::Internal, cat("An image of ", width, " x ", height, " x ", channels,
                                               " needs ", expected, " values, not ", count));
}

std::size_t bytesPerValue(PixelType type) {
    switch (type) {
    case PixelType::U8:
        return 1;
    case PixelType::U16:
        return 2;
    case PixelType::F32:
        return 4;
    }
    return 0;
}

/// The shared vector and where its values begin; the order of evaluation matters, hence a function.
template <typename T>
std::pair<std::shared_ptr<const void>, const std::byte*> share(std::vector<T> pixels) {
    auto owner = std::make_shared<const std::vector<T>>(std::move(pixels));
    const auto* data = reinterpret_cast<const std::byte*>(owner->data());
    return {std::move(owner), data};
}

} // namespace

Image::Image(int width, int height, int channels, std::vector<std::uint8_t> pixels)
    : m_width(width), m_height(height), m_channels(channels), m_type(PixelType::U8) {
    requireCount(width, height, channels, pixels.size());
    std::tie(m_pixels, m_data) = share(std::move(pixels));
}

Image::Image(int width, int height, int channels, std::vector<std::uint16_t> pixels)
    : m_width(width), m_height(height), m_channels(channels), m_type(PixelType::U16) {
    requireCount(width, height, channels, pixels.size());
    std::tie(m_pixels, m_data) = share(std::move(pixels));
}

Image::Image(int width, int height, int channels, std::vector<float> pixels)
    : m_width(width), m_height(height), m_channels(channels), m_type(PixelType::F32) {
    requireCount(width, height, channels, pixels.size());
    std::tie(m_pixels, m_data) = share(std::move(pixels));
}

std::span<const std::uint8_t> Image::u8() const {
    assert(isEmpty() || m_type == PixelType::U8);
    return {reinterpret_cast<const std::uint8_t*>(m_data), byteCount()};
}

std::span<const std::uint16_t> Image::u16() const {
    assert(isEmpty() || m_type == PixelType::U16);
    return {reinterpret_cast<const std::uint16_t*>(m_data), byteCount() / sizeof(std::uint16_t)};
}

std::span<const float> Image::f32() const {
    assert(isEmpty() || m_type == PixelType::F32);
    return {reinterpret_cast<const float*>(m_data), byteCount() / sizeof(float)};
}

const std::byte* Image::data() const {
    return m_data;
}

std::size_t Image::byteCount() const {
    return static_cast<std::size_t>(m_width) * m_height * m_channels * bytesPerValue(m_type);
}

Image Image::withResolution(std::optional<double> pixelsPerInch) const {
    Image copy = *this;
    copy.m_resolution = pixelsPerInch;
    return copy;
}

bool Image::operator==(const Image& other) const {
    if (m_width != other.m_width || m_height != other.m_height || m_channels != other.m_channels ||
        m_type != other.m_type)
        return false;
    return m_data == other.m_data || std::memcmp(m_data, other.m_data, byteCount()) == 0;
}

Mask::Mask(int width, int height, std::vector<float> alpha) : m_width(width), m_height(height) {
    requireCount(width, height, 1, alpha.size());
    for (float& value : alpha)
        value = value > 0 ? std::min(value, 1.0f) : 0.0f; // NaN becomes 0
    m_alpha = std::make_shared<const std::vector<float>>(std::move(alpha));
}

std::span<const float> Mask::alpha() const {
    return m_alpha ? std::span<const float>(*m_alpha) : std::span<const float>();
}

double Mask::coverage() const {
    if (isEmpty())
        return 0;
    double sum = 0;
    for (const float value : *m_alpha)
        sum += value;
    return sum / static_cast<double>(m_alpha->size());
}

bool Mask::operator==(const Mask& other) const {
    return m_width == other.m_width && m_height == other.m_height &&
           std::ranges::equal(alpha(), other.alpha());
}

} // namespace cameo
