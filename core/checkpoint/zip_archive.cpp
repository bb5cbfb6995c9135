// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/zip_archive.h"

#include "core/base/crc32.h"
#include "core/checkpoint/network_source.h"
#include "core/checkpoint/refuse.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

namespace cameo::checkpoint {
namespace {

constexpr std::uint32_t endSignature = 0x06054b50;
constexpr std::uint32_t end64Signature = 0x06064b50;
constexpr std::uint32_t locator64Signature = 0x07064b50;
constexpr std::uint32_t centralSignature = 0x02014b50;
constexpr std::uint32_t localSignature = 0x04034b50;
constexpr std::size_t endSize = 22;
constexpr std::size_t end64Size = 56;
constexpr std::size_t locatorSize = 20;
constexpr std::size_t centralSize = 46;
constexpr std::size_t localSize = 30;
constexpr std::size_t maxEntries = 3 * maxTensors;

struct Directory {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t entryCount = 0;
};

struct Extent {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

class Reader {
  public:
    Reader(const Bytes& bytes, const std::string& file) : m_bytes(bytes), m_file(file) {}

    std::map<std::string, ZipEntry> entries() {
        const Directory directory = findDirectory();
        std::uint64_t at = directory.offset;
        const std::uint64_t end = directory.offset + directory.size;
        for (std::uint64_t i = 0; i < directory.entryCount; ++i)
            at = centralEntry(at, end, directory.offset);
        if (at != end)
            refuse(m_file, "its zip directory is longer than its entries");
        checkOverlap();
        return std::move(m_entries);
    }

  private:
    template <typename T>
    T number(std::uint64_t at) const {
        T value = 0;
        if (at > m_bytes.size() || m_bytes.size() - at < sizeof(T))
            refuse(m_file, "it ends within its zip directory. The file is not complete");
        std::memcpy(&value, m_bytes.view.data() + at, sizeof(T));
        return value;
    }
    std::string text(std::uint64_t at, std::size_t count) const {
        return {reinterpret_cast<const char*>(m_bytes.view.data()) + at, count};
    }

    /// The record at the very end, whose comment reaches exactly to the last byte.
    std::uint64_t findEnd() const {
        const std::size_t total = m_bytes.size();
        for (std::size_t back = endSize; back <= std::min<std::size_t>(total, endSize + 0xffff); ++back)
            if (number<std::uint32_t>(total - back) == endSignature &&
                number<std::uint16_t>(total - back + 20) == back - endSize)
                return total - back;
        refuse(m_file, "its zip directory is missing. The file is not complete: fetch it again");
    }

    Directory findDirectory() const {
        const std::uint64_t end = findEnd();
        if (number<std::uint16_t>(end + 4) != 0 || number<std::uint16_t>(end + 6) != 0)
            refuse(m_file, "it is a zip archive in several parts");
        Directory directory{number<std::uint32_t>(end + 16), number<std::uint32_t>(end + 12),
                            number<std::uint16_t>(end + 10)};
        std::uint64_t limit = end;
        if (end >= locatorSize && number<std::uint32_t>(end - locatorSize) == locator64Signature) {
            limit = number<std::uint64_t>(end - locatorSize + 8);
            if (limit > end - locatorSize || end - locatorSize - limit < end64Size ||
                number<std::uint32_t>(limit) != end64Signature)
                refuse(m_file, "its zip directory is damaged (zip64 record)");
            directory = {
                directory.offset == 0xffffffff ? number<std::uint64_t>(limit + 48) : directory.offset,
                directory.size == 0xffffffff ? number<std::uint64_t>(limit + 40) : directory.size,
                directory.entryCount == 0xffff ? number<std::uint64_t>(limit + 32) : directory.entryCount};
        }
        if (directory.offset > limit || directory.size > limit - directory.offset)
            refuse(m_file, "its zip directory is said to lie at byte ", directory.offset, " with ",
                   directory.size, " bytes, which is outside of the file");
        if (directory.entryCount > maxEntries || directory.entryCount > directory.size / centralSize)
            refuse(m_file, "its zip directory is said to have ", directory.entryCount,
                   " entries, more than fit");
        return directory;
    }

    /// Reads one entry of the central directory and returns where the next one begins.
    std::uint64_t centralEntry(std::uint64_t at, std::uint64_t end, std::uint64_t dataEnd) {
        if (end - at < centralSize || number<std::uint32_t>(at) != centralSignature)
            refuse(m_file, "its zip directory is damaged");
        const auto nameLength = number<std::uint16_t>(at + 28);
        const auto extraLength = number<std::uint16_t>(at + 30);
        const auto commentLength = number<std::uint16_t>(at + 32);
        const std::uint64_t next = at + centralSize + nameLength + extraLength + commentLength;
        if (next > end)
            refuse(m_file, "its zip directory is damaged");
        const std::string name = text(at + centralSize, nameLength);
        checkName(name);
        if (number<std::uint16_t>(at + 8) & 1)
            refuse(m_file, "its zip entry '", printable(name), "' is encrypted");
        if (const auto method = number<std::uint16_t>(at + 10); method != 0)
            refuse(m_file, "its zip entry '", printable(name), "' is compressed (method ", method,
                   "), which torch never does. Unpack the archive if it holds the model file");
        const Sizes sizes = entrySizes(at, at + centralSize + nameLength, extraLength, name);
        addEntry(name, sizes, number<std::uint32_t>(at + 16), dataEnd);
        return next;
    }

    struct Sizes {
        std::uint64_t stored = 0;
        std::uint64_t plain = 0;
        std::uint64_t localOffset = 0;
    };

    /// 32-bit sizes, or those of the zip64 extra field where a 32-bit one is all ones.
    Sizes entrySizes(std::uint64_t at, std::uint64_t extra, std::uint64_t extraLength,
                     const std::string& name) const {
        Sizes sizes{number<std::uint32_t>(at + 20), number<std::uint32_t>(at + 24),
                    number<std::uint32_t>(at + 42)};
        if (sizes.stored != 0xffffffff && sizes.plain != 0xffffffff && sizes.localOffset != 0xffffffff)
            return sizes;
        const std::uint64_t end = extra + extraLength;
        while (end - extra >= 4) {
            const auto id = number<std::uint16_t>(extra);
            const std::uint64_t fieldEnd = extra + 4 + number<std::uint16_t>(extra + 2);
            if (fieldEnd > end)
                break;
            if (id == 1) {
                std::uint64_t field = extra + 4;
                for (std::uint64_t* value : {&sizes.plain, &sizes.stored, &sizes.localOffset})
                    if (*value == 0xffffffff && fieldEnd - field >= 8) {
                        *value = number<std::uint64_t>(field);
                        field += 8;
                    }
                return sizes;
            }
            extra = fieldEnd;
        }
        refuse(m_file, "its zip entry '", printable(name), "' has no size");
    }

    void checkName(const std::string& name) const {
        const bool climbs = name == ".." || name.starts_with("../") || name.ends_with("/..") ||
                            name.find("/../") != std::string::npos;
        if (name.empty() || name.size() > maxNameLength || climbs || name.front() == '/' ||
            name.find('\\') != std::string::npos || name.find('\0') != std::string::npos)
            refuse(m_file, "its zip entry '", printable(name), "' has a name that torch never writes");
    }

    void addEntry(const std::string& name, const Sizes& sizes, std::uint32_t crc, std::uint64_t dataEnd) {
        if (sizes.stored != sizes.plain)
            refuse(m_file, "its zip entry '", printable(name), "' has two sizes, ", sizes.stored, " and ",
                   sizes.plain);
        const std::uint64_t at = sizes.localOffset;
        if (at > dataEnd || dataEnd - at < localSize || number<std::uint32_t>(at) != localSignature)
            refuse(m_file, "its zip entry '", printable(name), "' does not lie where the directory says");
        const std::uint64_t begin =
            at + localSize + number<std::uint16_t>(at + 26) + number<std::uint16_t>(at + 28);
        if (begin > dataEnd || sizes.stored > dataEnd - begin)
            refuse(m_file, "its zip entry '", printable(name), "' of ", sizes.stored,
                   " bytes reaches beyond the data. The file is damaged or not complete");
        const auto nameLength = number<std::uint16_t>(at + 26);
        if (text(at + localSize, nameLength) != name)
            refuse(m_file, "its zip entry '", printable(name), "' has another name in its own header");
        m_extents.push_back({at, begin + sizes.stored});
        if (!m_entries.emplace(name, ZipEntry{m_bytes.part(begin, sizes.stored), crc}).second)
            refuse(m_file, "its zip entry '", printable(name), "' is there twice");
    }

    void checkOverlap() {
        std::sort(m_extents.begin(), m_extents.end(),
                  [](const Extent& a, const Extent& b) { return a.begin < b.begin; });
        for (std::size_t i = 1; i < m_extents.size(); ++i)
            if (m_extents[i].begin < m_extents[i - 1].end)
                refuse(m_file, "its zip entries overlap");
    }

    const Bytes& m_bytes;
    const std::string& m_file;
    std::map<std::string, ZipEntry> m_entries;
    std::vector<Extent> m_extents;
};

} // namespace

ZipArchive::ZipArchive(const Bytes& bytes, const std::string& file)
    : m_file(file), m_entries(Reader(bytes, file).entries()) {}

const ZipEntry* ZipArchive::find(const std::string& name) const {
    const auto found = m_entries.find(name);
    return found == m_entries.end() ? nullptr : &found->second;
}

void ZipArchive::verify(const std::string& name, const ZipEntry& entry) const {
    if (crc32(entry.bytes.view) != entry.crc)
        refuse(m_file, "the bytes of '", printable(name),
               "' are damaged (their CRC-32 differs). Fetch the file again");
}

} // namespace cameo::checkpoint
