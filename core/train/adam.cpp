// SPDX-License-Identifier: Apache-2.0
#include "core/train/adam.h"

#include <cmath>

namespace cameo::train {

Adam::Adam(std::map<std::string, at::Tensor> parameters) {
    for (const auto& [name, tensor] : parameters) {
        m_names.push_back(name);
        m_parameters.push_back(tensor);
        m_first.push_back(at::zeros_like(tensor.detach()));
        m_second.push_back(at::zeros_like(tensor.detach()));
    }
}

void Adam::step(const std::vector<at::Tensor>& gradients, const AdamOptions& options) {
    const c10::AutoGradMode noGraph(false);
    ++m_steps;
    const double firstBias = 1 - std::pow(options.beta1, static_cast<double>(m_steps));
    const double secondBias = 1 - std::pow(options.beta2, static_cast<double>(m_steps));
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        const at::Tensor& gradient = gradients[i];
        if (!gradient.defined())
            continue;
        m_second[i].mul_(options.beta2).addcmul_(gradient, gradient, 1 - options.beta2);
        at::Tensor direction = gradient;
        if (options.beta1 != 0) {
            m_first[i].mul_(options.beta1).add_(gradient, 1 - options.beta1);
            direction = m_first[i];
        }
        const at::Tensor spread = m_second[i].sqrt().div_(std::sqrt(secondBias)).add_(options.epsilon);
        m_parameters[i].addcdiv_(direction, spread, -options.learningRate / firstBias);
    }
}

std::map<std::string, at::Tensor> Adam::moments() const {
    std::map<std::string, at::Tensor> result;
    for (std::size_t i = 0; i < m_names.size(); ++i) {
        result[m_names[i] + ".m"] = m_first[i];
        result[m_names[i] + ".v"] = m_second[i];
    }
    return result;
}

} // namespace cameo::train
