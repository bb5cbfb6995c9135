// SPDX-License-Identifier: Apache-2.0
// The ways in which the patch fill may look at the photo. Internal to core/composite. Pure function, any
// thread.
#pragma once

#include "core/composite/patch_level.h"

namespace cameo {

struct ViewOptions {
    bool isMirrored = true; // also from the photo flipped left to right
    double rotation = 0;    // degrees: also from the photo turned by this and by half of it, to both sides
    double scale = 0;       // share: also from the photo larger and smaller by this
    const Hole& excluded;   // 1 where nothing may be copied from, beside the hole
    int threads = 0;
};

/// The photo as it is (with its large forms, as largeForms makes them), then its other views.
std::vector<PhotoView> makeViews(const FloatPicture& photo, const FloatPicture& forms, const Hole& hole,
                                 const ViewOptions& options);

} // namespace cameo
