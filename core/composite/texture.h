// SPDX-License-Identifier: Apache-2.0
// Grain and fine texture for a smooth fill. Internal to core/composite. Pure function, any thread.
#pragma once

#include "core/composite/float_picture.h"

#include <functional>

namespace cameo {

struct TextureOptions {
    int block = 32;                                       // side of the copied blocks in px, even
    int candidates = 80;                                  // blocks tried per place
    std::function<void(double fraction)> onProgress = {}; // called now and then; may throw to stop
};

/// Continues `detail` (a picture minus its blurred self, where it is known) into the hole: overlapping blocks
/// from the known part, each the best of some random ones by its overlap with what is there already (after
/// Efros and Freeman 2001, with soft seams). Outside of the hole and where nothing can be copied the result
/// is 0. Halves the block until enough of them fit into the known part.
FloatPicture continueTexture(const FloatPicture& detail, const Hole& hole, TextureOptions options);

} // namespace cameo
