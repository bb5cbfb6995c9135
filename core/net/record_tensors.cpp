// SPDX-License-Identifier: Apache-2.0
#include "core/net/record_tensors.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/net/blas.h"
#include "core/net/tensor_bridge.h"

namespace cameo::net {

NamedTensors tensorsOfRecord(const checkpoint::TensorMap& records,
                             const std::vector<checkpoint::TensorShape>& required, at::Device device) {
    prepareBlas(); // every network begins here
    NamedTensors tensors;
    for (const checkpoint::TensorShape& wanted : required) {
        const auto found = records.find(wanted.name);
        if (found == records.end())
            throw Failure(ErrorCode::BadCheckpoint, "tensor '" + wanted.name + "' is missing");
        if (found->second.shape != wanted.shape)
            throw Failure(ErrorCode::BadCheckpoint,
                          cat("tensor '", wanted.name, "' has shape ", shapeText(found->second.shape),
                              " instead of ", shapeText(wanted.shape)));
        tensors.emplace(wanted.name, toTensor(found->second).to(device));
    }
    return tensors;
}

checkpoint::TensorMap recordOfTensors(const NamedTensors& tensors) {
    checkpoint::TensorMap records;
    for (const auto& [name, tensor] : tensors)
        records.emplace(name, toRecord(tensor));
    return records;
}

NamedTensors initialTensors(const std::vector<checkpoint::TensorShape>& required, std::uint64_t seed,
                            at::Device device) {
    prepareBlas(); // every network begins here
    NamedTensors tensors;
    for (const auto& [name, shape] : required) {
        const at::IntArrayRef sizes(shape);
        const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
        if (name.ends_with("affine.bias"))
            tensors.emplace(name, at::ones(sizes, options));
        else if (name.ends_with("bias") || name.ends_with("noise_strength") || name.ends_with("w_avg"))
            tensors.emplace(name, at::zeros(sizes, options));
        else
            tensors.emplace(name, normalTensor(seed, name, sizes, device));
    }
    return tensors;
}

void scaleInitialWeight(const checkpoint::FullyConnectedSpec& layer, const std::string& prefix,
                        NamedTensors& tensors) {
    tensors.at(prefix + layer.name + ".weight") /= layer.biasGain;
}

} // namespace cameo::net
