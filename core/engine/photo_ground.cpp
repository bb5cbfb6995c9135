// SPDX-License-Identifier: Apache-2.0
#include "core/engine/photo_ground.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/composite/composite.h"
#include "core/image/codec.h"
#include "core/image/convert.h"

#include <algorithm>
#include <cmath>

namespace cameo {
namespace {

constexpr double kHoleThreshold = 0.05; // alpha above this counts as person when the hole is made
constexpr double kHoleGrowth = 0.025;   // of the square's side: keeps the person's fringe out of the ground
constexpr double kFadeWidth = 0.06;     // of the square's side

/// 0 at a faded side of the square, 1 inside.
Mask fadeRamp(const GroundCanvas& canvas) {
    const Rect& s = canvas.square;
    const float width = std::max(1.0f, static_cast<float>(kFadeWidth * s.width));
    const bool left = s.x > 0, top = s.y > 0;
    const bool right = s.x + s.width < canvas.ground.width(),
               bottom = s.y + s.height < canvas.ground.height();
    std::vector<float> ramp(static_cast<std::size_t>(s.width) * static_cast<std::size_t>(s.height));
    for (int y = 0; y < s.height; ++y)
        for (int x = 0; x < s.width; ++x) {
            float distance = width;
            if (left)
                distance = std::min(distance, static_cast<float>(x));
            if (right)
                distance = std::min(distance, static_cast<float>(s.width - 1 - x));
            if (top)
                distance = std::min(distance, static_cast<float>(y));
            if (bottom)
                distance = std::min(distance, static_cast<float>(s.height - 1 - y));
            const float t = distance / width;
            ramp[static_cast<std::size_t>(y) * s.width + x] = t * t * (3 - 2 * t);
        }
    return Mask(s.width, s.height, std::move(ramp));
}

Image paste(const Image& base, const Image& patch, const Rect& at) {
    std::vector<std::uint8_t> pixels(base.u8().begin(), base.u8().end());
    const auto from = patch.u8();
    for (int y = 0; y < at.height; ++y) {
        const auto row =
            from.subspan(static_cast<std::size_t>(y) * at.width * 3, static_cast<std::size_t>(at.width) * 3);
        std::copy(row.begin(), row.end(),
                  pixels.begin() + (static_cast<std::ptrdiff_t>(at.y + y) * base.width() + at.x) * 3);
    }
    return Image(base.width(), base.height(), 3, std::move(pixels)).withResolution(base.resolution());
}

bool coversCanvas(const GroundCanvas& canvas) {
    return canvas.square == Rect{0, 0, canvas.ground.width(), canvas.ground.height()};
}

Mask holeOnCanvas(const GroundCanvas& canvas, const Mask& originalMask) {
    const Rect& s = canvas.square;
    const Mask grown =
        growMask(resize(originalMask, s.width, s.height), kHoleThreshold, kHoleGrowth * s.width);
    if (coversCanvas(canvas))
        return grown;
    std::vector<float> hole(static_cast<std::size_t>(canvas.ground.width()) * canvas.ground.height(), 0.0f);
    for (int y = 0; y < s.height; ++y)
        std::copy_n(grown.alpha().begin() + static_cast<std::ptrdiff_t>(y) * s.width, s.width,
                    hole.begin() + static_cast<std::ptrdiff_t>(s.y + y) * canvas.ground.width() + s.x);
    return Mask(canvas.ground.width(), canvas.ground.height(), std::move(hole));
}

} // namespace

Rect centredSquare(const Image& photo) {
    const int side = std::min(photo.width(), photo.height());
    return {(photo.width() - side) / 2, (photo.height() - side) / 2, side, side};
}

GroundCanvas photoCanvas(const PhotoSource& source, int maxSide) {
    Image photo = toU8(toRgb(readImage(source.file)));
    Rect s = source.square;
    if (s.width < 1 || s.width != s.height || s.x < 0 || s.y < 0 || s.x + s.width > photo.width() ||
        s.y + s.height > photo.height())
        throw Failure(ErrorCode::InvalidArgument,
                      cat("The square ", s.x, ",", s.y, " of side ", s.width, " does not lie in '",
                          source.file, "' (", photo.width(), " x ", photo.height(), ")"),
                      "Choose a square inside of the photograph");
    const int longer = std::max(photo.width(), photo.height());
    if (maxSide > 0 && longer > maxSide) {
        const double scale = static_cast<double>(maxSide) / longer;
        const auto scaled = [scale](int v) { return static_cast<int>(std::lround(v * scale)); };
        photo = resize(photo, std::max(1, scaled(photo.width())), std::max(1, scaled(photo.height())));
        s.x = std::min(scaled(s.x), photo.width() - 1);
        s.y = std::min(scaled(s.y), photo.height() - 1);
        s.width = std::clamp(scaled(s.width), 1, std::min(photo.width() - s.x, photo.height() - s.y));
        s.height = s.width;
    }
    return {std::move(photo), s};
}

Image fillPlate(const PlateRequest& request) {
    const GroundCanvas& canvas = request.canvas;
    const Mask hole = holeOnCanvas(canvas, request.originalMask);
    Image plate = toU8(makeFiller()->fill({canvas.ground, hole, request.onProgress, request.stop}));
    if (coversCanvas(canvas))
        return plate;
    const Image faded =
        compositeOver(crop(plate, canvas.square), fadeRamp(canvas), crop(canvas.ground, canvas.square));
    return paste(canvas.ground, faded, canvas.square);
}

Mask alphaOnSquare(const GroundCanvas& canvas, const Mask& mask) {
    const Mask alpha = resize(mask, canvas.square.width, canvas.square.height);
    if (coversCanvas(canvas))
        return alpha;
    const Mask ramp = fadeRamp(canvas);
    std::vector<float> faded(alpha.alpha().begin(), alpha.alpha().end());
    for (std::size_t i = 0; i < faded.size(); ++i)
        faded[i] *= ramp.alpha()[i];
    return Mask(alpha.width(), alpha.height(), std::move(faded));
}

Image compositeOnPlate(const GroundCanvas& canvas, const Image& plate, const Image& person,
                       const Mask& mask) {
    const Rect& s = canvas.square;
    const Image onSquare =
        compositeOver(resize(person, s.width, s.height), alphaOnSquare(canvas, mask), crop(plate, s));
    return paste(plate, onSquare, s);
}

} // namespace cameo
