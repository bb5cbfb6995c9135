// SPDX-License-Identifier: Apache-2.0
// Files of torch.save before 1.6: five pickles, then the storages (torch/serialization.py, _legacy_save). The
// same form, with one storage and no tensor, is what NVIDIA's pickles hold for each tensor. Internal to this
// folder. Any thread.
#pragma once

#include "core/checkpoint/network_source.h"
#include "core/checkpoint/pickle_machine.h"
#include "core/checkpoint/torch_tensor.h"

namespace cameo::checkpoint {

FileContents readTorchLegacy(const Bytes& bytes, const std::string& file);

/// The argument of torch.storage._load_from_bytes: a legacy file whose object is one storage.
TorchStorage readStoragePayload(const Bytes& bytes, const std::string& file, pickle::Budget& budget);

} // namespace cameo::checkpoint
