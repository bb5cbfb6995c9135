// SPDX-License-Identifier: Apache-2.0
// Random numbers for one batch's augmentation: one number per image at a time, on the CPU, so that a seed
// means the same on every device. Compute thread only.
#pragma once

#include "core/net/torch.h"

namespace cameo::train {

class AugmentationDraws {
  public:
    AugmentationDraws(long count, double probability, at::Generator random)
        : m_count(count), m_probability(probability), m_random(std::move(random)) {}

    long count() const { return m_count; }
    double probability() const { return m_probability; }
    at::Generator& random() { return m_random; }

    /// [N] float64 in 0..1, and standard normal.
    at::Tensor uniform() { return at::rand({m_count}, m_random, at::kDouble); }
    at::Tensor normal() { return at::randn({m_count}, m_random, at::kDouble); }
    /// [N] float64 in -reach..reach.
    at::Tensor within(double reach) { return (uniform() * 2 - 1) * reach; }
    /// `values` [N] for the images that take part (each with probability * `share`), `neutral` for the
    /// others.
    at::Tensor some(const at::Tensor& values, double neutral, double share = 1) {
        return at::where(uniform().lt(m_probability * share), values, at::full_like(values, neutral));
    }

  private:
    long m_count;
    double m_probability;
    at::Generator m_random;
};

} // namespace cameo::train
