// SPDX-License-Identifier: Apache-2.0
// Guided filter with a colour guide (He, Sun & Tang 2013) in its fast form (He & Sun 2015): fitted at the
// mask's size, applied at the guide's. Compute thread only.
#pragma once

#include "core/net/torch.h"

namespace cameo::segment {

struct GuidedFilterOptions {
    long radius = 2;       // px at the mask's size
    double epsilon = 1e-3; // variance of the guide (0..1) below which the mask is only smoothed
};

/// mask [1, 1, S, S] 0..1, guide [1, C, R, R] -1..1 with R a multiple of S -> [1, 1, R, R] in 0..1.
at::Tensor guidedMask(const at::Tensor& mask, const at::Tensor& guide, const GuidedFilterOptions& options);

} // namespace cameo::segment
