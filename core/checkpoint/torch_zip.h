// SPDX-License-Identifier: Apache-2.0
// Files of torch.save since 1.6: a zip archive with data.pkl and one entry per storage. Internal to this
// folder. Any thread.
#pragma once

#include "core/checkpoint/network_source.h"

namespace cameo::checkpoint {

FileContents readTorchZip(const Bytes& bytes, const std::string& file);

} // namespace cameo::checkpoint
