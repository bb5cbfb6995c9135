// SPDX-License-Identifier: Apache-2.0
// From the colours of a file to sRGB, row by row. For core/image and the profiles of core/interchange. One
// object per thread.
#pragma once

#include "core/image/image.h"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace cameo {

enum class ColourModel { Grey, Rgb, Cmyk };

/// How the samples of a file lie in memory.
struct SampleLayout {
    ColourModel model = ColourModel::Rgb;
    bool hasAlpha = false;          // not with Cmyk
    bool isInkInverted = false;     // Cmyk as Adobe writes it into JPEG: 0 is full ink
    PixelType type = PixelType::U8; // U8 or U16

    int channels() const;
};

/// Chromaticities and transfer curve as PNG's cHRM and gAMA chunks give them.
struct PrimariesAndGamma {
    double whiteX = 0.3127, whiteY = 0.329;
    double redX = 0.64, redY = 0.33, greenX = 0.3, greenY = 0.6, blueX = 0.15, blueY = 0.06;
    double gamma = 2.2; // exponent of the display
};

class ColourTransform {
  public:
    /// From an ICC profile to sRGB. A profile that is absent, broken or made for another colour model is
    /// ignored; one that equals sRGB within one 8-bit level leaves the samples as they are.
    ColourTransform(std::span<const std::byte> profile, const SampleLayout& layout);
    ColourTransform(const PrimariesAndGamma& colours, const SampleLayout& layout);
    ~ColourTransform();
    ColourTransform(const ColourTransform&) = delete;
    ColourTransform& operator=(const ColourTransform&) = delete;

    /// True when apply() would only copy.
    bool isIdentity() const;
    /// Grey and RGB keep their layout (and may be converted in place); CMYK becomes RGB of the same type.
    void apply(const void* from, void* to, std::size_t pixels) const noexcept;

  private:
    void open(void* profile);
    SampleLayout m_layout;
    std::unique_ptr<void, void (*)(void*)> m_transform;
};

/// An sRGB profile (version 2.1, RGB or grey) whose bytes are the same every time.
std::vector<std::byte> srgbProfile(ColourModel model);

} // namespace cameo
