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

/// Matrices of moves by whole pixels and zooms.
at::Tensor lightGeometry(const BatchShape& batch, const Augmentation& options, at::Generator& random) {
    const long count = batch.count;
    const double side = static_cast<double>(batch.side);
    const at::Tensor moves = chosen(count, options.probability, random);
    const auto shift = [&] {
        return (uniform(count, options.light.translate * side, random) * moves).round().to(at::kDouble);
    };
    const at::Tensor x = shift(), y = shift();
    at::Tensor scale = at::ones({count}, at::kDouble);
    if (options.light.zoom > 0) {
        const at::Tensor zooms = chosen(count, options.probability, random);
        scale = at::exp2(at::randn({count}, random, at::kFloat) * options.light.zoom * zooms).to(at::kDouble);
    }
    const at::Tensor zero = at::zeros_like(x);
    return at::stack({at::stack({scale, zero, x}, 1), at::stack({zero, scale, y}, 1),
                      at::stack({zero, zero, at::ones_like(x)}, 1)},
                     1);
}

/// Brightness, contrast and saturation.
at::Tensor lightColour(long count, const Augmentation& options, at::Generator& random) {
    const double strength = options.light.colour;
    const auto some = [&] { return chosen(count, options.probability, random); };
    const at::Tensor brightness = uniform(count, 0.3 * strength, random) * some();
    const at::Tensor contrast = at::exp2(uniform(count, 0.5 * strength, random) * some());
    const at::Tensor saturation = at::exp2(uniform(count, 1.0 * strength, random) * some());
    // saturation * I + (1 - saturation) * mean of the channels, then contrast.
    const at::Tensor identity = at::eye(3, at::kFloat).unsqueeze(0);
    const at::Tensor grey = at::full({1, 3, 3}, 1.0 / 3, at::kFloat);
    const at::Tensor s = saturation.view({count, 1, 1});
    const at::Tensor matrix = (identity * s + grey * (1 - s)) * contrast.view({count, 1, 1});
    return at::cat({matrix, brightness.view({count, 1, 1}).expand({count, 3, 1})}, 2);
}

/// Lines of the erased squares; `some` [N] is 1 for images that get one.
void planCutout(AugmentationPlan& plan, long side, double part, const at::Tensor& some,
                at::Generator& random) {
    const auto lines = [&] {
        const at::Tensor centres = at::rand({some.size(0)}, random, at::kFloat) * static_cast<double>(side);
        return coveredLines(centres, side, part);
    };
    plan.rows = lines();
    plan.columns = lines() * some.to(at::kFloat).unsqueeze(1);
}

void planLight(AugmentationPlan& plan, const BatchShape& batch, const Augmentation& options,
               at::Generator& random) {
    if (options.light.translate > 0 || options.light.zoom > 0)
        plan.geometry = lightGeometry(batch, options, random);
    if (options.light.colour > 0 && batch.channels == 3)
        plan.colour = lightColour(batch.count, options, random);
    if (options.light.cutout > 0) {
        const at::Tensor some = chosen(batch.count, options.probability, random);
        planCutout(plan, batch.side, options.light.cutout, some, random);
    }
}

void planAdaptive(AugmentationPlan& plan, const BatchShape& batch, const Augmentation& options,
                  at::Generator& random) {
    AugmentationDraws draws(batch.count, options.probability, random);
    plan.geometry = drawGeometry(batch.side, options.geometry, draws);
    if (batch.channels == 3)
        plan.colour = drawColour(options.colour, draws);
    if (options.pipeline != AugmentationPipeline::Full)
        return;
    if (options.corruption.filter > 0)
        plan.bands = drawBandGains(options.corruption.filter, draws);
    if (options.corruption.noise > 0)
        plan.noise =
            drawNoise(options.corruption.noise, {batch.count, batch.channels, batch.side, batch.side}, draws);
    if (options.corruption.cutout > 0) {
        const at::Tensor some = draws.some(at::ones({batch.count}, at::kDouble), 0);
        planCutout(plan, batch.side, options.corruption.cutout, some, random);
    }
}

} // namespace

AugmentationPlan AugmentationPlan::select(const at::Tensor& indices) const {
    AugmentationPlan part = *this;
    for (at::Tensor* tensor :
         {&part.geometry, &part.colour, &part.bands, &part.noise, &part.rows, &part.columns})
        if (tensor->defined())
            *tensor = tensor->index_select(0, indices);
    return part;
}

AugmentationPlan planAugmentation(const BatchShape& batch, const Augmentation& options,
                                  at::Generator random) {
    AugmentationPlan plan;
    if (options.probability <= 0)
        return plan;
    if (options.pipeline == AugmentationPipeline::Light)
        planLight(plan, batch, options, random);
    else
        planAdaptive(plan, batch, options, random);
    return plan;
}

at::Tensor augment(const at::Tensor& images, const AugmentationPlan& plan) {
    at::Tensor result = images;
    if (plan.geometry.defined())
        result = transformImages(result, plan.geometry);
    if (plan.colour.defined())
        result = recolourImages(result, plan.colour);
    if (plan.bands.defined())
        result = filterBands(result, plan.bands);
    if (plan.noise.defined())
        result = result + plan.noise.to(result.device());
    if (plan.rows.defined()) {
        const at::Tensor erased =
            plan.rows.unsqueeze(1).unsqueeze(3) * plan.columns.unsqueeze(1).unsqueeze(2);
        result = result * (1 - erased).to(result.device());
    }
    return result;
}

at::Tensor augment(const at::Tensor& images, const Augmentation& options, at::Generator random) {
    const BatchShape batch{.count = images.size(0), .channels = images.size(1), .side = images.size(2)};
    return augment(images, planAugmentation(batch, options, std::move(random)));
}

at::Tensor mirrorSome(const at::Tensor& images, at::Generator random) {
    const long count = images.size(0);
    const at::Tensor coin =
        chosen(count, 0.5, random).view({count, 1, 1, 1}).to(images.device()).to(at::kBool);
    return at::where(coin, images.flip({3}), images);
}

} // namespace cameo::train
