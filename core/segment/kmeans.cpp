// SPDX-License-Identifier: Apache-2.0
#include "core/segment/kmeans.h"

#include "core/base/error.h"
#include "core/base/numpy_random.h"
#include "core/base/text.h"

#include <algorithm>
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

/// Lloyd's iterations until no point changes its cluster. Returns how many there were.
int settle(const at::Tensor& points, const at::Tensor& norms, at::Tensor& centres,
           const KMeansOptions& options) {
    at::Tensor labels;
    for (int iteration = 0; iteration < options.iterations; ++iteration) {
        if (options.checkpoint)
            options.checkpoint();
        const at::Tensor next = squaredDistances(points, norms, centres).argmin(2); // [R, P]
        if (labels.defined() && at::equal(next, labels))
            return iteration;
        labels = next;
        centres = movedCentres(points, labels, centres);
    }
    return options.iterations;
}

/// The tightest of several clusterings, [1, K, D].
at::Tensor bestCentres(const at::Tensor& points, const KMeansOptions& options) {
    const at::Tensor norms = points.square().sum(1);
    at::Tensor centres = startCentres(points, norms, options);
    settle(points, norms, centres, options);
    const at::Tensor inertias = std::get<0>(squaredDistances(points, norms, centres).min(2)).mean(1);
    return centres.narrow(0, inertias.argmin().item<long>(), 1);
}

} // namespace

KMeansResult kMeans(const at::Tensor& points, const KMeansOptions& options) {
    if (points.dim() != 2 || points.size(0) < 1 || options.clusters < 1 || options.restarts < 1)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("k-means needs points, clusters and restarts; got ", options.clusters,
                          " clusters and ", options.restarts, " restarts"));
    const at::NoGradGuard noGradients;
    // A sample finds the way; all points settle where it ends.
    constexpr long smallestSample = 512;
    const long stride = std::clamp(points.size(0) / smallestSample, 1L, static_cast<long>(options.sampling));
    at::Tensor centres = bestCentres(points.slice(0, stride / 2, {}, stride).contiguous(), options);
    const at::Tensor norms = points.square().sum(1);
    const int iterations = settle(points, norms, centres, options);
    const at::Tensor distances = squaredDistances(points, norms, centres)[0].contiguous();
    const auto [least, label] = distances.min(1);
    return {.centres = centres[0],
            .label = label,
            .distances = distances,
            .inertia = least.mean().item<double>(),
            .iterations = iterations};
}

at::Tensor principalCoordinates(const at::Tensor& points, long dimensions) {
    if (dimensions >= points.size(1))
        return points;
    const at::NoGradGuard noGradients;
    const at::Tensor centred = points - points.mean(0);
    const auto [values, vectors] = at::linalg_eigh(at::mm(centred.t(), centred), "L"); // rising
    return at::mm(centred, vectors.narrow(1, points.size(1) - dimensions, dimensions));
}

} // namespace cameo::segment
