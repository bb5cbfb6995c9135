// SPDX-License-Identifier: Apache-2.0
// Zip archives of stored entries, and of entries that the caller has deflated (this folder has no zlib). The
// same entries give the same bytes: no dates. No zip64. PKWARE APPNOTE 6.3.10. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace cameo {

struct ZipForm {
    std::uint32_t alignment =
        1;              // the data of entries begin at multiples of it; 1: no padding, no extra field
    std::string advice; // for the error when the archive would pass 4 GB
};

class ZipWriter {
  public:
    using Append = std::function<void(std::span<const std::byte>)>;

    /// Bytes go out through `append`, which must outlive the writer.
    ZipWriter(const Append& append, ZipForm form) : m_append(append), m_form(std::move(form)) {}
    /// Stored; `name` in UTF-8. Throws InvalidArgument when the archive would pass 4 GB.
    void add(const std::string& name, std::span<const std::byte> content);
    /// The same for what `content` was deflated to (raw, without a header of zlib).
    void addDeflated(const std::string& name, std::span<const std::byte> content,
                     std::span<const std::byte> packed);
    /// Writes the directory; nothing can be added after it.
    void finish();

  private:
    void addEntry(const std::string& name, std::uint16_t method, std::span<const std::byte> content,
                  std::span<const std::byte> packed);
    std::string extraField(const std::string& name) const;
    void write(const std::string& text);

    const Append& m_append;
    ZipForm m_form;
    std::string m_directory;
    std::uint64_t m_offset = 0;
    std::uint32_t m_count = 0;
};

} // namespace cameo
