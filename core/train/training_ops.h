// SPDX-License-Identifier: Apache-2.0
// The few operations that the training forms of the networks are built from. Compute thread only.
#pragma once

#include "core/net/torch.h"

#include <limits>
#include <optional>

namespace cameo::train {

struct BlockPrecision {
    at::ScalarType products = at::kFloat;    // of the convolutions
    at::ScalarType activations = at::kFloat; // of what flows between them
    bool isReduced() const { return activations != at::kFloat; }
};

/// What the heavy part of the networks is computed in.
struct TrainingPrecision {
    at::ScalarType type = at::kFloat; // float32; bfloat16 anywhere; float16 on a CUDA device
    /// In so many blocks, those with the largest images; the others stay float32.
    long blocks = std::numeric_limits<long>::max();
    /// Whether activations are kept in `type` too, which saves memory; bfloat16's 8 bits are for products.
    bool keepsActivations = false;

    /// Of block `index` of `count`, 0 being the one with the smallest images.
    BlockPrecision ofBlock(long index, long count) const {
        if (index < count - blocks)
            return {};
        return {type, keepsActivations ? type : at::kFloat};
    }
};

/// Greatest activation of blocks that keep them in 16 bits, so that their sums stay finite (Karras et al.
/// 2020, ADA, appendix D).
constexpr double kReducedClamp = 256;

/// Channels last where it pays: oneDNN's float32 convolutions on a CPU, and 16-bit ones everywhere.
at::MemoryFormat trainingFormat(at::Device device, at::ScalarType precision);

struct Filtering {
    int down = 1;     // every down-th result is kept
    long padding = 0; // on every side
    double gain = 1;
};
/// Convolves every channel with the outer product of `filter` (four taps, normalised) with itself, in the
/// type of x.
at::Tensor filterChannels(const at::Tensor& x, const at::Tensor& filter, const Filtering& options);

/// An ordinary convolution in `precision` with padding; bias [O] or undefined; the result has the type of x.
struct Products {
    int stride = 1;
    int padding = 0;
    at::ScalarType precision = at::kFloat;
};
at::Tensor multiplyAdd(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                       const Products& options);

/// Transposed 3 x 3 convolution with stride 2 in `precision`, [N, I, n, n] -> [N, O, 2n + 1, 2n + 1] of the
/// type of x; weight [O, I, 3, 3]. Differentiable twice.
at::Tensor transposedConvolve(const at::Tensor& x, const at::Tensor& weight, at::ScalarType precision);

/// lrelu(0.2) unless linear, then the clamp; works in place on `x`, which nothing else may need.
at::Tensor finish(at::Tensor x, bool leakyRelu, std::optional<double> clamp);

} // namespace cameo::train
