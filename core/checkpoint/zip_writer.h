// SPDX-License-Identifier: Apache-2.0
// Zip archives in the form that torch reads: stored entries, their data on 64-byte boundaries so that a
// reader can use them in place. The same entries give the same bytes: no dates. PKWARE APPNOTE 6.3.10.
// Internal to this folder. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace cameo::checkpoint {

class ZipWriter {
  public:
    using Append = std::function<void(std::span<const std::byte>)>;

    /// Bytes go out through `append`, which must outlive the writer.
    explicit ZipWriter(const Append& append) : m_append(append) {}
    /// Throws InvalidArgument when the archive would pass 4 GB, which plain zip cannot address.
    void add(const std::string& name, std::span<const std::byte> content);
    /// Writes the directory; nothing can be added after it.
    void finish();

  private:
    void write(const std::string& text);
    const Append& m_append;
    std::string m_directory;
    std::uint64_t m_offset = 0;
    std::uint32_t m_count = 0;
};

} // namespace cameo::checkpoint
