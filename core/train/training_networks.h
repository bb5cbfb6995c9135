// SPDX-License-Identifier: Apache-2.0
// Forms of the networks made for training batches: channels last, resampling as depthwise convolutions, the
// transposed convolution through the backward pass of an ordinary one (ten times faster than LibTorch's own
// on a CPU), gains folded into small tensors. They read the live tensors of core/net's networks and equal
// those within rounding; architectures without a fast form run core/net's. Compute thread only.
#pragma once

#include "core/net/discriminator.h"
#include "core/net/generator.h"

namespace cameo::train {

/// ws [N, numWs, wDim] -> images; each sample gets noise of its own. Differentiable once.
at::Tensor synthesizeForTraining(const net::Generator& generator, const at::Tensor& ws,
                                 std::uint64_t noiseSeed, at::ScalarType precision);

/// images [N, C, R, R] -> scores [N, 1]. Differentiable twice.
at::Tensor scoreForTraining(const net::Discriminator& discriminator, const at::Tensor& images,
                            at::ScalarType precision);

} // namespace cameo::train
