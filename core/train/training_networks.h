// SPDX-License-Identifier: Apache-2.0
// Forms of the networks made for training batches: channels last, resampling as depthwise convolutions, the
// transposed convolution through the backward pass of an ordinary one (ten times faster than LibTorch's own
// on a CPU), gains folded into small tensors. They read the live tensors of core/net's networks and equal
// those within rounding; architectures without a fast form run core/net's. Compute thread only.
#pragma once

#include "core/net/discriminator.h"
#include "core/net/generator.h"
#include "core/train/training_ops.h"

namespace cameo::train {

/// Noise of its own for each sample. A part of a batch draws the whole batch's and takes its rows, so that it
/// gets what it would have got in one piece (architectures without a fast form draw anew for each part).
struct NoiseDraw {
    std::uint64_t seed = 0;
    long batch = 0;  // images of the whole batch; 0: as many as there are now
    at::Tensor rows; // [N] int64 on the CPU; undefined: all
};

/// ws [N, numWs, wDim] -> images [N, C, R, R] float32. Differentiable twice.
at::Tensor synthesizeForTraining(const net::Generator& generator, const at::Tensor& ws,
                                 const NoiseDraw& noise, const TrainingPrecision& precision);

/// images [N, C, R, R] -> scores [N, 1]. Differentiable twice.
at::Tensor scoreForTraining(const net::Discriminator& discriminator, const at::Tensor& images,
                            const TrainingPrecision& precision);

/// How many samples the discriminator compares with one another, or 1 when it compares none. In a batch of N
/// they are i, i + N / group, i + 2 N / group ...
long comparedSamples(const net::Discriminator& discriminator, long batch);

} // namespace cameo::train
