// SPDX-License-Identifier: Apache-2.0
#include "core/train/augment_colour.h"

#include <cmath>

namespace cameo::train {
namespace {

/// The share of a colour that lies on the grey axis: v v^T with v = (1, 1, 1) / sqrt(3).
at::Tensor greyPart() {
    return at::full({1, 3, 3}, 1.0 / 3, at::kDouble);
}

/// [N] -> [N, 1, 1]
at::Tensor perImage(const at::Tensor& values) {
    return values.view({-1, 1, 1});
}

/// Rotation about the grey axis (Rodrigues' formula).
at::Tensor hueRotation(const at::Tensor& angle) {
    const double s = 1 / std::sqrt(3.0);
    at::Tensor cross = at::zeros({1, 3, 3}, at::kDouble);
    auto access = cross.accessor<double, 3>();
    access[0][0][1] = access[0][1][2] = access[0][2][0] = -s;
    access[0][0][2] = access[0][1][0] = access[0][2][1] = s;
    const at::Tensor cosine = perImage(angle.cos()), sine = perImage(angle.sin());
    return at::eye(3, at::kDouble) * cosine + cross * sine + greyPart() * (1 - cosine);
}

} // namespace

at::Tensor drawColour(const ColourStrengths& strengths, AugmentationDraws& draws) {
    const at::Tensor identity = at::eye(3, at::kDouble), grey = greyPart();
    const at::Tensor brightness = perImage(draws.some(draws.normal() * strengths.brightness, 0));
    const at::Tensor contrast = perImage(at::exp2(draws.some(draws.normal() * strengths.contrast, 0)));
    at::Tensor matrix = identity * contrast;
    // Householder's reflection in the plane of equal luma.
    const at::Tensor flipped = perImage(draws.some((draws.uniform() * 2).floor(), 0, strengths.lumaFlip));
    matrix = at::bmm(identity - grey * (2 * flipped), matrix);
    matrix = at::bmm(hueRotation(draws.some(draws.within(M_PI * strengths.hue), 0)), matrix);
    const at::Tensor saturation = perImage(at::exp2(draws.some(draws.normal() * strengths.saturation, 0)));
    matrix = at::bmm(grey + (identity - grey) * saturation, matrix);
    // Brightness comes first: M (x + b).
    const at::Tensor offset = at::bmm(matrix, brightness.expand({-1, 3, 1}));
    const at::Tensor whole = at::cat({matrix, offset}, 2);
    const at::Tensor still = at::cat({identity, at::zeros({3, 1}, at::kDouble)}, 1);
    return (whole - still).abs().max().item<double>() == 0 ? at::Tensor() : whole.to(at::kFloat);
}

at::Tensor recolourImages(const at::Tensor& images, const at::Tensor& matrices) {
    const at::Tensor there = matrices.to(images.device());
    const at::Tensor flat = images.reshape({images.size(0), images.size(1), -1});
    return at::baddbmm(there.narrow(2, 3, 1), there.narrow(2, 0, 3), flat).view(images.sizes());
}

} // namespace cameo::train
