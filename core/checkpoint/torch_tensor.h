// SPDX-License-Identifier: Apache-2.0
// Tensors and storages as torch pickles them, whatever container holds the bytes. Internal to this folder.
// Any thread.
#pragma once

#include "core/checkpoint/pickle_value.h"

#include <functional>

namespace cameo::checkpoint {

struct TorchStorage {
    Bytes bytes;
    DType dtype = DType::F32;
};

/// What a persistent id of torch names: ('storage', class, key, location, numel[, view]).
struct StorageReference {
    DType dtype = DType::F32;
    std::string key;
    std::uint64_t count = 0; // elements
    pickle::Value view;      // None, or (key, offset, size) in very old files
};
/// Throws Failure(BadCheckpoint) when `persistent` is not a storage of a known class.
StorageReference storageReference(const pickle::Value& persistent, const std::string& file);

bool isTorchTensor(const pickle::Value& value); // a Parameter counts

/// `storage` finds the storage that the first argument of a tensor stands for. `name` is for messages.
TensorRecord torchTensor(const pickle::Value& value, const std::string& name, const std::string& file,
                         const std::function<TorchStorage(const pickle::Value&)>& storage);

} // namespace cameo::checkpoint
