// SPDX-License-Identifier: Apache-2.0
#include "core/interchange/zip.h"

#include "core/base/crc32.h"
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
constexpr std::uint16_t isEncryptedFlag = 1;
constexpr std::size_t localSize = 30, directorySize = 46, endSize = 22;

std::uint32_t get(std::span<const std::byte> bytes, std::size_t at, int count) {
    std::uint32_t value = 0;
    for (int i = count - 1; i >= 0; --i)
        value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
    return value;
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
    if (cameo::crc32(out) != found.crc)
        fail(cat("'", printable(name), "' is damaged: its checksum is wrong"));
    return out;
}

} // namespace cameo
