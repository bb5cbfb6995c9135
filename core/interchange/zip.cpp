// SPDX-License-Identifier: Apache-2.0
#include "core/interchange/zip.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <zlib.h>

namespace cameo {
namespace {

constexpr std::uint32_t localSign = 0x04034b50, directorySign = 0x02014b50, endSign = 0x06054b50;
constexpr std::uint16_t isUtf8Flag = 1 << 11, isEncryptedFlag = 1;
constexpr std::uint16_t versionNeeded = 20,
                        firstDay = 0x21; // 1 January 1980: files that do not change by the hour
constexpr std::size_t localSize = 30, directorySize = 46, endSize = 22;

void put16(std::vector<std::byte>& out, std::uint32_t value) {
    out.push_back(static_cast<std::byte>(value & 255));
    out.push_back(static_cast<std::byte>(value >> 8 & 255));
}

void put32(std::vector<std::byte>& out, std::uint32_t value) {
    put16(out, value & 0xffff);
    put16(out, value >> 16);
}

void put(std::vector<std::byte>& out, std::span<const std::byte> bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

std::uint32_t get(std::span<const std::byte> bytes, std::size_t at, int count) {
    std::uint32_t value = 0;
    for (int i = count - 1; i >= 0; --i)
        value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
    return value;
}

/// zlib counts in 32 bit.
std::uint32_t crcOf(std::span<const std::byte> bytes) {
    uLong crc = ::crc32(0, nullptr, 0);
    while (!bytes.empty()) {
        const std::size_t part = std::min<std::size_t>(bytes.size(), 1 << 30);
        crc = ::crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(part));
        bytes = bytes.subspan(part);
    }
    return static_cast<std::uint32_t>(crc);
}

std::vector<std::byte> deflated(std::span<const std::byte> content) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    std::vector<std::byte> out(deflateBound(&stream, content.size()));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = ::deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (code != Z_STREAM_END)
        throw Failure(ErrorCode::Internal, "A part of a zip could not be compressed");
    return out;
}

/// False unless the stream gives exactly as many bytes as `out` has room for.
bool inflateInto(std::span<const std::byte> packed, std::span<std::byte> out) {
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        throw std::bad_alloc();
    std::byte nothing{}; // zlib wants a place even for no bytes
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.empty() ? &nothing : out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = ::inflate(&stream, Z_FINISH);
    const bool isWhole = code == Z_STREAM_END && stream.total_out == out.size();
    inflateEnd(&stream);
    return isWhole;
}

} // namespace

void ZipWriter::add(const std::string& name, std::span<const std::byte> content, ZipMethod method) {
    constexpr std::size_t largest = std::numeric_limits<std::uint32_t>::max() - (1U << 20);
    std::vector<std::byte> packed;
    if (content.size() < largest && method == ZipMethod::Deflated)
        packed = deflated(content);
    const std::span<const std::byte> stored = method == ZipMethod::Deflated ? packed : content;
    if (content.size() >= largest || m_bytes.size() + stored.size() >= largest || m_count == 0xffff)
        throw Failure(ErrorCode::InvalidArgument, "The layers do not fit into a zip of 4 GB",
                      "Export them as a folder of PNGs, or make the picture smaller");
    const std::size_t at = m_bytes.size();
    std::vector<std::byte> common;
    put16(common, versionNeeded);
    put16(common, isUtf8Flag);
    put16(common, static_cast<std::uint16_t>(method));
    put16(common, 0);
    put16(common, firstDay);
    put32(common, crcOf(content));
    put32(common, static_cast<std::uint32_t>(stored.size()));
    put32(common, static_cast<std::uint32_t>(content.size()));
    put16(common, static_cast<std::uint32_t>(name.size()));
    put16(common, 0); // no extra field: `file` finds the type at byte 38 only then
    const auto nameBytes = std::as_bytes(std::span(name));
    put32(m_bytes, localSign);
    put(m_bytes, common);
    put(m_bytes, nameBytes);
    put(m_bytes, stored);
    put32(m_directory, directorySign);
    put16(m_directory, versionNeeded);
    put(m_directory, common);
    m_directory.insert(m_directory.end(), 10, std::byte{0}); // comment, disk, attributes
    put32(m_directory, static_cast<std::uint32_t>(at));
    put(m_directory, nameBytes);
    ++m_count;
}

std::vector<std::byte> ZipWriter::finish() {
    const auto at = static_cast<std::uint32_t>(m_bytes.size());
    put(m_bytes, m_directory);
    put32(m_bytes, endSign);
    put32(m_bytes, 0);
    put16(m_bytes, m_count);
    put16(m_bytes, m_count);
    put32(m_bytes, static_cast<std::uint32_t>(m_directory.size()));
    put32(m_bytes, at);
    put16(m_bytes, 0);
    return std::move(m_bytes);
}

ZipReader::ZipReader(Bytes bytes, std::string file) : m_bytes(std::move(bytes)), m_file(std::move(file)) {
    readDirectory();
}

void ZipReader::fail(const std::string& why) const {
    throw Failure(ErrorCode::BadImage, cat("'", m_file, "' is no usable zip file: ", why),
                  "Save or copy the file again");
}

void ZipReader::readDirectory() {
    const auto& view = m_bytes.view;
    constexpr std::size_t longestComment = 0xffff;
    if (view.size() < endSize)
        fail("it ends too early");
    std::size_t end = view.size() - endSize;
    const std::size_t lowest = end > longestComment ? end - longestComment : 0;
    while (get(view, end, 4) != endSign) {
        if (end == lowest)
            fail("it has no directory");
        --end;
    }
    const std::uint32_t count = get(view, end + 10, 2), size = get(view, end + 12, 4);
    std::size_t at = get(view, end + 16, 4);
    if (at > end || size > end - at)
        fail("its directory lies outside of the file");
    const std::size_t stop = at + size;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (stop - at < directorySize || get(view, at, 4) != directorySign)
            fail("its directory is damaged");
        const std::size_t nameSize = get(view, at + 28, 2);
        const std::size_t rest = nameSize + get(view, at + 30, 2) + get(view, at + 32, 2);
        if (rest > stop - at - directorySize)
            fail("its directory is damaged");
        const std::string name(reinterpret_cast<const char*>(view.data()) + at + directorySize, nameSize);
        const std::uint32_t method = get(view, at + 10, 2), flags = get(view, at + 8, 2);
        if (!m_entries
                 .emplace(name, Entry{static_cast<ZipMethod>(method), get(view, at + 16, 4),
                                      get(view, at + 20, 4), get(view, at + 24, 4), get(view, at + 42, 4)})
                 .second)
            fail(cat("the name '", printable(name), "' stands twice in its directory"));
        if ((method != 0 && method != 8) || (flags & isEncryptedFlag))
            fail(cat("'", printable(name), "' is encrypted or compressed in a way that is not supported"));
        at += directorySize + rest;
    }
}

const ZipReader::Entry& ZipReader::entry(const std::string& name) const {
    const auto found = m_entries.find(name);
    if (found == m_entries.end())
        fail(cat("'", printable(name), "' is missing"));
    return found->second;
}

std::size_t ZipReader::sizeOf(const std::string& name) const {
    return entry(name).size;
}

std::vector<std::byte> ZipReader::read(const std::string& name, std::size_t limit) const {
    constexpr std::size_t mostPerByte = 1040; // Deflate reaches 1032
    const Entry& found = entry(name);
    const auto& view = m_bytes.view;
    if (found.at > view.size() || view.size() - found.at < localSize || get(view, found.at, 4) != localSign)
        fail(cat("'", printable(name), "' is not where the directory says"));
    const std::size_t start =
        found.at + localSize + get(view, found.at + 26, 2) + get(view, found.at + 28, 2);
    if (start > view.size() || found.packed > view.size() - start)
        fail(cat("'", printable(name), "' reaches behind the end of the file"));
    if (found.size > limit)
        fail(cat("'", printable(name), "' is larger than expected (", byteCountText(found.size), ")"));
    const std::span<const std::byte> packed = view.subspan(start, found.packed);
    if (found.size / mostPerByte > found.packed)
        fail(cat("'", printable(name), "' cannot be as large as the directory says"));
    std::vector<std::byte> out;
    if (found.method == ZipMethod::Stored) {
        if (found.size != found.packed)
            fail(cat("'", printable(name), "' has two sizes"));
        out.assign(packed.begin(), packed.end());
    } else {
        out.resize(found.size);
        if (!inflateInto(packed, out))
            fail(cat("'", printable(name), "' is damaged"));
    }
    if (crcOf(out) != found.crc)
        fail(cat("'", printable(name), "' is damaged: its checksum is wrong"));
    return out;
}

} // namespace cameo
