// SPDX-License-Identifier: Apache-2.0
#include "core/train/augment.h"

namespace cameo::train {
namespace {

/// 1 for images that take part, 0 for the others, [N] float32 on the CPU.
at::Tensor chosen(long count, double probability, at::Generator& random) {
    return at::rand({count}, random, at::kFloat).lt(probability).to(at::kFloat);
}

at::Tensor uniform(long count, double reach, at::Generator& random) {
    return (at::rand({count}, random, at::kFloat) * 2 - 1) * reach;
}

/// Rows [N, 2, 3] that map output to input coordinates in -1..1, as at::affine_grid_generator wants them.
at::Tensor geometry(long count, long side, const Augmentation& options, at::Generator& random) {
    const at::Tensor moves = chosen(count, options.probability, random);
    const auto shift = [&] {
        // Whole pixels; a pixel is 2 / side wide in these coordinates.
        return (uniform(count, options.translate * side, random) * moves).round() * (2.0 / side);
    };
    const at::Tensor x = shift(), y = shift();
    at::Tensor scale = at::ones({count}, at::kFloat);
    if (options.zoom > 0) {
        const at::Tensor zooms = chosen(count, options.probability, random);
        scale = at::exp2(at::randn({count}, random, at::kFloat) * options.zoom * zooms);
    }
    const at::Tensor zero = at::zeros({count}, at::kFloat);
    return at::stack({at::stack({scale, zero, x}, 1), at::stack({zero, scale, y}, 1)}, 1);
}

at::Tensor moved(const at::Tensor& images, const Augmentation& options, at::Generator& random) {
    const at::Tensor rows = geometry(images.size(0), images.size(2), options, random).to(images.device());
    const at::Tensor grid = at::affine_grid_generator(rows, images.sizes(), false);
    const int64_t bilinear = 0, reflection = 2;
    return at::grid_sampler_2d(images, grid, bilinear, reflection, false);
}

/// Brightness, contrast and saturation as one matrix and offset per image.
at::Tensor recoloured(const at::Tensor& images, const Augmentation& options, at::Generator& random) {
    const long count = images.size(0);
    const double strength = options.colour;
    const auto some = [&] { return chosen(count, options.probability, random); };
    const at::Tensor brightness = uniform(count, 0.3 * strength, random) * some();
    const at::Tensor contrast = at::exp2(uniform(count, 0.5 * strength, random) * some());
    const at::Tensor saturation = at::exp2(uniform(count, 1.0 * strength, random) * some());
    // saturation * I + (1 - saturation) * mean of the channels, then contrast.
    const at::Tensor identity = at::eye(3, at::kFloat).unsqueeze(0);
    const at::Tensor grey = at::full({1, 3, 3}, 1.0 / 3, at::kFloat);
    const at::Tensor s = saturation.view({count, 1, 1});
    const at::Tensor matrix = (identity * s + grey * (1 - s)) * contrast.view({count, 1, 1});
    const at::Tensor flat = images.reshape({count, 3, -1});
    const at::Tensor offset = brightness.view({count, 1, 1}).to(images.device());
    return (at::bmm(matrix.to(images.device()), flat) + offset).view(images.sizes());
}

at::Tensor erased(const at::Tensor& images, const Augmentation& options, at::Generator& random) {
    const long count = images.size(0), side = images.size(2);
    const at::Tensor some = chosen(count, options.probability, random).view({count, 1, 1, 1});
    const auto inside = [&] {
        const at::Tensor centre = at::rand({count}, random, at::kFloat) * static_cast<double>(side);
        const at::Tensor place = at::arange(side, at::kFloat) + 0.5;
        return (place.unsqueeze(0) - centre.unsqueeze(1))
            .abs()
            .lt(0.5 * options.cutout * side)
            .to(at::kFloat);
    };
    const at::Tensor rows = inside().view({count, 1, side, 1}), columns = inside().view({count, 1, 1, side});
    return images * (1 - rows * columns * some).to(images.device());
}

} // namespace

at::Tensor augment(const at::Tensor& images, const Augmentation& options, at::Generator random) {
    if (options.probability <= 0)
        return images;
    at::Tensor result = images;
    if (options.translate > 0 || options.zoom > 0)
        result = moved(result, options, random);
    if (options.colour > 0 && images.size(1) == 3)
        result = recoloured(result, options, random);
    if (options.cutout > 0)
        result = erased(result, options, random);
    return result;
}

at::Tensor mirrorSome(const at::Tensor& images, at::Generator random) {
    const long count = images.size(0);
    const at::Tensor coin =
        chosen(count, 0.5, random).view({count, 1, 1, 1}).to(images.device()).to(at::kBool);
    return at::where(coin, images.flip({3}), images);
}

} // namespace cameo::train
