// SPDX-License-Identifier: Apache-2.0
// A batch computed in parts, whose gradients add up to the whole batch's. Compute thread only.
#pragma once

#include "core/net/torch.h"

#include <vector>

namespace cameo::train {

/// Indices [M] int64 on the CPU of each part of a batch, M at most `largest` but at least `group`. Samples
/// that the discriminator compares (i, i + batch / group, i + 2 batch / group ..., see comparedSamples) stay
/// together, in an order that makes them one group of the part too. One undefined tensor, that is all, when
/// the batch is no larger than `largest` or `largest` is 0.
std::vector<at::Tensor> partsOfBatch(long batch, long group, long largest);

/// The rows of `tensor` that a part names; `tensor` itself where it names all.
at::Tensor rowsOf(const at::Tensor& tensor, const at::Tensor& part);

/// The gradients of one network, added up over parts; undefined where there is none.
class GradientSum {
  public:
    /// Kept: there is more to differentiate in the same graph.
    enum class Graph { Freed, Kept };
    /// Adds the gradients of `loss` with respect to those of `parameters` that require one.
    void add(const at::Tensor& loss, const std::vector<at::Tensor>& parameters, Graph graph = Graph::Freed);
    const std::vector<at::Tensor>& values() const { return m_values; }
    bool isFinite() const;

  private:
    std::vector<at::Tensor> m_values;
};

} // namespace cameo::train
