// SPDX-License-Identifier: Apache-2.0
#include "core/train/augment_geometry.h"

#include <torch/csrc/autograd/custom_function.h>

#include <array>
#include <cmath>

namespace cameo::train {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

// The scaling filter of Daubechies' "least asymmetric" wavelet with six vanishing moments (Daubechies 1992,
// table 6.3), here with sum 1. Its shifts by two are orthogonal: enlarging and halving are exact inverses.
constexpr std::array<double, 12> kSym6 = {0.015404109327027373, 0.0034907120842174702, -0.11799011114819057,
                                          -0.048311742585633,   0.4910559419267466,    0.787641141030194,
                                          0.3379294217276218,   -0.07263752278646252,  -0.021060292512300564,
                                          0.04472490177066578,  0.0017677118642428036, -0.007800708325034148};
constexpr long kTaps = kSym6.size();
// The first of a pixel's twelve samples of the enlarged image lies so many before the pixel's first own one.
constexpr long kLead = kTaps / 2 - 1;

/// The filter's centre of mass in taps: how far it delays slow waves. sym6 is only nearly symmetric, so this
/// is 5.1 and not 5.5; without it a turned image would turn about a point beside its centre.
double filterCentre() {
    double moment = 0;
    for (long tap = 0; tap < kTaps; ++tap)
        moment += static_cast<double>(tap) * kSym6[tap] / M_SQRT2;
    return moment;
}

constexpr int64_t kBilinear = 0, kBorder = 1;

/// The images' values at grid positions and its transpose, each the other's derivative: LibTorch 1.13 cannot
/// differentiate grid_sampler twice, but both are linear in the image.
struct Gather : Function<Gather> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& images, const at::Tensor& grid);
    static variable_list backward(AutogradContext* context, variable_list gradients);
};
struct Spread : Function<Spread> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& values, const at::Tensor& grid,
                              long side);
    static variable_list backward(AutogradContext* context, variable_list gradients);
};

at::Tensor Gather::forward(AutogradContext* context, const at::Tensor& images, const at::Tensor& grid) {
    context->saved_data["grid"] = grid;
    context->saved_data["side"] = images.size(2);
    return at::grid_sampler_2d(images, grid, kBilinear, kBorder, false);
}

variable_list Gather::backward(AutogradContext* context, variable_list gradients) {
    return {Spread::apply(gradients[0].contiguous(), context->saved_data["grid"].toTensor(),
                          context->saved_data["side"].toInt()),
            at::Tensor()};
}

at::Tensor Spread::forward(AutogradContext* context, const at::Tensor& values, const at::Tensor& grid,
                           long side) {
    context->saved_data["grid"] = grid;
    // Only the shape of the images is read.
    const at::Tensor images = at::empty({values.size(0), values.size(1), side, side}, values.options());
    return std::get<0>(at::grid_sampler_2d_backward(values, images, grid, kBilinear, kBorder, false,
                                                    std::array<bool, 2>{true, false}));
}

variable_list Spread::backward(AutogradContext* context, variable_list gradients) {
    return {Gather::apply(gradients[0].contiguous(), context->saved_data["grid"].toTensor()), at::Tensor(),
            at::Tensor()};
}

/// Mirrors positions at 0 and `last` until they lie between.
at::Tensor folded(const at::Tensor& positions, double last) {
    const at::Tensor turn = at::remainder(positions, 2 * last);
    return last - (turn - last).abs();
}

long foldedIndex(long index, long last) {
    const long turn = ((index % (2 * last)) + 2 * last) % (2 * last);
    return last - std::abs(turn - last);
}

/// Pixels beyond the border that are really enlarged, so that the halving's filter sees exactly a mirrored
/// image where an image hardly moves. Farther away, positions are mirrored into the enlarged image, which
/// differs by the little that sym6 lacks of symmetry.
long marginOf(long side) {
    return std::max(6L, side / 8);
}

/// [2 (R + 2 margin), R]: enlarges a line of R pixels; outside, it is mirrored.
at::Tensor enlarging(long side) {
    const long margin = marginOf(side);
    const at::Tensor matrix = at::zeros({2 * (side + 2 * margin), side}, at::kFloat);
    auto access = matrix.accessor<float, 2>();
    // Pixels whose twelve samples reach into the enlarged line.
    for (long i = -margin - kTaps; i < side + margin + kTaps; ++i)
        for (long tap = 0; tap < kTaps; ++tap)
            if (const long k = 2 * (i + margin) + tap - kLead; k >= 0 && k < matrix.size(0))
                access[k][foldedIndex(i, side - 1)] += static_cast<float>(M_SQRT2 * kSym6[tap]);
    return matrix;
}

/// [R, 2 R + 10]: halves a line that begins kLead samples before the image and ends as far behind it.
at::Tensor halving(long side) {
    const at::Tensor matrix = at::zeros({side, 2 * side + 2 * kLead}, at::kFloat);
    auto access = matrix.accessor<float, 2>();
    for (long i = 0; i < side; ++i)
        for (long tap = 0; tap < kTaps; ++tap)
            access[i][2 * i + tap] = static_cast<float>(M_SQRT1_2 * kSym6[tap]);
    return matrix;
}

at::Tensor alongBothSides(const at::Tensor& images, const at::Tensor& matrix) {
    const at::Tensor transposed = matrix.to(images.device()).t();
    return at::matmul(at::matmul(images, transposed).transpose(2, 3), transposed).transpose(2, 3);
}

/// Input positions in pixels from the centre of the first pixel, [N, places, places, 2], for output samples
/// at `places` (the same along x and y, in pixels from the centre).
at::Tensor inputPositions(const at::Tensor& matrices, const at::Tensor& places, long side) {
    const long count = places.size(0);
    const at::Tensor x = places.view({1, count}).expand({count, count}), y = x.t();
    const at::Tensor output = at::stack({x, y, at::ones_like(x)}, 2).reshape({-1, 3});
    const at::Tensor input = at::matmul(output, matrices.narrow(1, 0, 2).transpose(1, 2));
    return (input + (static_cast<double>(side) - 1) / 2).view({-1, count, count, 2});
}

at::Tensor exchangePixels(const at::Tensor& images, const at::Tensor& matrices) {
    const long side = images.size(2);
    const at::Tensor places = at::arange(side, at::kDouble) - (static_cast<double>(side) - 1) / 2;
    const at::Tensor from =
        folded(inputPositions(matrices, places, side), static_cast<double>(side) - 1).round().to(at::kLong);
    const at::Tensor index = (from.select(3, 1) * side + from.select(3, 0)).flatten(1).unsqueeze(1);
    const at::Tensor flat = images.flatten(2);
    return at::gather(flat, 2, index.to(images.device()).expand(flat.sizes())).view(images.sizes());
}

/// Row by row: [N] of bool on the CPU.
at::Tensor isNear(const at::Tensor& a, const at::Tensor& b) {
    return (a - b).abs().flatten(1).amax(1).lt(1e-9);
}

at::Tensor indicesOf(const at::Tensor& isChosen) {
    return at::nonzero(isChosen).flatten();
}

/// Rows (a, b, c), (d, e, f) and (0, 0, 1) of [N] numbers each.
at::Tensor affine(const std::array<at::Tensor, 6>& v) {
    const at::Tensor zero = at::zeros_like(v[0]), one = at::ones_like(v[0]);
    return at::stack(
        {at::stack({v[0], v[1], v[2]}, 1), at::stack({v[3], v[4], v[5]}, 1), at::stack({zero, zero, one}, 1)},
        1);
}

at::Tensor scaling(const at::Tensor& x, const at::Tensor& y) {
    const at::Tensor zero = at::zeros_like(x);
    return affine({x, zero, zero, zero, y, zero});
}

at::Tensor translation(const at::Tensor& x, const at::Tensor& y) {
    const at::Tensor zero = at::zeros_like(x), one = at::ones_like(x);
    return affine({one, zero, x, zero, one, y});
}

at::Tensor turning(const at::Tensor& cosine, const at::Tensor& sine) {
    const at::Tensor zero = at::zeros_like(cosine);
    return affine({cosine, -sine, zero, sine, cosine, zero});
}

at::Tensor exchanging(const GeometryStrengths& strengths, AugmentationDraws& draws, double side) {
    const at::Tensor mirrored = draws.some((draws.uniform() * 2).floor(), 0, strengths.flip);
    at::Tensor matrix = scaling(1 - 2 * mirrored, at::ones_like(mirrored));
    const at::Tensor angle =
        draws.some((draws.uniform() * 4).floor(), 0, strengths.quarterTurns) * (M_PI / 2);
    matrix = at::bmm(matrix, turning(angle.cos().round(), angle.sin().round()));
    const at::Tensor isShifted = draws.some(at::ones({draws.count()}, at::kDouble), 0);
    const at::Tensor x = (draws.within(strengths.shift * side) * isShifted).round();
    const at::Tensor y = (draws.within(strengths.shift * side) * isShifted).round();
    return at::bmm(matrix, translation(x, y));
}

at::Tensor deforming(const GeometryStrengths& strengths, AugmentationDraws& draws, double side) {
    // Two rotations, either of which may happen, so that at least one does with the whole probability.
    const double probability = std::min(draws.probability(), 1.0);
    const double share = probability > 0 ? (1 - std::sqrt(1 - probability)) / probability : 0;
    const auto rotation = [&] {
        const at::Tensor angle = draws.some(draws.within(M_PI * strengths.rotation), 0, share);
        return turning(angle.cos(), angle.sin());
    };
    const at::Tensor scale = at::exp2(draws.some(draws.normal() * strengths.scale, 0));
    at::Tensor matrix = at::bmm(scaling(1 / scale, 1 / scale), rotation());
    const at::Tensor stretch = at::exp2(draws.some(draws.normal() * strengths.stretch, 0));
    matrix = at::bmm(matrix, scaling(1 / stretch, stretch));
    matrix = at::bmm(matrix, rotation());
    const at::Tensor drifts = draws.some(at::ones({draws.count()}, at::kDouble), 0);
    const at::Tensor x = draws.normal() * (strengths.drift * side) * drifts;
    const at::Tensor y = draws.normal() * (strengths.drift * side) * drifts;
    return at::bmm(matrix, translation(x, y));
}

} // namespace

at::Tensor drawGeometry(long side, const GeometryStrengths& strengths, AugmentationDraws& draws) {
    const at::Tensor first = exchanging(strengths, draws, static_cast<double>(side));
    const at::Tensor matrices = at::bmm(first, deforming(strengths, draws, static_cast<double>(side)));
    const bool isStill = isNear(matrices, at::eye(3, at::kDouble)).all().item<bool>();
    return isStill ? at::Tensor() : matrices;
}

at::Tensor resampleImages(const at::Tensor& images, const at::Tensor& matrices) {
    const long side = images.size(2);
    const double middle = (static_cast<double>(side) - 1) / 2;
    // Pixel i shows at sample 2 i + delay of the enlarged image.
    const double delay = filterCentre() - kLead;
    const at::Tensor places = (at::arange(-kLead, 2 * side + kLead, at::kDouble) - delay) / 2 - middle;
    const double margin = static_cast<double>(marginOf(side));
    const at::Tensor pixels = inputPositions(matrices, places, side);
    const at::Tensor isNearby = (pixels - middle).abs().le(middle + margin - 1);
    const at::Tensor inside = at::where(isNearby, pixels, folded(pixels, 2 * middle));
    const at::Tensor samples = (inside + margin) * 2 + delay;
    // grid_sampler counts the samples' whole width as -1..1.
    const double width = 2 * (static_cast<double>(side) + 2 * margin);
    const at::Tensor grid = ((samples * 2 + 1) / width - 1).to(at::kFloat);
    const at::Tensor large = alongBothSides(images, enlarging(side)).contiguous();
    return alongBothSides(Gather::apply(large, grid.to(images.device())), halving(side)).contiguous();
}

at::Tensor transformImages(const at::Tensor& images, const at::Tensor& matrices) {
    const at::Tensor isMoved = isNear(matrices, at::eye(3, at::kDouble)).logical_not();
    // Whole numbers that keep the area.
    const at::Tensor isExchange =
        isNear(matrices, matrices.round())
            .logical_and(matrices.narrow(1, 0, 2).narrow(2, 0, 2).abs().sum({1, 2}).eq(2));
    at::Tensor result = images;
    const auto replace = [&](const at::Tensor& which, const auto& transformed) {
        const at::Tensor rows = indicesOf(which);
        if (rows.numel() == 0)
            return;
        const at::Tensor there = rows.to(images.device());
        const at::Tensor some = images.index_select(0, there).contiguous();
        result = at::index_copy(result, 0, there, transformed(some, matrices.index_select(0, rows)));
    };
    replace(isMoved.logical_and(isExchange), exchangePixels);
    replace(isMoved.logical_and(isExchange.logical_not()), resampleImages);
    return result;
}

} // namespace cameo::train
