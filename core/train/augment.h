// SPDX-License-Identifier: Apache-2.0
// Differentiable augmentation of real and generated images alike, so that a discriminator cannot learn a
// small data set by heart: a light pipeline for small images (after Zhao et al. 2020, DiffAugment) and the
// adaptive one of Karras et al. 2020 (ADA), section 2.2 and appendix B. Every stage is linear in the images
// apart from an offset, and differentiable twice, as R1 on augmented images needs. Compute thread only.
#pragma once

#include "core/train/augment_colour.h"
#include "core/train/augment_corruption.h"
#include "core/train/augment_geometry.h"

namespace cameo::train {

enum class AugmentationPipeline {
    Light, // whole-pixel shifts, zoom, mild colours, cutout
    Bgc,   // ADA's pixel blitting, geometry and colour
    Full   // and its image-space filtering and corruption
};

struct LightStrengths {
    double translate = 0.125; // greatest shift as a part of the side; whole pixels, so that nothing blurs
    double zoom = 0;          // standard deviation of the binary logarithm of the scale; resampled
    double colour = 1;        // of brightness, contrast and saturation
    double cutout = 0;        // side of the erased square as a part of the image's side; 0: none
};

struct Augmentation {
    double probability = 0; // of each transformation, per image
    AugmentationPipeline pipeline = AugmentationPipeline::Light;
    LightStrengths light;
    GeometryStrengths geometry; // these three of Bgc and Full
    ColourStrengths colour;
    CorruptionStrengths corruption;
};

/// What happens to each image of a batch, drawn before the images exist, so that parts of a batch get what
/// the whole would have got. Undefined tensors: nothing of that kind happens to any image.
struct AugmentationPlan {
    at::Tensor geometry;      // [N, 3, 3], see augment_geometry.h
    at::Tensor colour;        // [N, 3, 4], see augment_colour.h
    at::Tensor bands;         // [N, 4], see augment_corruption.h
    at::Tensor noise;         // [N, C, R, R], added
    at::Tensor rows, columns; // [N, R], 1 inside of the erased square

    /// The plan of these images alone; `indices` [M] int64.
    AugmentationPlan select(const at::Tensor& indices) const;
};

struct BatchShape {
    long count = 0, channels = 3, side = 0;
};
/// Draws depend on `random` alone, which is moved on.
AugmentationPlan planAugmentation(const BatchShape& batch, const Augmentation& options, at::Generator random);
/// images [N, C, R, R] -> the same shape; without anything to do, `images` itself.
at::Tensor augment(const at::Tensor& images, const AugmentationPlan& plan);
/// Both at once.
at::Tensor augment(const at::Tensor& images, const Augmentation& options, at::Generator random);

/// Every image that a fair coin picks, mirrored left to right.
at::Tensor mirrorSome(const at::Tensor& images, at::Generator random);

} // namespace cameo::train
