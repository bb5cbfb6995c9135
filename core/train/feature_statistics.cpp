// SPDX-License-Identifier: Apache-2.0
#include "core/train/feature_statistics.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <limits>

namespace cameo::train {
namespace {

constexpr long kRowsAtOnce = 256; // bounds the memory of a table of distances

at::Tensor plain(const at::Tensor& rows) {
    return rows.detach().to(at::kCPU, at::kDouble).contiguous();
}

/// [N, M] squared distances, never negative.
at::Tensor squaredDistances(const at::Tensor& a, const at::Tensor& b) {
    const at::Tensor products = at::matmul(a, b.t());
    return (a.square().sum({1}, true) + b.square().sum({1}).unsqueeze(0) - products * 2).clamp_min(0);
}

at::Tensor squareRoot(const at::Tensor& symmetric) {
    const auto [values, vectors] = at::linalg_eigh(symmetric);
    return at::matmul(vectors * values.clamp_min(0).sqrt(), vectors.t());
}

/// Squared distance of every row to its k-th nearest fellow, [N].
at::Tensor reaches(const at::Tensor& rows, long neighbours) {
    std::vector<at::Tensor> parts;
    for (long at = 0; at < rows.size(0); at += kRowsAtOnce) {
        const long count = std::min(kRowsAtOnce, rows.size(0) - at);
        const at::Tensor distances = squaredDistances(rows.narrow(0, at, count), rows);
        // A row is no fellow of its own.
        distances.diagonal(at).fill_(std::numeric_limits<double>::infinity());
        parts.push_back(std::get<0>(distances.kthvalue(neighbours, 1)));
    }
    return at::cat(parts);
}

/// Share of `rows` within reach of a member.
double shareInside(const at::Tensor& rows, const at::Tensor& members, const at::Tensor& reach) {
    double inside = 0;
    for (long at = 0; at < rows.size(0); at += kRowsAtOnce) {
        const long count = std::min(kRowsAtOnce, rows.size(0) - at);
        const at::Tensor distances = squaredDistances(rows.narrow(0, at, count), members);
        inside += distances.le(reach.unsqueeze(0)).any(1).sum().item<double>();
    }
    return inside / static_cast<double>(rows.size(0));
}

/// The search runs in float32 on centred rows, which is fast; the distances of what it finds are exact.
NearestRows nearest(const at::Tensor& rows, const at::Tensor& among, const bool areFellows) {
    const at::NoGradGuard noGradient;
    const at::Tensor centre = among.to(at::kFloat).mean(0, true);
    const at::Tensor a = rows.to(at::kFloat) - centre, b = among.to(at::kFloat) - centre;
    std::vector<at::Tensor> indices, distances;
    for (long at = 0; at < a.size(0); at += kRowsAtOnce) {
        const long count = std::min(kRowsAtOnce, a.size(0) - at);
        const at::Tensor table = squaredDistances(a.narrow(0, at, count), b);
        if (areFellows)
            table.diagonal(at).fill_(std::numeric_limits<float>::infinity());
        const at::Tensor found = table.argmin(1);
        const at::Tensor gap =
            rows.narrow(0, at, count).to(at::kDouble) - among.index_select(0, found).to(at::kDouble);
        indices.push_back(found);
        distances.push_back(gap.square().sum({1}).sqrt());
    }
    return {at::cat(indices), at::cat(distances)};
}

} // namespace

FeatureMoments momentsOf(const at::Tensor& features) {
    if (features.dim() != 2 || features.size(0) < 2)
        throw Failure(
            ErrorCode::InvalidArgument,
            cat("A set of ", features.dim() == 2 ? features.size(0) : 0, " features has no covariance"),
            "At least two are needed");
    const at::NoGradGuard noGradient;
    const at::Tensor rows = plain(features), mean = rows.mean(0);
    const at::Tensor centred = rows - mean;
    return {.mean = mean,
            .covariance = at::matmul(centred.t(), centred) / static_cast<double>(rows.size(0) - 1),
            .count = rows.size(0)};
}

double frechetDistance(const FeatureMoments& a, const FeatureMoments& b) {
    if (a.mean.sizes() != b.mean.sizes())
        throw Failure(ErrorCode::InvalidArgument, "Features of different length cannot be compared");
    const at::NoGradGuard noGradient;
    const at::Tensor root = squareRoot(a.covariance);
    const at::Tensor product = at::matmul(at::matmul(root, b.covariance), root);
    const at::Tensor values = at::linalg_eigvalsh((product + product.t()) / 2);
    const double means = (a.mean - b.mean).square().sum().item<double>();
    const double traces = (a.covariance.trace() + b.covariance.trace()).item<double>();
    return std::max(0.0, means + traces - 2 * values.clamp_min(0).sqrt().sum().item<double>());
}

PrecisionRecall precisionRecall(const at::Tensor& pictures, const at::Tensor& samples, long neighbours) {
    if (neighbours < 1 || pictures.size(0) <= neighbours || samples.size(0) <= neighbours)
        throw Failure(
            ErrorCode::InvalidArgument,
            cat("Precision and recall of ", pictures.size(0), " pictures and ", samples.size(0), " samples"),
            cat("More than ", neighbours, " of each are needed"));
    const at::NoGradGuard noGradient;
    const at::Tensor real = plain(pictures), fake = plain(samples);
    return {.precision = shareInside(fake, real, reaches(real, neighbours)),
            .recall = shareInside(real, fake, reaches(fake, neighbours))};
}

NearestRows nearestRows(const at::Tensor& rows, const at::Tensor& among) {
    return nearest(rows, among, false);
}

NearestRows nearestFellows(const at::Tensor& rows) {
    if (rows.size(0) < 2)
        throw Failure(ErrorCode::InvalidArgument, "A single picture has no neighbours");
    return nearest(rows, rows, true);
}

} // namespace cameo::train
