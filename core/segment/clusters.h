// SPDX-License-Identifier: Apache-2.0
// Style-mixing clustering (Feng et al., CVPR 2023; reference/unsupervised_segmentation.md section 3): pixels
// that change colour together when the fine styles of a picture are exchanged belong together. Needs no
// training and works on any generator. Compute thread only.
#pragma once

#include "core/base/parameter.h"
#include "core/base/progress.h"
#include "core/image/image.h"
#include "core/net/generator.h"

namespace cameo::segment {

/// variants, crossover, size, clusters, feature (0 raw, 1 correlation), restarts, seed, donor-psi, edge ...
std::span<const Parameter> clusterParameters();

struct ClusterRequest {
    at::Tensor ws;           // [1, numWs, wDim]: the picture to segment
    at::Tensor picture = {}; // [1, C, R, R] of it, where the caller has it: edges follow it at full size
    ParameterValues parameters = {};
    net::Noise noise = net::Noise::Const;
    std::uint64_t noiseSeed = 0;
    at::ScalarType precision = at::kFloat;
    std::function<void(const Progress&)> onProgress = {};
    std::stop_token stop = {};
};

struct ClusterResult {
    Mask mask;                       // soft, at the generator's resolution
    std::vector<std::uint8_t> label; // size x size: cluster of each working pixel
    int size = 0;                    // working resolution
    int clusters = 0;
    std::vector<bool> isForeground; // per cluster
};

enum class Feature { Colour = 0, Correlation = 1 };

struct FeatureOptions {
    Feature feature = Feature::Correlation;
    double ownWeight = 0; // of the first picture's own colours, against 1 for all pictures together
};

/// images [N, C, S, S] -> [S * S, D]: the colours of a pixel in all pictures, or these with mean 0 and norm
/// 1; with an own weight, both parts are brought to the same power and set side by side.
at::Tensor pixelFeatures(const at::Tensor& images, const FeatureOptions& options);

ClusterResult segmentByClusters(const net::Generator& generator, const ClusterRequest& request);

} // namespace cameo::segment
