// SPDX-License-Identifier: Apache-2.0
#include "core/net/workspace.h"

namespace cameo::net {

float* Workspace::grow(at::Tensor& buffer, long count) {
    if (!buffer.defined() || buffer.numel() < count) {
        buffer = at::Tensor(); // free the old block first
        buffer = at::empty({count}, at::kFloat);
    }
    return buffer.data_ptr<float>();
}

at::Tensor Workspace::result(at::IntArrayRef shape, at::ScalarType type) {
    constexpr std::size_t kept = 8;
    long count = 1;
    for (const long side : shape)
        count *= side;
    for (std::size_t i = 0; i < m_results.size(); ++i) {
        const at::Tensor& candidate = m_results[i];
        if (candidate.storage().use_count() == 1 && candidate.numel() == count &&
            candidate.scalar_type() == type) {
            std::rotate(m_results.begin() + static_cast<long>(i),
                        m_results.begin() + static_cast<long>(i) + 1, m_results.end());
            return m_results.back().view(shape);
        }
    }
    if (m_results.size() == kept)
        m_results.erase(m_results.begin());
    m_results.push_back(at::empty({count}, at::TensorOptions().dtype(type)));
    return m_results.back().view(shape);
}

} // namespace cameo::net
