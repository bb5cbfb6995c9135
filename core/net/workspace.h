// SPDX-License-Identifier: Apache-2.0
// Memory that is needed again and again: fresh large blocks cost more in page faults than the sums that fill
// them. Compute thread only, except local() inside at::parallel_for.
#pragma once

#include "core/net/torch.h"

#include <array>
#include <vector>

namespace cameo::net {

class Workspace {
  public:
    enum Slot { Inputs, Products, Lines, slotCount };

    /// Uninitialised floats that stay valid until the slot is asked for more.
    float* shared(Slot slot, long count) { return grow(m_shared[slot], count); }

    /// Call before at::parallel_for whose body uses local().
    void prepareThreads() {
        m_local.resize(std::max(m_local.size(), static_cast<std::size_t>(at::get_num_threads())));
    }
    /// The same for the calling thread of at::parallel_for alone.
    float* local(Slot slot, long count) {
        return grow(m_local.at(static_cast<std::size_t>(at::get_thread_num()))[slot], count);
    }

    /// A tensor for results. Its memory is used again once nobody else holds it.
    at::Tensor result(at::IntArrayRef shape, at::ScalarType type);

  private:
    static float* grow(at::Tensor& buffer, long count);

    std::array<at::Tensor, slotCount> m_shared;
    std::vector<std::array<at::Tensor, slotCount>> m_local;
    std::vector<at::Tensor> m_results;
};

} // namespace cameo::net
