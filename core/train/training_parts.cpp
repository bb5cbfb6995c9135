// SPDX-License-Identifier: Apache-2.0
#include "core/train/training_parts.h"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>

namespace cameo::train {

std::vector<at::Tensor> partsOfBatch(long batch, long group, long largest) {
    if (largest <= 0 || batch <= largest)
        return {at::Tensor()};
    const long groups = batch / group, groupsOfPart = std::max(1L, largest / group);
    std::vector<at::Tensor> parts;
    for (long first = 0; first < groups; first += groupsOfPart) {
        const long count = std::min(groupsOfPart, groups - first);
        const at::Tensor member = at::arange(group, at::kLong).unsqueeze(1) * groups;
        parts.push_back((member + at::arange(first, first + count, at::kLong).unsqueeze(0)).flatten());
    }
    return parts;
}

at::Tensor rowsOf(const at::Tensor& tensor, const at::Tensor& part) {
    return part.defined() ? tensor.index_select(0, part.to(tensor.device())) : tensor;
}

void GradientSum::add(const at::Tensor& loss, const std::vector<at::Tensor>& parameters, Graph graph) {
    // Only what the inputs ask for is computed: none of the other network's gradients, none of frozen
    // layers'.
    std::vector<at::Tensor> inputs;
    std::copy_if(parameters.begin(), parameters.end(), std::back_inserter(inputs),
                 [](const at::Tensor& tensor) { return tensor.requires_grad(); });
    const std::vector<at::Tensor> gradients =
        torch::autograd::grad({loss}, inputs, {}, graph == Graph::Kept, false, true);
    m_values.resize(parameters.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (!parameters[i].requires_grad())
            continue;
        const at::Tensor& gradient = gradients[next++];
        if (gradient.defined())
            m_values[i] = m_values[i].defined() ? m_values[i] + gradient : gradient;
    }
}

bool GradientSum::isFinite() const {
    std::vector<at::Tensor> sums;
    for (const at::Tensor& gradient : m_values)
        if (gradient.defined())
            sums.push_back(gradient.sum());
    return at::isfinite(at::stack(sums)).all().item<bool>();
}

} // namespace cameo::train
