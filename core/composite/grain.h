// SPDX-License-Identifier: Apache-2.0
// The finest detail of a large picture over a fill that was made at a smaller size. Internal to
// core/composite. Pure function, any thread.
#pragma once

#include "core/composite/smooth_fill.h"
#include "core/image/image.h"

namespace cameo {

struct GrainRequest {
    Image photo;           // RGB, with the hole
    Image smooth;          // the same size and type: filled, without the finest detail
    const Hole& hole;      // of both
    const Hole& smallHole; // the hole at the size at which the fill was made; source blocks stay clear of it
    int smallWidth = 0, smallHeight = 0;
};

/// The photo with the hole filled by `smooth` and, on top, windowed blocks of photo - smooth from the known
/// part. Where no block of known pixels exists the fill stays smooth.
Image addGrain(const GrainRequest& request, const Report& report);

} // namespace cameo
