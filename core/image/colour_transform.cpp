// SPDX-License-Identifier: Apache-2.0
#include "core/image/colour_transform.h"

#include "core/base/error.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <lcms2.h>
#include <limits>

namespace cameo {
namespace {

using Profile = std::unique_ptr<void, decltype([](void* profile) { cmsCloseProfile(profile); })>;

/// The sRGB transfer curve as ICC's parametric type 4 (IEC 61966-2-1).
cmsToneCurve* srgbCurve() {
    const cmsFloat64Number parameters[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
    return cmsBuildParametricToneCurve(nullptr, 4, parameters);
}

Profile openSrgb(ColourModel model) {
    if (model != ColourModel::Grey)
        return Profile(cmsCreate_sRGBProfile());
    cmsToneCurve* curve = srgbCurve();
    Profile profile(cmsCreateGrayProfile(cmsD50_xyY(), curve));
    cmsFreeToneCurve(curve);
    return profile;
}

cmsColorSpaceSignature signatureOf(ColourModel model) {
    switch (model) {
    case ColourModel::Grey:
        return cmsSigGrayData;
    case ColourModel::Cmyk:
        return cmsSigCmykData;
    case ColourModel::Rgb:
        break;
    }
    return cmsSigRgbData;
}

cmsUInt32Number pixelFormat(ColourModel model, const SampleLayout& layout) {
    const cmsUInt32Number space = model == ColourModel::Grey   ? PT_GRAY
                                  : model == ColourModel::Cmyk ? PT_CMYK
                                                               : PT_RGB;
    const cmsUInt32Number channels = model == ColourModel::Grey ? 1 : model == ColourModel::Cmyk ? 4 : 3;
    return COLORSPACE_SH(space) | CHANNELS_SH(channels) | BYTES_SH(layout.type == PixelType::U16 ? 2 : 1) |
           EXTRA_SH(layout.hasAlpha ? 1 : 0) |
           FLAVOR_SH(model == ColourModel::Cmyk && layout.isInkInverted ? 1 : 0);
}

/// Whether a coarse lattice over all colours comes out as it went in, within one 8-bit level.
bool isNearlyIdentity(void* transform, const SampleLayout& layout) {
    constexpr int steps = 9;
    const int colours = layout.model == ColourModel::Grey ? 1 : 3, channels = layout.channels();
    const int count = colours == 1 ? steps * steps * steps : steps * steps * steps;
    const int full = layout.type == PixelType::U16 ? 65535 : 255;
    std::vector<std::uint16_t> wide(static_cast<std::size_t>(count) * channels);
    for (int i = 0; i < count; ++i)
        for (int c = 0; c < channels; ++c) {
            const int step = c == 0 ? i % steps : c == 1 ? i / steps % steps : i / steps / steps;
            wide[i * channels + c] =
                static_cast<std::uint16_t>(colours == 1 ? full * i / (count - 1) : full * step / (steps - 1));
        }
    std::vector<std::uint8_t> narrow(wide.begin(), wide.end());
    std::vector<std::uint16_t> wideOut(wide.size());
    std::vector<std::uint8_t> narrowOut(wide.size());
    if (layout.type == PixelType::U16)
        cmsDoTransform(transform, wide.data(), wideOut.data(), count);
    else {
        cmsDoTransform(transform, narrow.data(), narrowOut.data(), count);
        std::copy(narrowOut.begin(), narrowOut.end(), wideOut.begin());
    }
    const int tolerance = layout.type == PixelType::U16 ? 257 : 1;
    for (std::size_t i = 0; i < wide.size(); ++i)
        if (std::abs(wide[i] - wideOut[i]) > tolerance)
            return false;
    return true;
}

template <typename T>
void convertPlainCmyk(const T* from, T* to, std::size_t pixels, bool isInverted) {
    constexpr std::uint64_t full = std::numeric_limits<T>::max();
    for (std::size_t i = 0; i < pixels; ++i, from += 4, to += 3) {
        const std::uint64_t light = isInverted ? from[3] : full - from[3];
        for (int c = 0; c < 3; ++c)
            to[c] = static_cast<T>(((isInverted ? from[c] : full - from[c]) * light + full / 2) / full);
    }
}

} // namespace

int SampleLayout::channels() const {
    return (model == ColourModel::Grey ? 1 : model == ColourModel::Cmyk ? 4 : 3) + (hasAlpha ? 1 : 0);
}

ColourTransform::ColourTransform(std::span<const std::byte> profile, const SampleLayout& layout)
    : m_layout(layout), m_transform(nullptr, cmsDeleteTransform) {
    if (profile.empty() || profile.size() > std::numeric_limits<cmsUInt32Number>::max())
        return;
    const Profile source(cmsOpenProfileFromMem(profile.data(), static_cast<cmsUInt32Number>(profile.size())));
    open(source.get());
}

ColourTransform::ColourTransform(const PrimariesAndGamma& colours, const SampleLayout& layout)
    : m_layout(layout), m_transform(nullptr, cmsDeleteTransform) {
    cmsToneCurve* curve = cmsBuildGamma(nullptr, colours.gamma);
    cmsToneCurve* curves[3] = {curve, curve, curve};
    const cmsCIExyY white{colours.whiteX, colours.whiteY, 1};
    const cmsCIExyYTRIPLE primaries{{colours.redX, colours.redY, 1},
                                    {colours.greenX, colours.greenY, 1},
                                    {colours.blueX, colours.blueY, 1}};
    const Profile source(layout.model == ColourModel::Grey ? cmsCreateGrayProfile(cmsD50_xyY(), curve)
                                                           : cmsCreateRGBProfile(&white, &primaries, curves));
    cmsFreeToneCurve(curve);
    open(source.get());
}

ColourTransform::~ColourTransform() = default;

void ColourTransform::open(void* profile) {
    if (!profile || cmsGetColorSpace(profile) != signatureOf(m_layout.model))
        return;
    const ColourModel outModel = m_layout.model == ColourModel::Cmyk ? ColourModel::Rgb : m_layout.model;
    const Profile target = openSrgb(outModel);
    m_transform.reset(
        cmsCreateTransform(profile, pixelFormat(m_layout.model, m_layout), target.get(),
                           pixelFormat(outModel, m_layout), INTENT_RELATIVE_COLORIMETRIC,
                           cmsFLAGS_BLACKPOINTCOMPENSATION | (m_layout.hasAlpha ? cmsFLAGS_COPY_ALPHA : 0)));
    if (m_transform && m_layout.model != ColourModel::Cmyk && isNearlyIdentity(m_transform.get(), m_layout))
        m_transform.reset();
}

bool ColourTransform::isIdentity() const {
    return !m_transform && m_layout.model != ColourModel::Cmyk;
}

void ColourTransform::apply(const void* from, void* to, std::size_t pixels) const noexcept {
    const bool isWide = m_layout.type == PixelType::U16;
    if (m_transform)
        cmsDoTransform(m_transform.get(), from, to, static_cast<cmsUInt32Number>(pixels));
    else if (m_layout.model == ColourModel::Cmyk && isWide)
        convertPlainCmyk(static_cast<const std::uint16_t*>(from), static_cast<std::uint16_t*>(to), pixels,
                         m_layout.isInkInverted);
    else if (m_layout.model == ColourModel::Cmyk)
        convertPlainCmyk(static_cast<const std::uint8_t*>(from), static_cast<std::uint8_t*>(to), pixels,
                         m_layout.isInkInverted);
    else if (from != to)
        std::copy_n(static_cast<const std::byte*>(from), pixels * m_layout.channels() * (isWide ? 2 : 1),
                    static_cast<std::byte*>(to));
}

std::vector<std::byte> srgbProfile(ColourModel model) {
    const Profile profile = openSrgb(model);
    cmsUInt32Number size = 0;
    if (profile)
        cmsSetProfileVersion(profile.get(), 2.1); // version 4 profiles upset old viewers
    if (!profile || !cmsSaveProfileToMem(profile.get(), nullptr, &size))
        throw Failure(ErrorCode::Internal, "The sRGB profile cannot be made");
    std::vector<std::byte> bytes(size);
    cmsSaveProfileToMem(profile.get(), bytes.data(), &size);
    // ICC.1 section 7.2.8: year, month, day, hours, minutes, seconds, big-endian. A fixed day keeps exports
    // reproducible.
    constexpr std::uint8_t date[12] = {2000 >> 8, 2000 & 255, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0};
    std::transform(date, date + 12, bytes.begin() + 24, [](std::uint8_t value) { return std::byte{value}; });
    return bytes;
}

} // namespace cameo
