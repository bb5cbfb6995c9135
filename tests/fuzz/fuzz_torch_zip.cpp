// SPDX-License-Identifier: Apache-2.0
#include "core/base/crc32.h"
#include "tests/fuzz/exercise.h"

#include <cstring>
#include <vector>

namespace {

template <typename T>
T numberAt(const std::vector<std::byte>& bytes, std::size_t at) {
    T value = 0;
    if (at <= bytes.size() && bytes.size() - at >= sizeof(T))
        std::memcpy(&value, bytes.data() + at, sizeof(T));
    return value;
}

/// Writes the right CRC-32 into every central directory entry: a checksum would keep all mutations of the
/// contents away from the code behind it.
void repairChecksums(std::vector<std::byte>& bytes) {
    constexpr std::uint32_t centralSignature = 0x02014b50;
    for (std::size_t at = 0; at + 46 <= bytes.size(); ++at) {
        if (bytes[at] != std::byte{'P'} || numberAt<std::uint32_t>(bytes, at) != centralSignature)
            continue;
        const std::size_t size = numberAt<std::uint32_t>(bytes, at + 24);
        const std::size_t local = numberAt<std::uint32_t>(bytes, at + 42);
        const std::size_t begin = local + 30 + numberAt<std::uint16_t>(bytes, local + 26) +
                                  numberAt<std::uint16_t>(bytes, local + 28);
        if (begin > bytes.size() || size > bytes.size() - begin)
            continue;
        const std::uint32_t crc = cameo::crc32(std::span(bytes).subspan(begin, size));
        std::memcpy(bytes.data() + at + 16, &crc, sizeof(crc));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto view = std::as_bytes(std::span(data, size));
    std::vector<std::byte> bytes(view.begin(), view.end());
    cameo::test::exerciseCheckpoint(bytes, cameo::checkpoint::FileKind::TorchZip);
    repairChecksums(bytes);
    cameo::test::exerciseCheckpoint(bytes, cameo::checkpoint::FileKind::TorchZip);
    return 0;
}
