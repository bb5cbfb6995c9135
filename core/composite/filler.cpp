// SPDX-License-Identifier: Apache-2.0
#include "core/composite/composite.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/composite/grain.h"
#include "core/composite/patch_fill.h"
#include "core/composite/patch_views.h"
#include "core/composite/smooth_fill.h"
#include "core/image/convert.h"

#include <algorithm>
#include <cmath>

namespace cameo {
namespace {

constexpr int workingSide =
    2048;                      // larger areas are filled at this size and get their finest detail afterwards
constexpr double margin = 1.0; // of the hole's side: how far around it the ground is looked at

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

double setting(const FillRequest& request, const char* name) {
    return parameterValue(fillerParameters(), request.parameters, name);
}

/// The pixels whose centres lie in the sampling area.
Rect samplingArea(const FillRequest& request) {
    const auto first = [&](const char* name, int size) {
        return static_cast<int>(std::ceil(setting(request, name) / 100 * size - 0.5));
    };
    const int left = first("sample-left", request.photo.width());
    const int top = first("sample-top", request.photo.height());
    return {left, top, std::max(0, first("sample-right", request.photo.width()) - left),
            std::max(0, first("sample-bottom", request.photo.height()) - top)};
}

/// The smallest rectangle around two.
Rect united(const Rect& a, const Rect& b) {
    const int left = std::min(a.x, b.x), top = std::min(a.y, b.y);
    return {left, top, std::max(a.x + a.width, b.x + b.width) - left,
            std::max(a.y + a.height, b.y + b.height) - top};
}

/// Where nothing may be copied from: a band around the hole, and what lies outside of the sampling area, in a
/// part of the photo.
Hole excludedFrom(const FillRequest& request, const Mask& hole, const Rect& area, const Rect& sampling) {
    const int shorter = std::min(request.photo.width(), request.photo.height());
    Hole excluded = holeFrom(growMask(hole, 0, setting(request, "exclude") / 100 * shorter));
    for (int y = 0; y < area.height; ++y)
        for (int x = 0; x < area.width; ++x) {
            const int dx = area.x + x - sampling.x, dy = area.y + y - sampling.y;
            if (dx < 0 || dy < 0 || dx >= sampling.width || dy >= sampling.height)
                excluded[static_cast<std::size_t>(y) * area.width + x] = 1;
        }
    return excluded;
}

/// A part of the photo, at the size at which it is filled.
struct Part {
    Image photo;
    Hole hole, excluded;
    std::function<void(const Image& rough)> onPreview; // of this size
};

FloatPicture pictureOf(const Image& image) {
    const Image unit = toF32(image);
    return {unit.width(), unit.height(), std::vector<float>(unit.f32().begin(), unit.f32().end())};
}

Image imageOf(FloatPicture picture, PixelType type) {
    return toType(Image(picture.width, picture.height, 3, std::move(picture.rgb)), type);
}

/// Patches of the ground where it has enough contrast to show them, else (or where no patch is left) a smooth
/// surface with grain.
Image fillPart(const Part& part, const FillRequest& request, const Report& report) {
    const FloatPicture photo = pictureOf(part.photo);
    const PixelType type = part.photo.type();
    if (std::ranges::find(part.hole, 0) == part.hole.end())
        return imageOf(fillSmoothly(photo, part.hole, report), type);
    const FloatPicture forms = largeForms(photo, part.hole, report);
    if (contrastOf(photo, forms, part.hole) * 255 >= setting(request, "smooth-below")) {
        const std::vector<PhotoView> views = makeViews(photo, forms, part.hole,
                                                       {.isMirrored = setting(request, "mirror") >= 0.5,
                                                        .rotation = setting(request, "rotation"),
                                                        .scale = setting(request, "scale") / 100,
                                                        .excluded = part.excluded,
                                                        .threads = request.threads});
        PatchFillOptions options{.layoutWeight = setting(request, "layout"),
                                 .heightCost = setting(request, "layering"),
                                 .colourReach = setting(request, "colour-adaptation") / 255,
                                 .quality = setting(request, "quality"),
                                 .seed = static_cast<std::uint32_t>(setting(request, "seed")),
                                 .threads = request.threads,
                                 .report = report};
        if (part.onPreview)
            options.onPreview = [&](const FloatPicture& rough) { part.onPreview(imageOf(rough, type)); };
        FloatPicture filled = fillWithPatches(views, options);
        if (!filled.rgb.empty())
            return imageOf(std::move(filled), type);
    }
    if (part.onPreview)
        part.onPreview(imageOf(forms, type));
    return imageOf(fillSmoothly(photo, part.hole, report), type);
}

/// The part without its hole at the working size, filled, enlarged, and given back its finest detail.
Image fillReduced(const Part& part, const FillRequest& request, const Report& report) {
    const int width = part.photo.width(), height = part.photo.height();
    const double scale = static_cast<double>(workingSide) / std::max(width, height);
    const int smallWidth = std::max(1, static_cast<int>(std::lround(width * scale)));
    const int smallHeight = std::max(1, static_cast<int>(std::lround(height * scale)));
    const auto reduced = [&](const Hole& hole) { // any share of the hole counts
        const Mask mask(width, height, std::vector<float>(hole.begin(), hole.end()));
        return holeFrom(resize(mask, smallWidth, smallHeight));
    };
    Part small{resize(part.photo, smallWidth, smallHeight), reduced(part.hole), reduced(part.excluded), {}};
    if (part.onPreview)
        small.onPreview = [&](const Image& rough) { part.onPreview(resize(rough, width, height)); };
    const Image filled = fillPart(small, request, [&](double fraction) { report(0.8 * fraction); });
    return addGrain({.photo = part.photo,
                     .smooth = resize(filled, width, height),
                     .hole = part.hole,
                     .smallHole = small.hole,
                     .smallWidth = smallWidth,
                     .smallHeight = smallHeight},
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

class ContentAwareFiller final : public Filler {
  public:
    const char* name() const override { return "content-aware"; }

    Image fill(const FillRequest& request) const override {
        checkParameters(fillerParameters(), request.parameters);
        const Report report = reportTo(request);
        report(0);
        const Image photo = toRgb(request.photo);
        if (photo.isEmpty() || photo.width() != request.hole.width() ||
            photo.height() != request.hole.height())
            throw Failure(ErrorCode::InvalidArgument,
                          cat("The picture is ", photo.width(), " x ", photo.height(), " but the hole is ",
                              request.hole.width(), " x ", request.hole.height()));
        const Hole hole = holeFrom(request.hole);
        const Rect nearby = workingArea(hole, photo.width(), photo.height());
        if (nearby.width == 0)
            return photo;
        const Rect sampling = samplingArea(request);
        const bool isChosen = sampling != Rect{0, 0, photo.width(), photo.height()} && sampling.width > 0 &&
                              sampling.height > 0;
        const Rect area = isChosen ? united(nearby, sampling) : nearby;
        const Mask partMask = crop(request.hole, area);
        Part part{crop(photo, area), holeFrom(partMask), excludedFrom(request, partMask, area, sampling), {}};
        if (request.onPreview)
            part.onPreview = [&](const Image& rough) { request.onPreview(merge(photo, rough, area, hole)); };
        const Image filled = std::max(area.width, area.height) <= workingSide
                                 ? fillPart(part, request, report)
                                 : fillReduced(part, request, report);
        const Image result = merge(photo, filled, area, hole);
        report(1);
        return result;
    }
};

} // namespace

std::unique_ptr<Filler> makeFiller() {
    return std::make_unique<ContentAwareFiller>();
}

} // namespace cameo
