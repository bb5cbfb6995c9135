// SPDX-License-Identifier: Apache-2.0
#include "core/net/prepared_mapping.h"

#include <algorithm>

namespace cameo::net {

namespace {

PackedLinear packed(const checkpoint::FullyConnectedSpec& spec, const NamedTensors& tensors) {
    const std::string name = "mapping." + spec.name;
    return {named(tensors, name + ".weight").detach(),
            spec.hasBias ? named(tensors, name + ".bias").detach() : at::Tensor(),
            {.weightGain = spec.weightGain, .biasGain = spec.biasGain, .leakyRelu = spec.leakyRelu}};
}

} // namespace

PreparedMapping::PreparedMapping(const checkpoint::MappingSpec& spec, const NamedTensors& tensors)
    : m_hasLatent(spec.zDim > 0) {
    if (spec.embed)
        m_embed = packed(*spec.embed, tensors);
    for (const checkpoint::FullyConnectedSpec& layer : spec.layers)
        m_layers.push_back(packed(layer, tensors));
}

bool PreparedMapping::needsGradient(const NamedTensors& tensors, const at::Tensor& z, const at::Tensor& c) {
    return z.requires_grad() || (c.defined() && c.requires_grad()) ||
           std::any_of(tensors.begin(), tensors.end(), [](const auto& entry) {
               return entry.first.starts_with("mapping.") && entry.second.requires_grad();
           });
}

at::Tensor PreparedMapping::run(const at::Tensor& z, const at::Tensor& c) const {
    at::Tensor x;
    if (m_hasLatent)
        x = normaliseSecondMoment(z.to(at::kFloat));
    if (m_embed) {
        const at::Tensor y = normaliseSecondMoment(m_embed->runExactly(c.to(at::kFloat)));
        x = x.defined() ? at::cat({x, y}, 1) : y;
    }
    for (const PackedLinear& layer : m_layers)
        x = layer.runExactly(x);
    return x;
}

} // namespace cameo::net
