// SPDX-License-Identifier: Apache-2.0
// Reading zip files with stored and deflated entries, no zip64: what OpenRaster is made of. PKWARE
// APPNOTE 6.3.10. Nothing is ever unpacked to disk. Internal to this folder. One object per thread.
#pragma once

#include "core/base/file.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace cameo {

enum class ZipMethod : std::uint16_t { Stored = 0, Deflated = 8 };

/// `content` as zlib's raw stream, for ZipWriter::addDeflated.
std::vector<std::byte> deflated(std::span<const std::byte> content);

class ZipReader {
  public:
    /// Checks the directory against the bytes: names, bounds, methods. Throws BadImage naming the file.
    ZipReader(Bytes bytes, std::string file);

    bool has(const std::string& name) const { return m_entries.contains(name); }
    /// Bytes of an entry once it is unpacked, as the directory says.
    std::size_t sizeOf(const std::string& name) const;
    /// The entry unpacked and its checksum checked. Throws BadImage when it is missing, damaged, or larger
    /// than `limit` bytes.
    std::vector<std::byte> read(const std::string& name, std::size_t limit) const;

  private:
    struct Entry {
        ZipMethod method = ZipMethod::Stored;
        std::uint32_t crc = 0;
        std::size_t packed = 0, size = 0, at = 0; // `at`: its local header
    };
    [[noreturn]] void fail(const std::string& why) const;
    const Entry& entry(const std::string& name) const;
    void readDirectory();

    Bytes m_bytes;
    std::string m_file;
    std::map<std::string, Entry> m_entries;
};

} // namespace cameo
