// SPDX-License-Identifier: Apache-2.0
// Distances between two sets of points in a feature space, one row per picture. Everything is computed in
// float64 on the CPU. Compute thread only.
#pragma once

#include "core/net/torch.h"

namespace cameo::train {

/// A set of features as a normal distribution.
struct FeatureMoments {
    at::Tensor mean;       // [D]
    at::Tensor covariance; // [D, D], of the sample: divided by count - 1
    long count = 0;
};
/// features [N, D], N at least 2; throws InvalidArgument.
FeatureMoments momentsOf(const at::Tensor& features);

/// The squared Frechet distance |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) of two normal distributions
/// (Dowson and Landau 1982; Heusel et al. 2017, equation 6). The root's trace comes from the eigenvalues of
/// the symmetric C1^(1/2) C2 C1^(1/2), which cannot become complex, so that sets with fewer members than
/// dimensions do as well. Never negative. Estimates from few members come out too large, by about c / count
/// (Chong and Forsyth 2020): compare only figures of as many samples.
double frechetDistance(const FeatureMoments& a, const FeatureMoments& b);

/// Improved precision and recall (Kynkaanniemi et al. 2019, section 2): a point belongs to a set when it lies
/// as near to some member as that member's k-th nearest fellow.
struct PrecisionRecall {
    double precision = 0; // share of samples inside the set of pictures
    double recall = 0;    // share of pictures inside the set of samples
};
constexpr long kManifoldNeighbours = 3; // the paper's choice
/// [N, D] and [M, D], both with more than `neighbours` rows; throws InvalidArgument.
PrecisionRecall precisionRecall(const at::Tensor& pictures, const at::Tensor& samples,
                                long neighbours = kManifoldNeighbours);

/// For each row the nearest row of another set, and how far it is (Euclidean).
struct NearestRows {
    at::Tensor index;    // [N] int64
    at::Tensor distance; // [N] float64
};
NearestRows nearestRows(const at::Tensor& rows, const at::Tensor& among);
/// The same among the other rows of one set of at least 2.
NearestRows nearestFellows(const at::Tensor& rows);

} // namespace cameo::train
