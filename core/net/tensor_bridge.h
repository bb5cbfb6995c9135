// SPDX-License-Identifier: Apache-2.0
// Between checkpoint records and tensors. Any thread.
#pragma once

#include "core/checkpoint/tensor_record.h"
#include "core/net/torch.h"

namespace cameo::net {

/// float32, contiguous, owns its values.
at::Tensor toTensor(const checkpoint::TensorRecord& record);
checkpoint::TensorRecord toRecord(const at::Tensor& tensor); // float32

} // namespace cameo::net
