// SPDX-License-Identifier: Apache-2.0
#include "core/image/reading.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/image/colour_transform.h"
#include "core/image/png_session.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace cameo {
namespace {

constexpr png_alloc_size_t largestChunk = 64 << 20; // an iTXt with a whole recipe, or a large profile
constexpr png_uint_32 mostChunks = 1000;
constexpr unsigned long long mostPerByte = 1040; // Deflate reaches 1032

struct PngReadSession : PngSession {
    PngReadSession() = default;
    ~PngReadSession() { png_destroy_read_struct(&png, &info, nullptr); }
    PngReadSession(const PngReadSession&) = delete;
    PngReadSession& operator=(const PngReadSession&) = delete;
};

void onRead(png_structp png, png_bytep to, std::size_t count) {
    auto& source = static_cast<PngSession*>(png_get_io_ptr(png))->source;
    if (count > source.size())
        png_error(png, "the file ends too early");
    std::memcpy(to, source.data(), count);
    source = source.subspan(count);
}

[[noreturn]] void failDamaged(const PictureFile& file, const PngSession& session) {
    failImage(file, cat("is a damaged PNG picture (", printable(session.message), ")"),
              "Save or copy the picture again");
}

/// Reads everything before the pixels and checks the size.
void open(PngReadSession& session, const PictureFile& file) {
    session.source = file.bytes;
    session.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &session, PngSession::onPngError,
                                         PngSession::onPngWarning);
    session.info = session.png ? png_create_info_struct(session.png) : nullptr;
    if (!session.info)
        throw std::bad_alloc();
    const bool isRead = session.guarded([&] {
        png_set_read_fn(session.png, static_cast<PngSession*>(&session), onRead);
        png_set_user_limits(session.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); // ours has the better message
        png_set_chunk_malloc_max(session.png, largestChunk);
        png_set_chunk_cache_max(session.png, mostChunks);
        png_read_info(session.png, session.info);
    });
    if (!isRead)
        failDamaged(file, session);
    const png_uint_32 height = png_get_image_height(session.png, session.info);
    requireUsableSize(file, png_get_image_width(session.png, session.info), height);
    requirePlausibleSize(file, 1ULL * png_get_rowbytes(session.png, session.info) * height, mostPerByte);
}

/// Makes libpng deliver 8 or 16 bit grey or RGB, with alpha where there is transparency; returns the passes.
int chooseOutput(PngReadSession& session) {
    png_set_expand(session.png); // palette to RGB, few bits to 8, tRNS to alpha
    if constexpr (std::endian::native == std::endian::little)
        png_set_swap(session.png);
    const int passes = png_set_interlace_handling(session.png);
    png_read_update_info(session.png, session.info);
    return passes;
}

SampleLayout layoutOf(const PngReadSession& session) {
    const int channels = png_get_channels(session.png, session.info);
    SampleLayout layout;
    layout.model = channels <= 2 ? ColourModel::Grey : ColourModel::Rgb;
    layout.hasAlpha = channels == 2 || channels == 4;
    layout.type = png_get_bit_depth(session.png, session.info) == 16 ? PixelType::U16 : PixelType::U8;
    return layout;
}

/// Precedence of the PNG specification, third edition, section 4.3: iCCP, sRGB, then gAMA with cHRM.
std::unique_ptr<ColourTransform> coloursOf(const PngReadSession& session, const SampleLayout& layout) {
    png_charp name = nullptr;
    png_bytep profile = nullptr;
    png_uint_32 size = 0;
    int compression = 0, intent = 0;
    if (png_get_iCCP(session.png, session.info, &name, &compression, &profile, &size))
        return std::make_unique<ColourTransform>(std::as_bytes(std::span(profile, size)), layout);
    PrimariesAndGamma colours;
    double fileGamma = 0;
    const bool isPlain = png_get_sRGB(session.png, session.info, &intent) ||
                         !png_get_gAMA(session.png, session.info, &fileGamma) ||
                         std::abs(fileGamma - 1 / 2.2) < 0.02 || fileGamma < 0.1 || fileGamma > 10;
    if (isPlain)
        return std::make_unique<ColourTransform>(std::span<const std::byte>(), layout);
    colours.gamma = 1 / fileGamma;
    png_get_cHRM(session.png, session.info, &colours.whiteX, &colours.whiteY, &colours.redX, &colours.redY,
                 &colours.greenX, &colours.greenY, &colours.blueX, &colours.blueY);
    return std::make_unique<ColourTransform>(colours, layout);
}

template <typename T>
Image decode(PngReadSession& session, const PictureFile& file, const SampleLayout& layout, int passes) {
    const int width = static_cast<int>(png_get_image_width(session.png, session.info));
    const int height = static_cast<int>(png_get_image_height(session.png, session.info));
    const std::size_t stride = static_cast<std::size_t>(width) * layout.channels();
    std::vector<T> pixels(stride * height);
    const bool isRead = session.guarded([&] {
        for (int pass = 0; pass < passes; ++pass)
            for (int y = 0; y < height; ++y)
                png_read_row(session.png, reinterpret_cast<png_bytep>(&pixels[y * stride]), nullptr);
        png_read_end(session.png, session.info);
    });
    if (!isRead)
        failDamaged(file, session);
    const auto colours = coloursOf(session, layout);
    if (!colours->isIdentity())
        for (int y = 0; y < height; ++y)
            colours->apply(&pixels[y * stride], &pixels[y * stride], static_cast<std::size_t>(width));
    return Image(width, height, layout.channels(), std::move(pixels));
}

ExifGeometry exifOf(const PngReadSession& session) {
    png_bytep block = nullptr;
    png_uint_32 size = 0;
    if (png_get_eXIf_1(session.png, session.info, &size, &block))
        return readExif(std::as_bytes(std::span(block, size)));
    return {};
}

std::optional<double> resolutionOf(const PngReadSession& session) {
    const png_uint_32 perMetre = png_get_x_pixels_per_meter(session.png, session.info);
    return perMetre > 0 ? std::optional(perMetre * 0.0254) : std::nullopt;
}

} // namespace

Image readPng(const PictureFile& file) {
    PngReadSession session;
    open(session, file);
    int passes = 1;
    if (!session.guarded([&] { passes = chooseOutput(session); }))
        failDamaged(file, session);
    const SampleLayout layout = layoutOf(session);
    const Image image = layout.type == PixelType::U16 ? decode<std::uint16_t>(session, file, layout, passes)
                                                      : decode<std::uint8_t>(session, file, layout, passes);
    return applyOrientation(image.withResolution(resolutionOf(session)), exifOf(session).orientation);
}

std::map<std::string, std::string> readPngText(const std::filesystem::path& path) {
    const Bytes bytes = mapFile(path);
    const ImageLimits limits;
    const PictureFile file{path, bytes.view, limits};
    PngReadSession session;
    open(session, file);
    const bool isRead = session.guarded([&] {
        const int passes = png_set_interlace_handling(session.png);
        png_read_update_info(session.png, session.info);
        const png_uint_32 height = png_get_image_height(session.png, session.info);
        for (int pass = 0; pass < passes; ++pass) // text may also stand after the pixels
            for (png_uint_32 y = 0; y < height; ++y)
                png_read_row(session.png, nullptr, nullptr);
        png_read_end(session.png, session.info);
    });
    if (!isRead)
        failDamaged(file, session);
    png_textp chunks = nullptr;
    int count = 0;
    png_get_text(session.png, session.info, &chunks, &count);
    std::map<std::string, std::string> text;
    for (int i = 0; i < count; ++i) {
        const std::size_t length = chunks[i].compression > 0 ? chunks[i].itxt_length : chunks[i].text_length;
        text.emplace(chunks[i].key, std::string(chunks[i].text, length));
    }
    return text;
}

} // namespace cameo
