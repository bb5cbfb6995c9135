// SPDX-License-Identifier: Apache-2.0
#include "core/composite/composite.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/composite/grain.h"
#include "core/composite/smooth_fill.h"
#include "core/image/convert.h"

#include <algorithm>
#include <cmath>

namespace cameo {
namespace {

constexpr int workingSide =
    2048;                      // larger areas are filled at this size and get their finest detail afterwards
constexpr double margin = 0.5; // of the hole's side: how far around it the ground is looked at

Hole holeFrom(const Mask& mask) {
    Hole hole(mask.alpha().size());
    std::ranges::transform(mask.alpha(), hole.begin(), [](float alpha) { return alpha > 0 ? 1 : 0; });
    return hole;
}

/// The hole's bounding box with a margin, within the picture; empty without a hole.
Rect workingArea(const Hole& hole, int width, int height) {
    int left = width, right = -1, top = height, bottom = -1;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            if (hole[static_cast<std::size_t>(y) * width + x]) {
                left = std::min(left, x), right = std::max(right, x);
                top = std::min(top, y), bottom = std::max(bottom, y);
            }
    if (right < 0)
        return {};
    const int reach = static_cast<int>(margin * std::max(right - left + 1, bottom - top + 1)) + 8;
    left = std::max(0, left - reach), top = std::max(0, top - reach);
    right = std::min(width - 1, right + reach), bottom = std::min(height - 1, bottom + reach);
    return {left, top, right - left + 1, bottom - top + 1};
}

Image toType(const Image& image, PixelType type) {
    switch (type) {
    case PixelType::U8:
        return toU8(image);
    case PixelType::U16:
        return toU16(image);
    case PixelType::F32:
        break;
    }
    return toF32(image);
}

/// Fills at the picture's own size.
Image fillDirectly(const Image& photo, const Hole& hole, const Report& report) {
    const Image unit = toF32(photo);
    FloatPicture filled =
        fillSmoothly({unit.width(), unit.height(), std::vector<float>(unit.f32().begin(), unit.f32().end())},
                     hole, report);
    return toType(Image(unit.width(), unit.height(), 3, std::move(filled.rgb)), photo.type());
}

/// The photo without its hole at the working size, filled, enlarged, and given back its finest detail.
Image fillReduced(const Image& photo, const Mask& holeMask, const Hole& hole, const Report& report) {
    const double scale = static_cast<double>(workingSide) / std::max(photo.width(), photo.height());
    const int width = std::max(1, static_cast<int>(std::lround(photo.width() * scale)));
    const int height = std::max(1, static_cast<int>(std::lround(photo.height() * scale)));
    const Hole smallHole = holeFrom(resize(holeMask, width, height)); // any share of the hole counts
    const Image small = fillDirectly(resize(photo, width, height), smallHole,
                                     [&](double fraction) { report(0.8 * fraction); });
    return addGrain({.photo = photo,
                     .smooth = resize(small, photo.width(), photo.height()),
                     .hole = hole,
                     .smallHole = smallHole,
                     .smallWidth = width,
                     .smallHeight = height},
                    [&](double fraction) { report(0.8 + 0.2 * fraction); });
}

template <typename T>
Image mergeValues(const Image& photo, std::span<const T> known, std::span<const T> fill, const Rect& area,
                  const Hole& hole) {
    std::vector<T> out(known.begin(), known.end());
    for (int y = 0; y < area.height; ++y)
        for (int x = 0; x < area.width; ++x) {
            const std::size_t to = static_cast<std::size_t>(area.y + y) * photo.width() + area.x + x;
            if (hole[to])
                std::copy_n(&fill[(static_cast<std::size_t>(y) * area.width + x) * 3], 3, &out[to * 3]);
        }
    return Image(photo.width(), photo.height(), 3, std::move(out)).withResolution(photo.resolution());
}

/// The photo with the pixels of the hole taken from `fill`, a picture of the area.
Image merge(const Image& photo, const Image& fill, const Rect& area, const Hole& hole) {
    switch (photo.type()) {
    case PixelType::U8:
        return mergeValues(photo, photo.u8(), fill.u8(), area, hole);
    case PixelType::U16:
        return mergeValues(photo, photo.u16(), fill.u16(), area, hole);
    case PixelType::F32:
        break;
    }
    return mergeValues(photo, photo.f32(), fill.f32(), area, hole);
}

Report reportTo(const FillRequest& request) {
    return [&request, last = 0.0](double fraction) mutable {
        if (request.stop.stop_requested())
            throw Failure(ErrorCode::Cancelled, "Filling the ground was stopped");
        last = std::max(last, fraction);
        if (!request.onProgress)
            return;
        Progress progress;
        progress.stage = "fill";
        progress.fraction = last;
        request.onProgress(progress);
    };
}

class SmoothFiller final : public Filler {
  public:
    const char* name() const override { return "smooth"; }

    Image fill(const FillRequest& request) const override {
        const Report report = reportTo(request);
        report(0);
        const Image photo = toRgb(request.photo);
        if (photo.isEmpty() || photo.width() != request.hole.width() ||
            photo.height() != request.hole.height())
            throw Failure(ErrorCode::InvalidArgument,
                          cat("The picture is ", photo.width(), " x ", photo.height(), " but the hole is ",
                              request.hole.width(), " x ", request.hole.height()));
        const Hole hole = holeFrom(request.hole);
        const Rect area = workingArea(hole, photo.width(), photo.height());
        if (area.width == 0)
            return photo;
        const Image part = crop(photo, area);
        const Mask partMask = crop(request.hole, area);
        const Hole partHole = holeFrom(partMask);
        const Image filled = std::max(area.width, area.height) <= workingSide
                                 ? fillDirectly(part, partHole, report)
                                 : fillReduced(part, partMask, partHole, report);
        const Image result = merge(photo, filled, area, hole);
        report(1);
        return result;
    }
};

} // namespace

std::unique_ptr<Filler> makeFiller() {
    return std::make_unique<SmoothFiller>();
}

} // namespace cameo
