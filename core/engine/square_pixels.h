// SPDX-License-Identifier: Apache-2.0
// A picture file as the trainers of core/train take it, which have no image library. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace cameo {

/// The largest centred square at side x side, channel by channel: 3 x side x side bytes. Throws what
/// readImage throws.
std::vector<std::uint8_t> planarSquare(const std::filesystem::path& file, int side);

} // namespace cameo
