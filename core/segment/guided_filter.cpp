// SPDX-License-Identifier: Apache-2.0
#include "core/segment/guided_filter.h"

namespace cameo::segment {
namespace {

at::Tensor boxMean(const at::Tensor& maps, long radius) {
    return at::avg_pool2d(maps, 2 * radius + 1, 1, radius, false, false); // pixels outside do not count
}

at::Tensor resized(const at::Tensor& maps, long side) {
    return maps.size(3) == side ? maps : at::upsample_bilinear2d(maps, {side, side}, false);
}

} // namespace

at::Tensor guidedMask(const at::Tensor& mask, const at::Tensor& guide, const GuidedFilterOptions& options) {
    const long side = mask.size(3), channels = guide.size(1);
    const at::Tensor full = guide * 0.5 + 0.5;
    const long factor = guide.size(3) / side;
    const at::Tensor small = factor > 1 ? at::avg_pool2d(full, factor) : full;

    // In each window: mask = a . guide + b, a = (covariance + epsilon)^-1 covariance(guide, mask).
    const at::Tensor products = (small.unsqueeze(2) * small.unsqueeze(1)).flatten(1, 2);
    const at::Tensor means = boxMean(at::cat({mask, small, small * mask, products}, 1), options.radius);
    const at::Tensor meanMask = means.narrow(1, 0, 1), meanGuide = means.narrow(1, 1, channels);
    const at::Tensor toMask = means.narrow(1, 1 + channels, channels) - meanGuide * meanMask;
    const at::Tensor between =
        means.narrow(1, 1 + 2 * channels, channels * channels).unflatten(1, {channels, channels}) -
        meanGuide.unsqueeze(2) * meanGuide.unsqueeze(1);
    const at::Tensor ridge = options.epsilon * at::eye(channels, small.options());
    const at::Tensor matrices = between.permute({0, 3, 4, 1, 2}) + ridge;
    const at::Tensor slopes = at::linalg_solve(matrices, toMask.permute({0, 2, 3, 1}).unsqueeze(4))
                                  .squeeze(4)
                                  .permute({0, 3, 1, 2});
    const at::Tensor offsets = meanMask - (slopes * meanGuide).sum(1, true);
    const at::Tensor fitted = resized(boxMean(at::cat({slopes, offsets}, 1), options.radius), guide.size(3));
    return ((fitted.narrow(1, 0, channels) * full).sum(1, true) + fitted.narrow(1, channels, 1)).clamp(0, 1);
}

} // namespace cameo::segment
