// SPDX-License-Identifier: Apache-2.0
// How far two sets of images are apart: the sliced Wasserstein distance of local patches on the levels of a
// Laplacian pyramid (Karras et al. 2018, "Progressive growing of GANs", section 5), and of whole images
// reduced to 16 px, which also sees a lack of variety. Compute thread only.
#pragma once

#include "core/net/torch.h"

#include <cstdint>
#include <vector>

namespace cameo::train {

struct SlicedWassersteinOptions {
    long patchesPerImage = 16;
    long directions = 256;
    std::uint64_t seed = 0; // of patches and directions
};

struct SlicedWasserstein {
    struct Level {
        long side = 0;
        double distance = 0;
    };
    std::vector<Level> levels; // largest side first, down to 16 px; times 1000, as in the paper
    double mean = 0;           // of the levels
    double whole = 0;          // of whole images at 16 px, in 8-bit grey levels
};

/// Both [N, 3, R, R] float32 in -1..1 on the CPU, as many of one as of the other.
SlicedWasserstein slicedWasserstein(const at::Tensor& a, const at::Tensor& b,
                                    const SlicedWassersteinOptions& options);

} // namespace cameo::train
