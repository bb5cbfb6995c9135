// SPDX-License-Identifier: Apache-2.0
// What every fuzzing target of a container does with its bytes. Any thread.
#pragma once

#include "core/checkpoint/file_kind.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace cameo::test {

/// Opens the bytes as a model of that kind (others are passed over), describes it and asks for every network.
/// A Failure that names the file is the only exception allowed; anything else ends the process.
void exerciseCheckpoint(std::span<const std::byte> bytes, checkpoint::FileKind kind);

} // namespace cameo::test
