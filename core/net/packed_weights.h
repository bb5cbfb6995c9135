// SPDX-License-Identifier: Apache-2.0
// Weights [O, I, 3, 3] in the order in which the kernels read them: per panel of output channels
// [taps][I][panel]. Channels are padded with zeros to a multiple of 16. Sums in double, rounded once. Compute
// thread only.
#pragma once

#include "core/net/torch.h"

#include <array>
#include <vector>

namespace cameo::net {

struct Tap {
    int y = 0, x = 0;
};

/// The taps of a direct convolution, line by line.
extern const std::vector<Tap> allTaps;
/// The taps that reach pixel (2i + phase / 2, 2j + phase % 2) of a transposed convolution with stride 2.
extern const std::array<std::vector<Tap>, 4> upPhaseTaps;

/// A matrix [O, I] as one tap; only the outputs are padded.
at::Tensor packMatrix(const at::Tensor& weight, long panel);
at::Tensor packTaps(const at::Tensor& weight, const std::vector<Tap>& taps, long panel);
/// 36 matrices: G w G^T of F(4 x 4, 3 x 3).
at::Tensor packTiles(const at::Tensor& weight, long panel);
/// 36 matrices for the two phases of each side: 5 of F(4, 2) and the odd tap itself.
at::Tensor packUpTiles(const at::Tensor& weight, long panel);

} // namespace cameo::net
