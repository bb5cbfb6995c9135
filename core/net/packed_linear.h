// SPDX-License-Identifier: Apache-2.0
// A fully connected layer for inference on the CPU, with packed weights. It does not depend on the BLAS that
// LibTorch happens to have: for a few rows that costs up to ten times more. Compute thread only.
#pragma once

#include "core/net/torch.h"

namespace cameo::net {

class PackedLinear {
  public:
    struct Form {
        double weightGain = 1;
        double biasGain = 1;
        bool leakyRelu = false; // slope 0.2 and gain sqrt(2)
    };
    /// weight [O, I]; bias [O] or undefined; float32 on the CPU.
    PackedLinear(const at::Tensor& weight, const at::Tensor& bias, const Form& form);

    /// x [N, I] float32 -> [N, padded O]; what lies behind the first O columns is zero.
    at::Tensor run(const at::Tensor& x) const;
    /// The same without the padding.
    at::Tensor runExactly(const at::Tensor& x) const;

  private:
    long m_in = 0, m_out = 0, m_padded = 0;
    at::Tensor m_weights, m_bias, m_ones;
    float m_slope = 1, m_gain = 1;
};

} // namespace cameo::net
