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
    long count = 1;
    for (const long side : shape)
        count *= side;
    for (const at::Tensor& candidate : m_results)
        if (candidate.storage().use_count() == 1 && candidate.numel() == count &&
            candidate.scalar_type() == type)
            return candidate.view(shape);
    // Another size or type of picture: what the ones before leave behind must not pile up.
    constexpr long idleLimit = 600L << 20; // a 1024 px picture of the widest published kind needs 540 MB
    long idle = 0;
    for (const at::Tensor& tensor : m_results)
        idle += tensor.storage().use_count() == 1 ? static_cast<long>(tensor.nbytes()) : 0;
    if (idle + count * 4 > idleLimit)
        std::erase_if(m_results, [](const at::Tensor& tensor) { return tensor.storage().use_count() == 1; });
    m_results.push_back(at::empty({count}, at::TensorOptions().dtype(type)));
    return m_results.back().view(shape);
}

} // namespace cameo::net
