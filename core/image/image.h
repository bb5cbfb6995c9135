// SPDX-License-Identifier: Apache-2.0
// Pictures and masks as immutable values that share their pixels: cheap to copy, safe to hand to another
// thread. Colours are sRGB with straight (unassociated) alpha; other profiles are converted when a file is
// read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace cameo {

enum class PixelType { U8, U16, F32 }; // F32: 0..1 nominal, not clamped

/// Row-major, interleaved, no padding between rows. Channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
class Image {
  public:
    Image() = default; // 0 x 0
    Image(int width, int height, int channels, std::vector<std::uint8_t> pixels);
    Image(int width, int height, int channels, std::vector<std::uint16_t> pixels);
    Image(int width, int height, int channels, std::vector<float> pixels);

    int width() const { return m_width; }
    int height() const { return m_height; }
    int channels() const { return m_channels; }
    PixelType type() const { return m_type; }
    bool isEmpty() const { return m_width == 0; }
    bool hasAlpha() const { return m_channels == 2 || m_channels == 4; }

    /// Pixels of the matching type; asserts that the type is right.
    std::span<const std::uint8_t> u8() const;
    std::span<const std::uint16_t> u16() const;
    std::span<const float> f32() const;
    /// Keeps the pixels alive, for wrapping without a copy.
    std::shared_ptr<const void> owner() const { return m_pixels; }
    const std::byte* data() const;
    std::size_t byteCount() const;

    /// Pixels per inch, where the file said so.
    std::optional<double> resolution() const { return m_resolution; }
    Image withResolution(std::optional<double> pixelsPerInch) const;

    bool operator==(const Image& other) const; // size, type and every byte

  private:
    int m_width = 0, m_height = 0, m_channels = 0;
    PixelType m_type = PixelType::U8;
    std::shared_ptr<const void> m_pixels;
    const std::byte* m_data = nullptr;
    std::optional<double> m_resolution;
};

/// A soft mask: 0 ground, 1 person.
class Mask {
  public:
    Mask() = default;
    Mask(int width, int height, std::vector<float> alpha); // values are clamped to 0..1
    int width() const { return m_width; }
    int height() const { return m_height; }
    bool isEmpty() const { return m_width == 0; }
    std::span<const float> alpha() const;
    float at(int x, int y) const { return alpha()[static_cast<std::size_t>(y) * m_width + x]; }
    /// Mean of alpha, 0..1.
    double coverage() const;
    bool operator==(const Mask& other) const;

  private:
    int m_width = 0, m_height = 0;
    std::shared_ptr<const std::vector<float>> m_alpha;
};

/// A rectangle in pixels; may reach outside of its picture.
struct Rect {
    int x = 0, y = 0, width = 0, height = 0;
    bool operator==(const Rect&) const = default;
};

} // namespace cameo
