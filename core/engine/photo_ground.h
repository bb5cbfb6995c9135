// SPDX-License-Identifier: Apache-2.0
// The canvas that the person is set on: the generated picture itself, or the photograph around the inverted
// square. Pure functions on values, any thread.
#pragma once

#include "core/base/progress.h"
#include "core/document/edit_state.h"
#include "core/image/image.h"

#include <functional>
#include <stop_token>

namespace cameo {

struct GroundCanvas {
    Image ground; // RGB U8, untouched
    Rect square;  // where the generator's picture lies
};

/// Reads the photograph of a state; the longer side is reduced to `maxSide` when that is positive. Throws
/// InvalidArgument when the square does not lie in the photograph.
GroundCanvas photoCanvas(const PhotoSource& source, int maxSide);

/// The largest square in the middle of a photograph.
Rect centredSquare(const Image& photo);

struct PlateRequest {
    GroundCanvas canvas;
    Mask originalMask; // of the unedited picture, any size
    std::function<void(const Progress&)> onProgress;
    std::stop_token stop;
};

/// The canvas with the original person filled in. Near the sides of the square that do not touch the canvas's
/// border the photograph is kept, so that no seam shows where the person goes on outside of the square.
Image fillPlate(const PlateRequest& request);

/// The person's alpha on the square, at the square's size, fading out with the plate at those sides.
Mask alphaOnSquare(const GroundCanvas& canvas, const Mask& mask);

/// The person over the plate.
Image compositeOnPlate(const GroundCanvas& canvas, const Image& plate, const Image& person, const Mask& mask);

} // namespace cameo
