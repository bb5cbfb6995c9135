// SPDX-License-Identifier: Apache-2.0
// What inversion minimises: a pyramid of pixels, the discriminator's features, and how unusual the latent is.
// Private to core/edit. Compute thread only.
#pragma once

#include "core/net/discriminator.h"

#include <vector>

namespace cameo::edit {

struct InversionWeights {
    double pixels = 1;
    double features = 1;
    double latent = 0; // squared distance from the mean of W, in standard deviations
    double spread = 0; // squared distance of the rows from their own mean, in standard deviations
    int levels = 4;    // of the pyramid
};

class InversionLoss {
  public:
    /// target [1, C, S, S]. Features are compared only where `discriminator` takes pictures of that size.
    InversionLoss(const at::Tensor& target, const net::Discriminator* discriminator,
                  const InversionWeights& weights);

    /// image as target; whitened [1, rows, wDim]: (ws - mean) / deviation. A differentiable number.
    at::Tensor operator()(const at::Tensor& image, const at::Tensor& whitened) const;

    /// Mean over the pyramid's levels of sqrt(d^2 + e^2) - e (Charbonnier). Batches of images give one number
    /// each.
    at::Tensor pixelDistance(const at::Tensor& image) const;

  private:
    at::Tensor featureDistance(const at::Tensor& image) const;

    InversionWeights m_weights;
    const net::Discriminator* m_discriminator = nullptr;
    std::vector<at::Tensor> m_pyramid;
    std::vector<at::Tensor> m_features; // of the target
    std::vector<at::Tensor> m_scales; // [1, C, 1, 1] standard deviation of each of the target's feature maps
};

/// [N, C, S, S] shrunk by area to `side`, which divides S.
at::Tensor shrinkByArea(const at::Tensor& image, long side);

} // namespace cameo::edit
