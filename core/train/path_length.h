// SPDX-License-Identifier: Apache-2.0
// Path length regularisation (Karras et al. 2020, StyleGAN2, section 3.2 and appendix B): a step of fixed
// size in W should change the image by a fixed amount. Compute thread only.
#pragma once

#include "core/net/torch.h"

namespace cameo::train {

struct PathLengthOptions {
    double weight = 0;   // 0: off
    long interval = 4;   // steps from one penalty to the next
    double decay = 0.01; // part of the running mean that is new at every penalty
    long shrink = 2;     // the penalty sees the batch divided by this
};

/// |J^T y| for each sample, [N]: images [N, C, R, R] made from ws [N, rows, wDim], y normal `directions` of
/// the images' shape divided by R here, so that the lengths do not depend on the resolution. The mean over
/// the rows of ws is taken before the root. Differentiated: the result can be.
enum class PathLengthUse { Measured, Differentiated };
at::Tensor pathLengths(const at::Tensor& images, const at::Tensor& ws, const at::Tensor& directions,
                       PathLengthUse use);

} // namespace cameo::train
