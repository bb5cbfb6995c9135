// SPDX-License-Identifier: Apache-2.0
// The mapping network for inference on the CPU, on packed weights. Compute thread only.
#pragma once

#include "core/net/ops.h"
#include "core/net/packed_linear.h"

#include <optional>
#include <vector>

namespace cameo::net {

class PreparedMapping {
  public:
    PreparedMapping(const checkpoint::MappingSpec& spec, const NamedTensors& tensors);

    /// Whether a gradient could be asked for, which packed weights do not give.
    static bool needsGradient(const NamedTensors& tensors, const at::Tensor& z, const at::Tensor& c);

    /// As net::runMapping.
    at::Tensor run(const at::Tensor& z, const at::Tensor& c) const;

  private:
    std::optional<PackedLinear> m_embed;
    std::vector<PackedLinear> m_layers;
    bool m_hasLatent = true;
};

} // namespace cameo::net
