// SPDX-License-Identifier: Apache-2.0
// Colour transformations of augmentation as one affine map of RGB per image, on values of nominally -1..1.
// Compute thread only.
#pragma once

#include "core/train/augment_draws.h"

namespace cameo::train {

/// ADA's (Karras et al. 2020, appendix B).
struct ColourStrengths {
    double brightness = 0.2; // standard deviation of what is added
    double contrast = 0.5;   // standard deviation of the factor's binary logarithm
    double lumaFlip = 1;     // share of the probability: luma is mirrored and chroma kept, every second time
    double hue = 1;          // greatest rotation about the grey axis in half turns
    double saturation = 1;   // standard deviation of the factor's binary logarithm
};

/// [N, 3, 4] float32 on the CPU: a matrix and, in the last column, an offset. Undefined when no image
/// changes.
at::Tensor drawColour(const ColourStrengths& strengths, AugmentationDraws& draws);

/// images [N, 3, R, R].
at::Tensor recolourImages(const at::Tensor& images, const at::Tensor& matrices);

} // namespace cameo::train
