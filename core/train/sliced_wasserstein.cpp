// SPDX-License-Identifier: Apache-2.0
#include "core/train/sliced_wasserstein.h"

#include "core/base/error.h"
#include "core/train/random.h"

namespace cameo::train {
namespace {

constexpr long kPatch = 7;
constexpr long kSmallest = 16;

/// The binomial filter of Burt and Adelson 1983.
at::Tensor blurred(const at::Tensor& images) {
    const at::Tensor line = at::tensor({1.0f, 4.0f, 6.0f, 4.0f, 1.0f}) / 16;
    const long channels = images.size(1);
    const at::Tensor padded = at::reflection_pad2d(images, {2, 2, 2, 2});
    const at::Tensor rows = at::conv2d(padded, line.view({1, 1, 5, 1}).repeat({channels, 1, 1, 1}), {}, 1,
                                       at::IntArrayRef({0, 0}), 1, channels);
    return at::conv2d(rows, line.view({1, 1, 1, 5}).repeat({channels, 1, 1, 1}), {}, 1,
                      at::IntArrayRef({0, 0}), 1, channels);
}

/// What is lost by halving the size and coming back, level by level, and the rest.
std::vector<at::Tensor> laplacianPyramid(at::Tensor images) {
    std::vector<at::Tensor> levels;
    while (images.size(2) > kSmallest) {
        const at::Tensor half = at::avg_pool2d(blurred(images), 2);
        const at::Tensor back = at::upsample_bilinear2d(half, {images.size(2), images.size(3)}, false);
        levels.push_back(images - back);
        images = half;
    }
    levels.push_back(images);
    return levels;
}

/// Random patches [N * perImage, 3 * 7 * 7], every channel with mean 0 and deviation 1.
at::Tensor descriptors(const at::Tensor& level, long perImage, at::Generator random) {
    const long count = level.size(0) * perImage, places = level.size(2) - kPatch + 1;
    const at::Tensor image = at::arange(level.size(0), at::kLong).repeat_interleave(perImage);
    const at::Tensor y = at::randint(places, {count}, random, at::kLong);
    const at::Tensor x = at::randint(places, {count}, random, at::kLong);
    const at::Tensor windows = level.unfold(2, kPatch, 1).unfold(3, kPatch, 1).permute({0, 2, 3, 1, 4, 5});
    at::Tensor patches = windows.index({image, y, x});
    patches = patches - patches.mean({0, 2, 3}, true);
    patches = patches / patches.square().mean({0, 2, 3}, true).sqrt().clamp_min(1e-8);
    return patches.flatten(1);
}

/// Mean over random directions of the distance between the sorted projections.
double slicedDistance(const at::Tensor& a, const at::Tensor& b, long directions, at::Generator random) {
    constexpr long atOnce = 64; // bounds the memory: rows x 64 floats per set
    double sum = 0;
    for (long done = 0; done < directions; done += atOnce) {
        at::Tensor lines = at::randn({a.size(1), std::min(atOnce, directions - done)}, random, at::kFloat);
        lines = lines / lines.norm(2, {0}, true);
        const at::Tensor sortedA = std::get<0>(at::matmul(a, lines).sort(0));
        const at::Tensor sortedB = std::get<0>(at::matmul(b, lines).sort(0));
        sum += (sortedA - sortedB).abs().mean(0).sum().item<double>();
    }
    return sum / static_cast<double>(directions);
}

at::Tensor wholeImages(const at::Tensor& images) {
    return at::adaptive_avg_pool2d(images, {kSmallest, kSmallest}).flatten(1) * 127.5;
}

} // namespace

SlicedWasserstein slicedWasserstein(const at::Tensor& a, const at::Tensor& b,
                                    const SlicedWassersteinOptions& options) {
    if (a.sizes() != b.sizes() || a.dim() != 4 || a.size(2) < kSmallest)
        throw Failure(ErrorCode::InvalidArgument,
                      "Two sets of as many images, of at least 16 px, can be compared");
    const at::NoGradGuard noGradient;
    SlicedWasserstein result;
    const std::vector<at::Tensor> levelsA = laplacianPyramid(a), levelsB = laplacianPyramid(b);
    for (std::size_t i = 0; i < levelsA.size(); ++i) {
        // The same places in both sets: only the images make a difference.
        const std::uint64_t key = mixKeys(options.seed, i);
        const at::Tensor patchesA = descriptors(levelsA[i], options.patchesPerImage, seededGenerator(key));
        const at::Tensor patchesB = descriptors(levelsB[i], options.patchesPerImage, seededGenerator(key));
        const double distance =
            slicedDistance(patchesA, patchesB, options.directions, seededGenerator(mixKeys(key, 1)));
        result.levels.push_back({.side = levelsA[i].size(2), .distance = 1000 * distance});
        result.mean += 1000 * distance / static_cast<double>(levelsA.size());
    }
    result.whole = slicedDistance(wholeImages(a), wholeImages(b), options.directions,
                                  seededGenerator(mixKeys(options.seed, 1000)));
    return result;
}

} // namespace cameo::train
