// SPDX-License-Identifier: Apache-2.0
#include "core/segment/kmeans.h"

#include "core/base/error.h"
#include "core/base/numpy_random.h"
#include "core/base/text.h"

#include <vector>

namespace cameo::segment {
namespace {

/// |p - c|^2 of every point to every centre: points [P, D], norms [P], centres [R, K, D] -> [R, P, K].
at::Tensor squaredDistances(const at::Tensor& points, const at::Tensor& norms, const at::Tensor& centres) {
    const long restarts = centres.size(0), clusters = centres.size(1);
    const at::Tensor flat = centres.reshape({restarts * clusters, -1});
    // One product for all restarts; rounding may leave a tiny negative number.
    const at::Tensor distances =
        at::addmm(norms.unsqueeze(1) + flat.square().sum(1), points, flat.t(), 1, -2).clamp_min_(0);
    return distances.view({-1, restarts, clusters}).transpose(0, 1);
}

/// Draws one point per restart with the given weights [R, P]; a restart without weight draws evenly.
at::Tensor drawIndices(const at::Tensor& weights, NumpyRandom& random) {
    at::Tensor sums = weights.to(at::kDouble).cumsum(1);
    const at::Tensor totals = sums.select(1, -1);
    const at::Tensor even = at::arange(1, weights.size(1) + 1, sums.options()).expand_as(sums);
    sums = at::where((totals > 0).unsqueeze(1), sums, even);
    std::vector<double> draws(static_cast<std::size_t>(weights.size(0)));
    for (double& draw : draws)
        draw = random.uniform();
    const at::Tensor uniform = at::tensor(at::ArrayRef<double>(draws), at::kDouble).to(sums.device());
    const at::Tensor targets = (uniform * sums.select(1, -1)).unsqueeze(1);
    return at::searchsorted(sums, targets, false, true).squeeze(1).clamp_max(weights.size(1) - 1);
}

/// k-means++: every further centre is drawn with a chance that grows with its squared distance to the nearest
/// one.
at::Tensor startCentres(const at::Tensor& points, const at::Tensor& norms, const KMeansOptions& options) {
    NumpyRandom random(options.seed);
    const long count = points.size(0);
    at::Tensor nearest = at::ones({options.restarts, count}, points.options());
    at::Tensor centres;
    for (int k = 0; k < options.clusters; ++k) {
        const at::Tensor chosen =
            points.index_select(0, drawIndices(nearest, random)).unsqueeze(1); // [R, 1, D]
        const at::Tensor distance = squaredDistances(points, norms, chosen).squeeze(2);
        nearest = k == 0 ? distance : at::minimum(nearest, distance);
        centres = k == 0 ? chosen : at::cat({centres, chosen}, 1);
    }
    return centres;
}

/// Means of the labelled points [R, P]; an empty cluster keeps its centre.
at::Tensor movedCentres(const at::Tensor& points, const at::Tensor& labels, const at::Tensor& centres) {
    const long restarts = centres.size(0), clusters = centres.size(1);
    const at::Tensor offsets = at::arange(restarts, labels.options()).unsqueeze(1) * clusters;
    at::Tensor member = at::zeros({points.size(0), restarts * clusters}, points.options());
    member.scatter_(1, (labels + offsets).t(), 1.0);
    const at::Tensor sizes = member.sum(0).unsqueeze(1);
    const at::Tensor means = at::mm(member.t(), points) / sizes.clamp_min(1);
    return at::where(sizes > 0, means, centres.reshape({restarts * clusters, -1})).view_as(centres);
}

} // namespace

KMeansResult kMeans(const at::Tensor& points, const KMeansOptions& options) {
    if (points.dim() != 2 || points.size(0) < 1 || options.clusters < 1 || options.restarts < 1)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("k-means needs points, clusters and restarts; got ", options.clusters,
                          " clusters and ", options.restarts, " restarts"));
    const at::NoGradGuard noGradients;
    const at::Tensor norms = points.square().sum(1);
    at::Tensor centres = startCentres(points, norms, options);
    at::Tensor distances, labels;
    int iteration = 0;
    for (; iteration < options.iterations; ++iteration) {
        if (options.checkpoint)
            options.checkpoint();
        distances = squaredDistances(points, norms, centres);
        const at::Tensor next = distances.argmin(2); // [R, P]
        if (labels.defined() && at::equal(next, labels))
            break;
        labels = next;
        centres = movedCentres(points, labels, centres);
    }
    distances = squaredDistances(points, norms, centres);
    const at::Tensor inertias = std::get<0>(distances.min(2)).mean(1);
    const long best = inertias.argmin().item<long>();
    return {.centres = centres[best],
            .label = distances[best].argmin(1),
            .distances = distances[best].contiguous(),
            .inertia = inertias[best].item<double>(),
            .iterations = iteration};
}

} // namespace cameo::segment
