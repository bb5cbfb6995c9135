// SPDX-License-Identifier: Apache-2.0
// A hole filled with patches of the known picture, coarse to fine. Internal to core/composite. Pure function,
// any thread.
#pragma once

#include "core/composite/patch_level.h"
#include "core/composite/smooth_fill.h"

#include <cstdint>
#include <functional>

namespace cameo {

struct PatchFillOptions {
    double layoutWeight =
        0;                 // of differences between the large forms of the two places, beside those of colour
    double heightCost = 0; // of a patch from the other end of the height, squared grey levels
    double colourReach = 0; // how far lighting is adapted, 0..1 units
    double quality = 1;     // multiplies the number of passes
    std::uint32_t seed = 1;
    int threads = 0; // 0: all of the machine; the result does not depend on it
    Report report;
    std::function<void(const FloatPicture& rough)> onPreview = {}; // coarse, then finer; of the view's size
};

/// The first view's picture with its hole filled; known pixels stay. Empty when nothing can be copied.
FloatPicture fillWithPatches(const std::vector<PhotoView>& views, const PatchFillOptions& options);

} // namespace cameo
