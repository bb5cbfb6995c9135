// SPDX-License-Identifier: Apache-2.0
// k-means++ (Arthur & Vassilvitskii 2007) and Lloyd's iterations as matrix products on the device, all
// restarts at once; deterministic from the seed. Compute thread only.
#pragma once

#include "core/net/torch.h"

#include <functional>

namespace cameo::segment {

struct KMeansOptions {
    int clusters = 2;
    int restarts = 1;
    int iterations = 100; // at most; ends earlier when no point changes its cluster
    int sampling = 1;     // restarts see every n-th point only; all points settle where the tightest ended
    std::uint32_t seed = 0;
    std::function<void()> checkpoint; // called between iterations; may throw
};

struct KMeansResult {
    at::Tensor centres;   // [clusters, D]
    at::Tensor label;     // [P] int64
    at::Tensor distances; // [P, clusters] squared Euclidean
    double inertia = 0;   // mean squared distance to the nearest centre
    int iterations = 0;   // on all points
};

/// points [P, D] float32. With fewer different points than clusters some clusters stay empty.
KMeansResult kMeans(const at::Tensor& points, const KMeansOptions& options);

/// Coordinates of points [P, D] along their `dimensions` widest principal axes (all points as they are where
/// D is not larger): distances hardly change, products get cheaper.
at::Tensor principalCoordinates(const at::Tensor& points, long dimensions);

} // namespace cameo::segment
