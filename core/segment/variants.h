// SPDX-License-Identifier: Apache-2.0
// A picture in other colours: the coarse blocks keep the picture's own rows of W+, the finer ones take those
// of random donors. The coarse activations are computed once. Compute thread only.
#pragma once

#include "core/net/generator.h"

#include <functional>

namespace cameo::segment {

struct VariantRequest {
    at::Tensor ws;                   // [1, numWs, wDim]
    long count = 16;                 // donors
    long crossover = 16;             // px: blocks of this resolution and finer take the donors' rows
    long size = 64;                  // px: a power of two, at most the generator's resolution
    double donorPsi = 1;             // truncation of the donors
    std::uint32_t seed = 0;          // of the donors
    net::SynthesisOptions synthesis; // noise, precision and stop; noise is the same in all variants
    std::function<void(long done, long total)> onProgress;
};

/// [1 + count, C, size, size]: the picture itself, then its variants. Blocks finer than `size` are never run
/// where the architecture has skip images.
at::Tensor renderVariants(const net::Generator& generator, const VariantRequest& request);

/// [count, numWs, wDim]: what donor i gives to the finer blocks.
at::Tensor donorRows(const net::Generator& generator, const VariantRequest& request);

} // namespace cameo::segment
