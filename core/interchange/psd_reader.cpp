// SPDX-License-Identifier: Apache-2.0
// What a PSD says about itself and its layers. Nothing is allocated that is not in the file.
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/interchange/blend_modes.h"
#include "core/interchange/readers.h"
#include "core/interchange/xmp.h"

#include <cstdint>

namespace cameo {
namespace {

/// Big-endian numbers, bounds checked.
class PsdCursor {
  public:
    PsdCursor(std::string_view bytes, const std::string& file) : m_bytes(bytes), m_file(&file) {}

    [[noreturn]] void fail(const std::string& why) const {
        throw Failure(ErrorCode::BadImage, cat("'", *m_file, "' is no usable Photoshop file: ", why),
                      "Save or copy the file again");
    }
    std::uint32_t number(int bytes) {
        std::uint32_t value = 0;
        for (const char c : take(static_cast<std::size_t>(bytes)))
            value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }
    std::int32_t signedNumber() { return static_cast<std::int32_t>(number(4)); }
    std::string_view take(std::size_t count) {
        if (count > m_bytes.size())
            fail("it ends too early");
        const std::string_view part = m_bytes.substr(0, count);
        m_bytes.remove_prefix(count);
        return part;
    }
    /// A length in 32 bit and a part of its own.
    PsdCursor block() { return part(number(4)); }
    PsdCursor part(std::size_t count) { return {take(count), *m_file}; }
    void skipPadding(std::size_t length, std::size_t multiple) {
        take(std::min(m_bytes.size(), (multiple - length % multiple) % multiple));
    }
    std::size_t left() const { return m_bytes.size(); }
    std::string_view rest() const { return m_bytes; }

  private:
    std::string_view m_bytes;
    const std::string* m_file;
};

void appendUtf8(std::uint32_t code, std::string& out) {
    if (code >= 0xd800 && code < 0xe000)
        code = 0xfffd; // half a pair
    if (code < 0x80) {
        out += static_cast<char>(code);
        return;
    }
    const int following = code >= 0x10000 ? 3 : code >= 0x800 ? 2 : 1;
    constexpr std::uint32_t heads[] = {0, 0xc0, 0xe0, 0xf0};
    out += static_cast<char>(heads[following] | code >> (6 * following));
    for (int k = following - 1; k >= 0; --k)
        out += static_cast<char>(0x80 | (code >> (6 * k) & 63));
}

std::string unicodeName(PsdCursor content) {
    const std::uint32_t count = content.number(4);
    if (count > content.left() / 2)
        content.fail("a layer's name is longer than its field");
    std::string out;
    for (std::uint32_t i = 0; i < count; ++i) {
        std::uint32_t code = content.number(2);
        if (code == 0)
            break; // some writers count the end
        if (code >= 0xd800 && code < 0xdc00 && i + 1 < count) {
            const std::uint32_t low = content.number(2);
            ++i;
            code =
                low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
        }
        appendUtf8(code, out);
    }
    return out;
}

struct Record {
    LayerInfo info;
    std::uint32_t section = 0; // of `lsct`
};

/// Blocks of "8BIM", key, length and content, padded to `multiple`.
template <typename F>
void forEachTagged(PsdCursor cursor, std::size_t multiple, F&& use) {
    while (cursor.left() >= 12) {
        const std::string_view sign = cursor.take(4);
        if (sign != "8BIM" && sign != "8B64")
            return; // what follows cannot be found any more, and nothing of it must be known
        const std::string key(cursor.take(4));
        const std::uint32_t length = cursor.number(4);
        use(key, cursor.part(length));
        cursor.skipPadding(length, multiple);
    }
}

void readExtra(PsdCursor extra, Record& record) {
    record.info.hasMask = extra.block().left() > 0;
    extra.block(); // blending ranges
    const std::uint32_t length = extra.number(1);
    record.info.name = printable(extra.take(length), 255);
    extra.skipPadding(length + 1, 4);
    forEachTagged(extra, 2, [&](const std::string& key, PsdCursor content) {
        if (key == "luni" && content.left() >= 4)
            record.info.name = unicodeName(content);
        else if (key == "lsct" && content.left() >= 4)
            record.section = content.number(4);
    });
}

Record readRecord(PsdCursor& cursor) {
    Record record;
    const std::int64_t top = cursor.signedNumber(), left = cursor.signedNumber();
    const std::int64_t bottom = cursor.signedNumber(), right = cursor.signedNumber();
    constexpr std::int64_t largest = 300'000; // of a PSB
    const auto isSide = [&](std::int64_t low, std::int64_t high) {
        return high >= low && high - low <= largest;
    };
    if (!isSide(left, right) || !isSide(top, bottom))
        cursor.fail("a layer has an impossible rectangle");
    record.info.bounds = {static_cast<int>(left), static_cast<int>(top), static_cast<int>(right - left),
                          static_cast<int>(bottom - top)};
    const std::uint32_t channels = cursor.number(2);
    cursor.take(std::size_t{channels} * 6);
    if (cursor.take(4) != "8BIM")
        cursor.fail("a layer record is damaged");
    record.info.blendMode = blendModeFromPsd(std::string(cursor.take(4)));
    record.info.opacity = cursor.number(1) / 255.0;
    cursor.number(1); // clipping
    constexpr std::uint32_t isHidden = 2;
    record.info.visible = (cursor.number(1) & isHidden) == 0;
    cursor.number(1);
    readExtra(cursor.block(), record);
    return record;
}

/// Groups are written as a divider below their layers and a head above them.
std::vector<LayerInfo> readLayerInfo(PsdCursor cursor) {
    std::vector<LayerInfo> layers;
    if (cursor.left() < 2)
        return layers;
    const auto signedCount = static_cast<std::int16_t>(cursor.number(2));
    const int count = signedCount < 0 ? -signedCount : signedCount;
    constexpr std::uint32_t open = 1, closed = 2, divider = 3;
    int depth = 0;
    for (int i = 0; i < count; ++i) {
        Record record = readRecord(cursor);
        if (record.section == divider) {
            ++depth;
            continue;
        }
        record.info.isGroup = record.section == open || record.section == closed;
        if (record.info.isGroup)
            depth = depth > 0 ? depth - 1 : 0;
        record.info.depth = depth;
        layers.push_back(std::move(record.info));
    }
    return layers;
}

void readLayerSection(PsdCursor cursor, LayeredFileInfo& out) {
    if (cursor.left() < 4)
        return;
    PsdCursor info = cursor.block();
    if (cursor.left() >= 4)
        cursor.block(); // the global mask
    forEachTagged(cursor, 4, [&](const std::string& key, PsdCursor content) {
        if (info.left() == 0 && (key == "Lr16" || key == "Lr32" || key == "Layr"))
            info = content;
    });
    out.layers = readLayerInfo(info);
}

void readResources(PsdCursor cursor, LayeredFileInfo& out) {
    while (cursor.left() >= 12) {
        if (cursor.take(4) != "8BIM")
            return; // resources of other programs; ours stand before them
        const std::uint32_t id = cursor.number(2), nameLength = cursor.number(1);
        cursor.take(nameLength);
        cursor.skipPadding(nameLength + 1, 2);
        const std::uint32_t length = cursor.number(4);
        PsdCursor content = cursor.part(length);
        cursor.skipPadding(length, 2);
        if (id == 1005 && content.left() >= 4) {
            out.resolution = content.number(4) / 65536.0;
        } else if (id == 1060) {
            const XmpContent xmp = readXmp(content.rest());
            out.provenance = xmp.provenance;
            out.recipe = xmp.recipe;
        }
    }
}

} // namespace

LayeredFileInfo psdInfo(const Bytes& bytes, const std::string& file) {
    PsdCursor cursor({reinterpret_cast<const char*>(bytes.view.data()), bytes.size()}, file);
    if (cursor.take(4) != "8BPS")
        cursor.fail("it does not start with 8BPS");
    const std::uint32_t version = cursor.number(2);
    if (version != 1)
        cursor.fail(version == 2 ? "it is a large document (PSB)" : cat("its version is ", version));
    cursor.take(6);
    cursor.number(2); // channels of the merged picture
    LayeredFileInfo out{.format = "psd"};
    const std::uint32_t height = cursor.number(4), width = cursor.number(4);
    constexpr std::uint32_t largest = 30'000;
    if (width == 0 || height == 0 || width > largest || height > largest)
        cursor.fail(cat("it says that it is ", width, " x ", height, " pixels large"));
    out.width = static_cast<int>(width);
    out.height = static_cast<int>(height);
    out.bits = static_cast<int>(cursor.number(2));
    cursor.number(2); // colour mode
    cursor.block();
    readResources(cursor.block(), out);
    readLayerSection(cursor.block(), out);
    return out;
}

} // namespace cameo
