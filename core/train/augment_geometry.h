// SPDX-License-Identifier: Apache-2.0
// Pixel blitting and general geometry of ADA (Karras et al. 2020, appendix B) as one affine transformation
// per image. Positions are in pixels from the image's centre. Compute thread only.
#pragma once

#include "core/train/augment_draws.h"

namespace cameo::train {

struct GeometryStrengths {
    double flip = 1;         // share of the probability: mirrored left to right, every second time
    double quarterTurns = 1; // share of the probability: turned by 0, 90, 180 or 270 degrees
    double shift = 0.125;    // greatest shift by whole pixels, as a part of the side
    double scale = 0.2;      // standard deviation of the binary logarithm of the scale
    double rotation = 1;     // greatest angle in half turns, before and after stretching
    double stretch = 0.2;    // standard deviation of the binary logarithm; one side grows, the other shrinks
    double drift = 0.125;    // standard deviation of a shift by fractions of a pixel, as a part of the side
};

/// [N, 3, 3] float64 on the CPU, from homogeneous output positions (x, y, 1) to input positions, that is the
/// inverse of what is seen to happen. Undefined when no image moves.
at::Tensor drawGeometry(long side, const GeometryStrengths& strengths, AugmentationDraws& draws);

/// images [N, C, R, R] and matrices as above -> the same shape. What lies outside is mirrored at the border
/// pixels' centres. Images whose matrix is the identity are copied; those that only exchange pixels are
/// gathered, exactly; all others are enlarged twice, sampled bilinearly and halved, with the orthogonal
/// wavelet sym6 as low pass both times, so that whole-pixel moves would be exact there too. Differentiable
/// any number of times with respect to the images.
at::Tensor transformImages(const at::Tensor& images, const at::Tensor& matrices);

/// What transformImages does to images that are not only moved by whole pixels; any matrix.
at::Tensor resampleImages(const at::Tensor& images, const at::Tensor& matrices);

} // namespace cameo::train
