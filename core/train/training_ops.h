// SPDX-License-Identifier: Apache-2.0
// The few operations that the training forms of the networks are built from. Compute thread only.
#pragma once

#include "core/net/torch.h"

#include <optional>

namespace cameo::train {

/// Channels last where it pays: oneDNN's float32 convolutions on a CPU, and 16-bit ones everywhere.
at::MemoryFormat trainingFormat(at::Device device, at::ScalarType precision);

struct Filtering {
    int down = 1;     // every down-th result is kept
    long padding = 0; // on every side
    double gain = 1;
};
/// Convolves every channel with the outer product of `filter` (four taps, normalised) with itself.
at::Tensor filterChannels(const at::Tensor& x, const at::Tensor& filter, const Filtering& options);

/// An ordinary convolution in `precision` with padding; bias [O] or undefined; the result is float32.
struct Products {
    int stride = 1;
    int padding = 0;
    at::ScalarType precision = at::kFloat;
};
at::Tensor multiplyAdd(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                       const Products& options);

/// Transposed 3 x 3 convolution with stride 2, [N, I, n, n] -> [N, O, 2n + 1, 2n + 1], float32; weight [O, I,
/// 3, 3]. Differentiable once.
at::Tensor transposedConvolve(const at::Tensor& x, const at::Tensor& weight);

/// lrelu(0.2) unless linear, then the clamp; works in place on `x`, which nothing else may need.
at::Tensor finish(at::Tensor x, bool leakyRelu, std::optional<double> clamp);

} // namespace cameo::train
