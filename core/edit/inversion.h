// SPDX-License-Identifier: Apache-2.0
// Finds the W+ latent whose picture is a given photograph (Abdal et al. 2019;
// reference/fill_matting_inversion.md section C): Adam on the rows against a pyramid of pixels and the
// model's own discriminator features, noise fixed. Compute thread only.
#pragma once

#include "core/base/parameter.h"
#include "core/base/progress.h"
#include "core/net/discriminator.h"
#include "core/net/generator.h"

namespace cameo::edit {

/// steps, learning-rate, pixel-weight, feature-weight, latent-weight, seed ...
std::span<const Parameter> inversionParameters();

struct InversionStep {
    at::Tensor ws;    // [1, numWs, wDim], best so far
    at::Tensor image; // [1, C, R, R] of it; defined only when a picture is due
    Progress progress;
    double loss = 0;
};

struct InversionTask {
    at::Tensor target;                                 // [1, C, R, R], -1..1
    const net::Discriminator* discriminator = nullptr; // pixels alone without it
    ParameterValues parameters;
    std::function<void(const InversionStep&)> onStep;
    std::function<void()> yieldPoint; // lets live jobs run between steps
    std::stop_token stop;             // stops with the best so far
};

struct Inversion {
    at::Tensor ws;
    at::Tensor image;
    double loss = 0;
    double psnr = 0; // dB, -1..1 clamped images, peak 2
    int steps = 0;
    bool stopped = false;
};

Inversion invert(net::Generator& generator, const InversionTask& task);

} // namespace cameo::edit
