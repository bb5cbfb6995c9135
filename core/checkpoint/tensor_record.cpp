// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/tensor_record.h"

namespace cameo::checkpoint {

std::size_t itemSize(DType type) {
    switch (type) {
    case DType::F64:
    case DType::I64: return 8;
    case DType::F32:
    case DType::I32: return 4;
    case DType::F16:
    case DType::BF16:
    case DType::I16: return 2;
    default: return 1;
    }
}

std::size_t TensorRecord::elementCount() const {
    std::size_t count = 1;
    for (const long side : shape)
        count *= static_cast<std::size_t>(side);
    return count;
}

} // namespace cameo::checkpoint
