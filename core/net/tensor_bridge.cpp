// SPDX-License-Identifier: Apache-2.0
#include "core/net/tensor_bridge.h"

#include <algorithm>

namespace cameo::net {

at::Tensor toTensor(const checkpoint::TensorRecord& record) {
    const std::vector<float> values = checkpoint::toFloats(record);
    const at::Tensor tensor = at::empty(
        at::IntArrayRef(std::vector<std::int64_t>(record.shape.begin(), record.shape.end())), at::kFloat);
    std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
    return tensor;
}

checkpoint::TensorRecord toRecord(const at::Tensor& tensor) {
    const at::Tensor plain = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
    const float* data = plain.data_ptr<float>();
    return checkpoint::fromFloats({plain.sizes().begin(), plain.sizes().end()}, {data, data + plain.numel()});
}

} // namespace cameo::net
