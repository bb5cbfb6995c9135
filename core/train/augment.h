// SPDX-License-Identifier: Apache-2.0
// Differentiable augmentation of real and generated images alike, so that a discriminator cannot learn a
// small data set by heart (Zhao et al. 2020, DiffAugment; Karras et al. 2020, ADA). Compute thread only.
#pragma once

#include "core/net/torch.h"

namespace cameo::train {

struct Augmentation {
    double probability = 0; // of each transformation, per image
    double translate =
        0.125;         // greatest shift as a part of the side; whole pixels, so that nothing is blurred
    double zoom = 0;   // standard deviation of the binary logarithm of the scale; bilinear
    double colour = 1; // strength of brightness, contrast and saturation
    double cutout = 0; // side of the erased square as a part of the image's side; 0: none
};

/// images [N, 3, R, R] -> the same shape. Draws depend on `random` alone. Probability 0 returns `images`
/// itself.
at::Tensor augment(const at::Tensor& images, const Augmentation& options, at::Generator random);

/// Every image that a fair coin picks, mirrored left to right.
at::Tensor mirrorSome(const at::Tensor& images, at::Generator random);

} // namespace cameo::train
