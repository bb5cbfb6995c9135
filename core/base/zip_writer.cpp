// SPDX-License-Identifier: Apache-2.0
#include "core/base/zip_writer.h"

#include "core/base/crc32.h"
#include "core/base/error.h"

namespace cameo {
namespace {

constexpr std::uint64_t kLocalSize = 30;
constexpr std::uint64_t kMostBytes = 0xffff0000; // a little below 4 GB: room for the directory's records
constexpr std::uint32_t kMostEntries = 0xfffe;
constexpr std::uint16_t kVersion = 20;     // 2.0: what stored and deflated entries need
constexpr std::uint16_t kUtf8 = 0x0800;    // names are UTF-8
constexpr std::uint16_t kFirstDay = 0x21;  // 1 January 1980, the earliest date
constexpr std::uint16_t kPadding = 0x4246; // "FB": torch's name for an extra field that only pads
constexpr std::uint16_t kStored = 0, kDeflated = 8;

template <typename T>
void put(std::string& out, T value) {
    for (std::size_t byte = 0; byte < sizeof(T); ++byte)
        out += static_cast<char>((value >> (8 * byte)) & 0xff);
}

/// What the local header and the directory say alike, from "version needed" to the length of the name.
std::string commonFields(const std::string& name, std::uint16_t method, std::span<const std::byte> content,
                         std::size_t packedSize) {
    std::string out;
    put(out, kVersion);
    put(out, kUtf8);
    put(out, method);
    put(out, std::uint16_t{0}); // midnight
    put(out, kFirstDay);
    put(out, crc32(content));
    put(out, static_cast<std::uint32_t>(packedSize));
    put(out, static_cast<std::uint32_t>(content.size()));
    put(out, static_cast<std::uint16_t>(name.size()));
    return out;
}

} // namespace

void ZipWriter::write(const std::string& text) {
    m_append(std::as_bytes(std::span(text)));
    m_offset += text.size();
}

std::string ZipWriter::extraField(const std::string& name) const {
    std::string extra;
    if (m_form.alignment <= 1)
        return extra;
    const std::uint64_t plain = m_offset + kLocalSize + name.size() + 4; // with an empty padding field
    const auto padding =
        static_cast<std::uint16_t>((m_form.alignment - plain % m_form.alignment) % m_form.alignment);
    put(extra, kPadding);
    put(extra, padding);
    extra.append(padding, '\0');
    return extra;
}

void ZipWriter::add(const std::string& name, std::span<const std::byte> content) {
    addEntry(name, kStored, content, content);
}

void ZipWriter::addDeflated(const std::string& name, std::span<const std::byte> content,
                            std::span<const std::byte> packed) {
    addEntry(name, kDeflated, content, packed);
}

void ZipWriter::addEntry(const std::string& name, std::uint16_t method, std::span<const std::byte> content,
                         std::span<const std::byte> packed) {
    if (m_count >= kMostEntries || content.size() > kMostBytes ||
        m_offset + packed.size() + m_directory.size() > kMostBytes)
        throw Failure(ErrorCode::InvalidArgument, "The file would pass the 4 GB that plain zip can address",
                      m_form.advice);
    const std::string common = commonFields(name, method, content, packed.size());
    const std::string extra = extraField(name);
    put(m_directory, std::uint32_t{0x02014b50});
    put(m_directory, kVersion); // made by
    m_directory += common;
    m_directory.append(8, '\0'); // no extra field, no comment, disk 0, no attributes inside
    put(m_directory, std::uint32_t{0});
    put(m_directory, static_cast<std::uint32_t>(m_offset));
    m_directory += name;
    std::string local;
    put(local, std::uint32_t{0x04034b50});
    local += common;
    put(local, static_cast<std::uint16_t>(extra.size()));
    local += name;
    local += extra;
    write(local);
    m_append(packed);
    m_offset += packed.size();
    ++m_count;
}

void ZipWriter::finish() {
    const auto begin = static_cast<std::uint32_t>(m_offset);
    write(m_directory);
    std::string end;
    put(end, std::uint32_t{0x06054b50});
    put(end, std::uint32_t{0}); // one disk
    put(end, static_cast<std::uint16_t>(m_count));
    put(end, static_cast<std::uint16_t>(m_count));
    put(end, static_cast<std::uint32_t>(m_directory.size()));
    put(end, begin);
    put(end, std::uint16_t{0});
    write(end);
}

} // namespace cameo
