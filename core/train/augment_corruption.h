// SPDX-License-Identifier: Apache-2.0
// Image-space filtering and corruption of augmentation. Compute thread only.
#pragma once

#include "core/train/augment_draws.h"

namespace cameo::train {

/// ADA's (Karras et al. 2020, appendix B), which help little there: off in its "bgc".
struct CorruptionStrengths {
    double filter = 1;   // standard deviation of the binary logarithm of each frequency band's gain
    double noise = 0.1;  // standard deviation of the noise's standard deviation
    double cutout = 0.5; // side of the erased square as a part of the image's side
};

/// Gains [N, 4] float32 of four frequency bands, the lowest first; each band in turn takes part, and the
/// expected power of a natural image is kept. Undefined when no image changes.
at::Tensor drawBandGains(double strength, AugmentationDraws& draws);

/// images [N, C, R, R] with the gains of their bands, cut with the symmetric wavelet sym2; mirrored at the
/// border pixels' centres. Gains of 1 change nothing.
at::Tensor filterBands(const at::Tensor& images, const at::Tensor& gains);

/// [N, C, R, R] of noise, each image with a standard deviation of its own; undefined for none at all.
at::Tensor drawNoise(double strength, at::IntArrayRef shape, AugmentationDraws& draws);

/// The lines [N, R] float32 that a square with a uniformly drawn centre covers along one axis.
at::Tensor coveredLines(const at::Tensor& centres, long side, double part);

} // namespace cameo::train
