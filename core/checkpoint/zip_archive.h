// SPDX-License-Identifier: Apache-2.0
// Zip archives as torch writes them: stored entries only, zip64, everything taken from the central directory.
// Nothing is ever unpacked to disk. PKWARE APPNOTE 6.3.10. Internal to this folder. Any thread.
#pragma once

#include "core/base/file.h"

#include <cstdint>
#include <map>
#include <string>

namespace cameo::checkpoint {

struct ZipEntry {
    Bytes bytes;
    std::uint32_t crc = 0;
};

class ZipArchive {
  public:
    /// Checks the structure: sizes, bounds, names, no compression, no overlap. CRCs are checked on demand.
    ZipArchive(const Bytes& bytes, const std::string& file);

    const std::map<std::string, ZipEntry>& entries() const { return m_entries; }
    const ZipEntry* find(const std::string& name) const;
    /// Throws Failure(BadCheckpoint) when the entry's bytes are not those that were written.
    void verify(const std::string& name, const ZipEntry& entry) const;

  private:
    std::string m_file;
    std::map<std::string, ZipEntry> m_entries;
};

} // namespace cameo::checkpoint
