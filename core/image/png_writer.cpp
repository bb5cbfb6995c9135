// SPDX-License-Identifier: Apache-2.0
#include "core/image/codec.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/image/colour_transform.h"
#include "core/image/png_session.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <new>

namespace cameo {
namespace {

constexpr std::size_t longestKeyword = 79;              // PNG specification, section 11.3.3.2
constexpr std::size_t compressTextFrom = 2048;          // shorter texts stay readable in the raw file
constexpr const char* xmpKeyword = "XML:com.adobe.xmp"; // XMP readers expect it uncompressed

struct PngWriteSession : PngSession {
    PngWriteSession() = default;
    ~PngWriteSession() { png_destroy_write_struct(&png, &info); }
    PngWriteSession(const PngWriteSession&) = delete;
    PngWriteSession& operator=(const PngWriteSession&) = delete;
};

/// An exception must not pass through libpng: it is kept and thrown again outside.
bool tryToWrite(PngSession& session, png_bytep bytes, std::size_t count) {
    try {
        (*session.sink)(std::as_bytes(std::span(bytes, count)));
        return true;
    } catch (...) {
        session.sinkFailure = std::current_exception();
        return false;
    }
}

void onWrite(png_structp png, png_bytep bytes, std::size_t count) {
    if (!tryToWrite(*static_cast<PngSession*>(png_get_io_ptr(png)), bytes, count))
        png_error(png, "writing failed");
}

void onFlush(png_structp) {}

void checkRequest(const std::filesystem::path& file, const Image& image, const PngOptions& options) {
    if (image.isEmpty() || image.type() == PixelType::F32)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("Cannot write '", file.string(), "': a PNG holds 8 or 16 bit pixels, not ",
                          image.isEmpty() ? "nothing" : "floating point"));
    for (const auto& [keyword, text] : options.text)
        if (keyword.empty() || keyword.size() > longestKeyword || printable(keyword) != keyword)
            throw Failure(ErrorCode::InvalidArgument,
                          cat("Cannot write '", file.string(), "': '", printable(keyword),
                              "' is no keyword for a PNG text"));
}

int colourTypeOf(const Image& image) {
    constexpr int types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                             PNG_COLOR_TYPE_RGB_ALPHA};
    return types[image.channels() - 1];
}

std::vector<png_text> textChunks(const PngOptions& options) {
    std::vector<png_text> chunks;
    for (const auto& [keyword, text] : options.text) {
        png_text chunk{};
        const bool isCompressed = text.size() >= compressTextFrom && keyword != xmpKeyword;
        chunk.compression = isCompressed ? PNG_ITXT_COMPRESSION_zTXt : PNG_ITXT_COMPRESSION_NONE;
        chunk.key = const_cast<png_charp>(keyword.c_str()); // libpng copies both
        chunk.text = const_cast<png_charp>(text.c_str());
        chunk.itxt_length = text.size();
        chunks.push_back(chunk);
    }
    return chunks;
}

void writeHead(PngSession& session, const Image& image, const PngOptions& options,
               const std::vector<std::byte>& profile, const std::vector<png_text>& text) {
    png_structp png = session.png;
    png_infop info = session.info;
    png_set_write_fn(png, &session, onWrite, onFlush);
    png_set_compression_level(png, std::clamp(options.compression, 0, 9));
    png_set_IHDR(png, info, static_cast<png_uint_32>(image.width()), static_cast<png_uint_32>(image.height()),
                 image.type() == PixelType::U16 ? 16 : 8, colourTypeOf(image), PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (profile.empty())
        png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    else
        png_set_iCCP(png, info, "sRGB", PNG_COMPRESSION_TYPE_BASE,
                     reinterpret_cast<png_const_bytep>(profile.data()),
                     static_cast<png_uint_32>(profile.size()));
    if (image.resolution()) {
        const auto perMetre =
            static_cast<png_uint_32>(std::clamp(*image.resolution() / 0.0254 + 0.5, 1.0, 1e9));
        png_set_pHYs(png, info, perMetre, perMetre, PNG_RESOLUTION_METER);
    }
    if (!text.empty())
        png_set_text(png, info, text.data(), static_cast<int>(text.size()));
    png_write_info(png, info);
    if constexpr (std::endian::native == std::endian::little)
        if (image.type() == PixelType::U16)
            png_set_swap(png);
}

void writeAll(PngWriteSession& session, const Image& image, const PngOptions& options) {
    session.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &session, PngSession::onPngError,
                                          PngSession::onPngWarning);
    session.info = session.png ? png_create_info_struct(session.png) : nullptr;
    if (!session.info)
        throw std::bad_alloc();
    // Krita asks a question, and so hangs without a display, on 16-bit layers that carry no profile.
    const std::vector<std::byte> profile =
        image.type() != PixelType::U16
            ? std::vector<std::byte>()
            : srgbProfile(image.channels() <= 2 ? ColourModel::Grey : ColourModel::Rgb);
    const std::vector<png_text> text = textChunks(options);
    const std::size_t stride = image.byteCount() / image.height();
    const bool isWritten = session.guarded([&] {
        writeHead(session, image, options, profile, text);
        for (int y = 0; y < image.height(); ++y)
            png_write_row(session.png, reinterpret_cast<png_const_bytep>(image.data()) + y * stride);
        png_write_end(session.png, session.info);
    });
    if (session.sinkFailure)
        std::rethrow_exception(session.sinkFailure);
    if (!isWritten)
        throw Failure(ErrorCode::Io, cat("The PNG cannot be made: ", printable(session.message)));
}

std::vector<std::byte> encode(const Image& image, const PngOptions& options) {
    std::vector<std::byte> bytes;
    const std::function<void(std::span<const std::byte>)> append = [&](std::span<const std::byte> part) {
        bytes.insert(bytes.end(), part.begin(), part.end());
    };
    PngWriteSession session;
    session.sink = &append;
    writeAll(session, image, options);
    return bytes;
}

} // namespace

std::vector<std::byte> encodePng(const Image& image, const PngOptions& options) {
    checkRequest("a PNG", image, options);
    return encode(image, options);
}

void writePng(const std::filesystem::path& file, const Image& image, const PngOptions& options) {
    checkRequest(file, image, options);
    writeFileAtomically(file, [&](const std::function<void(std::span<const std::byte>)>& append) {
        PngWriteSession session;
        session.sink = &append;
        writeAll(session, image, options);
    });
}

} // namespace cameo
