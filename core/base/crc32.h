// SPDX-License-Identifier: Apache-2.0
// CRC-32 of zip and PNG files (polynomial 0xEDB88320), eight bytes at a time. Our own because this folder has
// no library but the standard one. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cameo {

std::uint32_t crc32(std::span<const std::byte> bytes);

} // namespace cameo
