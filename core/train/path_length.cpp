// SPDX-License-Identifier: Apache-2.0
#include "core/train/path_length.h"

#include <torch/csrc/autograd/autograd.h>

namespace cameo::train {

at::Tensor pathLengths(const at::Tensor& images, const at::Tensor& ws, const at::Tensor& directions,
                       PathLengthUse use) {
    const bool isDifferentiated = use == PathLengthUse::Differentiated;
    const at::Tensor along = (images * directions).sum() / static_cast<double>(images.size(2));
    const at::Tensor slopes = torch::autograd::grad({along}, {ws}, {}, isDifferentiated, isDifferentiated)[0];
    return slopes.square().sum(2).mean(1).sqrt();
}

} // namespace cameo::train
