// SPDX-License-Identifier: Apache-2.0
// Adam (Kingma and Ba 2015) in place on named tensors, with its whole state in the open so that a training
// resumes exactly. Our own because torch::optim cannot be included without the whole of torch/torch.h.
// Compute thread only.
#pragma once

#include "core/net/torch.h"

#include <map>
#include <string>
#include <vector>

namespace cameo::train {

struct AdamOptions {
    double learningRate = 0.0025;
    double beta1 = 0;
    double beta2 = 0.99;
    double epsilon = 1e-8;
};

class Adam {
  public:
    explicit Adam(std::map<std::string, at::Tensor> parameters);

    /// One update from gradients in the order of `parameters()`; an undefined gradient leaves its tensor
    /// alone.
    void step(const std::vector<at::Tensor>& gradients, const AdamOptions& options);

    const std::vector<at::Tensor>& parameters() const { return m_parameters; }
    /// Moments under the parameters' names: "NAME.m" and "NAME.v".
    std::map<std::string, at::Tensor> moments() const;
    long steps() const { return m_steps; }
    void setSteps(long steps) { m_steps = steps; }

  private:
    std::vector<std::string> m_names;
    std::vector<at::Tensor> m_parameters, m_first, m_second;
    long m_steps = 0;
};

} // namespace cameo::train
