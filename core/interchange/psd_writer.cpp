// SPDX-License-Identifier: Apache-2.0
// Adobe Photoshop File Formats Specification, version 1 files, with what GIMP 2.10, Krita 5.1 and psd-tools
// need beyond it.
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/image/colour_transform.h"
#include "core/interchange/blend_modes.h"
#include "core/interchange/flatten.h"
#include "core/interchange/layered_file.h"
#include "core/interchange/psd_channels.h"
#include "core/interchange/xmp.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace cameo {
namespace {

constexpr int largestSide = 30'000;
constexpr std::size_t largestFile = std::size_t{2} << 30;
constexpr std::size_t mostLayers = 8000; // Photoshop's own limit
constexpr std::uint32_t isRle = 1;
constexpr std::uint32_t alphaChannel = 0xffff, maskChannel = 0xfffe;
enum class Section : std::uint32_t { Open = 1, Divider = 3 };

std::string_view view(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void checkSize(const std::string& what, int width, int height) {
    if (width > largestSide || height > largestSide)
        throw Failure(ErrorCode::InvalidArgument,
                      cat(what, " is ", width, " x ", height, " pixels large; a PSD holds at most ",
                          largestSide, " a side"),
                      "Export as OpenRaster, or make the picture smaller");
}

void checkLimits(const std::vector<Layer>& layers, std::size_t& count) {
    for (const Layer& layer : layers) {
        checkSize(cat("The layer '", printable(layer.name), "'"), layer.image.width(), layer.image.height());
        if (layer.mask)
            checkSize(cat("The mask of '", printable(layer.name), "'"), layer.mask->image.width(),
                      layer.mask->image.height());
        blendModeOf(layer.blendMode, layer.name);
        checkLimits(layer.children, count);
        count += layer.isGroup ? 2 : 1;
    }
    if (count > mostLayers)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("A PSD holds at most ", mostLayers, " layers and groups"), "Export fewer layers");
}

/// The merged picture must be made of what the file holds.
void roundOpacities(std::vector<Layer>& layers) {
    for (Layer& layer : layers) {
        layer.opacity = std::round(layer.opacity * 255) / 255;
        roundOpacities(layer.children);
    }
}

std::uint32_t opacityByte(const Layer& layer) {
    return static_cast<std::uint32_t>(std::lround(layer.opacity * 255));
}

/// The name for old readers: ASCII, at most 31 bytes, padded to four with its length.
void writeOldName(const std::string& name, PsdBytes& out) {
    std::string plain;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0) != 0x80) // one '?' a character
            plain += byte >= 0x20 && byte < 0x7f ? c : '?';
    }
    plain.resize(std::min<std::size_t>(plain.size(), 31));
    PsdBytes field;
    field.u8(static_cast<std::uint32_t>(plain.size()));
    field.raw(plain);
    field.pad(4);
    out.raw(field.bytes());
}

/// UTF-16 with its count, as `luni` wants it. `utf8` has been checked.
std::string unicodeName(const std::string& utf8) {
    std::vector<std::uint32_t> units;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto first = static_cast<unsigned char>(utf8[i++]);
        const int following = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
        std::uint32_t code = following == 0 ? first : first & (0x3fU >> following);
        for (int k = 0; k < following; ++k)
            code = code << 6 | (static_cast<unsigned char>(utf8[i++]) & 0x3fU);
        if (code >= 0x10000) {
            units.push_back(0xd800 + ((code - 0x10000) >> 10));
            code = 0xdc00 + ((code - 0x10000) & 0x3ff);
        }
        units.push_back(code);
    }
    PsdBytes out;
    out.u32(static_cast<std::uint32_t>(units.size()));
    for (const std::uint32_t unit : units)
        out.u16(unit);
    out.pad(4);
    return out.bytes();
}

void writeRect(int x, int y, int width, int height, PsdBytes& out) {
    const auto put = [&](std::int64_t value) { out.u32(static_cast<std::uint32_t>(value)); };
    put(y);
    put(x);
    put(std::int64_t{y} + height);
    put(std::int64_t{x} + width);
}

/// Layer records and, apart from them, the channels' data, which follows all records.
class LayerSection {
  public:
    void add(const std::vector<Layer>& layers) {
        for (const Layer& layer : layers) {
            if (layer.isGroup) {
                // From below: the end of the group, its layers, its head.
                addMarker({.name = "</Layer group>", .visible = true}, Section::Divider);
                add(layer.children);
                addMarker(layer, Section::Open);
            } else {
                addPicture(layer);
            }
        }
    }

    std::string info(bool isMergedClear) const {
        PsdBytes out;
        // A negative count says that the merged picture's fourth channel is its transparency.
        out.u16(static_cast<std::uint32_t>(isMergedClear ? -m_count : m_count));
        out.raw(m_records.bytes());
        out.raw(m_data.bytes());
        out.pad(4);
        return out.bytes();
    }

    int count() const { return m_count; }

  private:
    struct Channel {
        std::uint32_t id = 0;
        const Image* image = nullptr; // nullptr: without pixels
        int source = 0;
    };

    void addPicture(const Layer& layer) {
        writeRect(layer.x, layer.y, layer.image.width(), layer.image.height(), m_records);
        std::vector<Channel> channels = {{alphaChannel, &layer.image, 3}};
        for (int c = 0; c < 3; ++c)
            channels.push_back({static_cast<std::uint32_t>(c), &layer.image, c});
        if (layer.mask)
            channels.push_back({maskChannel, &layer.mask->image, 0});
        addChannels(channels);
        finishRecord(layer, {});
    }

    /// Krita refuses groups without channels: four empty ones.
    void addMarker(const Layer& layer, Section section) {
        writeRect(0, 0, 0, 0, m_records);
        addChannels({{alphaChannel}, {0}, {1}, {2}});
        PsdBytes divider;
        divider.u32(static_cast<std::uint32_t>(section));
        if (section == Section::Open) {
            divider.raw("8BIM");
            divider.raw(blendModeOf(layer.blendMode, layer.name).psdKey);
        }
        finishRecord(layer, divider.bytes());
    }

    void addChannels(const std::vector<Channel>& channels) {
        m_records.u16(static_cast<std::uint32_t>(channels.size()));
        for (const Channel& channel : channels) {
            const std::size_t before = m_data.size();
            if (channel.image) {
                const PackedChannel packed = packChannel(*channel.image, channel.source);
                m_data.u16(isRle);
                m_data.raw(packed.lengths);
                m_data.raw(packed.rows);
            } else {
                m_data.u16(0);
            }
            if (m_data.size() > largestFile)
                throw Failure(ErrorCode::InvalidArgument, "The layers are larger than the 2 GB of a PSD",
                              "Export as OpenRaster, or with 8 bit");
            m_records.u16(channel.id);
            m_records.u32(static_cast<std::uint32_t>(m_data.size() - before));
        }
        ++m_count;
    }

    void finishRecord(const Layer& layer, const std::string& divider) {
        constexpr std::uint32_t isHidden = 2, knowsBit4 = 8, ignoresPixels = 16;
        m_records.raw("8BIM");
        m_records.raw(blendModeOf(layer.blendMode, layer.name).psdKey);
        m_records.u8(opacityByte(layer));
        m_records.u8(0); // not clipped
        m_records.u8((layer.visible ? 0 : isHidden) | knowsBit4 | (divider.empty() ? 0 : ignoresPixels));
        m_records.u8(0);
        PsdBytes extra, mask;
        if (layer.mask) {
            writeRect(layer.mask->x, layer.mask->y, layer.mask->image.width(), layer.mask->image.height(),
                      mask);
            mask.u8(0); // hides outside of its rectangle
            mask.u8(0);
            mask.u16(0);
        }
        extra.block(mask.bytes());
        extra.u32(0); // no blending ranges
        writeOldName(layer.name, extra);
        writeTagged("luni", unicodeName(layer.name), extra);
        if (!divider.empty())
            writeTagged("lsct", divider, extra);
        m_records.block(extra.bytes());
    }

    static void writeTagged(const char* key, const std::string& content, PsdBytes& out) {
        out.raw("8BIM");
        out.raw(key);
        out.block(content);
    }

    PsdBytes m_records, m_data;
    int m_count = 0;
};

void writeResource(std::uint32_t id, std::string_view content, PsdBytes& out) {
    out.raw("8BIM");
    out.u16(id);
    out.u16(0); // no name
    out.block(std::string(content));
    out.pad(2);
}

std::string resolutionResource(double pixelsPerInch) {
    const auto fixed =
        static_cast<std::uint32_t>(std::llround(std::clamp(pixelsPerInch, 1.0, 32767.0) * 65536));
    PsdBytes out;
    for (int side = 0; side < 2; ++side) {
        out.u32(fixed);
        out.u16(1); // shown in pixels per inch
        out.u16(1); // and the size in inches
    }
    return out.bytes();
}

/// Says that a merged picture is there, for viewers that show only that.
std::string versionResource() {
    PsdBytes out;
    out.u32(1);
    out.u8(1);
    for (int text = 0; text < 2; ++text) { // writer and reader
        out.u32(5);
        for (const char c : {'C', 'a', 'm', 'e', 'o'})
            out.u16(static_cast<std::uint32_t>(c));
    }
    out.u32(1);
    return out.bytes();
}

std::string resources(const LayerStack& stack) {
    PsdBytes out;
    if (stack.resolution)
        writeResource(1005, resolutionResource(*stack.resolution), out);
    writeResource(1039, view(srgbProfile(ColourModel::Rgb)), out);
    writeResource(1057, versionResource(), out);
    if (const std::string xmp = makeXmp(stack.provenance, stack.recipe); !xmp.empty())
        writeResource(1060, xmp, out);
    return out.bytes();
}

std::string layerAndMaskSection(const LayerSection& layers, bool isMergedClear, bool isWide) {
    if (layers.count() == 0)
        return {};
    const std::string info = layers.info(isMergedClear);
    PsdBytes out;
    if (!isWide) {
        out.block(info);
        out.u32(0); // no global mask
        return out.bytes();
    }
    out.u32(0);
    out.u32(0);
    out.raw("8BIM");
    out.raw("Lr16");
    out.block(info);
    return out.bytes();
}

std::string mergedSection(const Image& merged, int channels) {
    std::vector<PackedChannel> packed;
    for (int c = 0; c < channels; ++c)
        packed.push_back(packChannel(merged, c));
    PsdBytes out;
    out.u16(isRle);
    for (const PackedChannel& channel : packed)
        out.raw(channel.lengths);
    for (const PackedChannel& channel : packed)
        out.raw(channel.rows);
    return out.bytes();
}

} // namespace

void writePsd(const std::filesystem::path& file, const LayerStack& given) {
    checkStack(given);
    checkSize("The picture", given.width, given.height);
    std::size_t count = 0;
    checkLimits(given.layers, count);
    const PixelType type = depthOf(given);
    LayerStack stack = withDepth(given, type);
    roundOpacities(stack.layers);
    LayerSection layers;
    layers.add(stack.layers);
    const Image merged = mergeLayers(stack, type);
    const int channels = isOpaque(merged) ? 3 : 4;
    PsdBytes head;
    head.raw("8BPS");
    head.u16(1);
    head.raw(std::string_view("\0\0\0\0\0\0", 6));
    head.u16(static_cast<std::uint32_t>(channels));
    head.u32(static_cast<std::uint32_t>(stack.height));
    head.u32(static_cast<std::uint32_t>(stack.width));
    head.u16(type == PixelType::U16 ? 16 : 8);
    head.u16(3); // RGB
    head.u32(0); // no colour table
    head.block(resources(stack));
    const std::string section = layerAndMaskSection(layers, channels == 4, type == PixelType::U16);
    const std::string flat = mergedSection(merged, channels);
    if (head.size() + section.size() + flat.size() > largestFile)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("'", file.string(), "' would be larger than the 2 GB of a PSD"),
                      "Export as OpenRaster, or with 8 bit");
    head.block(section);
    writeFileAtomically(file, [&](const auto& append) {
        append(std::as_bytes(std::span(head.bytes())));
        append(std::as_bytes(std::span(flat)));
    });
}

} // namespace cameo
