// SPDX-License-Identifier: Apache-2.0
// The first page of a TIFF: 8 and 16 bit grey, RGB and CMYK row by row or tile by tile in their own depth;
// palettes, fewer bits, Lab and subsampled YCbCr through libtiff's own conversion to 8-bit RGB.
#include "core/image/reading.h"

#include "core/base/text.h"
#include "core/image/colour_transform.h"

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <new>
#include <tiffio.h>

namespace cameo {
namespace {

constexpr tmsize_t largestAllocation = tmsize_t{2} << 30;

/// The mapped file as libtiff sees it, and its first complaint.
struct TiffSource {
    std::span<const std::byte> bytes;
    std::size_t at = 0;
    char message[160] = {};
};

tmsize_t onRead(thandle_t handle, void* to, tmsize_t count) {
    auto& source = *static_cast<TiffSource*>(handle);
    const std::size_t left = source.at < source.bytes.size() ? source.bytes.size() - source.at : 0;
    const std::size_t size = std::min(static_cast<std::size_t>(std::max<tmsize_t>(count, 0)), left);
    if (size > 0)
        std::memcpy(to, source.bytes.data() + source.at, size);
    source.at += size;
    return static_cast<tmsize_t>(size);
}

tmsize_t onWrite(thandle_t, void*, tmsize_t) {
    return 0;
}

toff_t onSeek(thandle_t handle, toff_t offset, int whence) {
    auto& source = *static_cast<TiffSource*>(handle);
    const toff_t base = whence == SEEK_CUR ? source.at : whence == SEEK_END ? source.bytes.size() : 0;
    source.at = static_cast<std::size_t>(base + offset);
    return source.at;
}

int onClose(thandle_t) {
    return 0;
}

toff_t onSize(thandle_t handle) {
    return static_cast<TiffSource*>(handle)->bytes.size();
}

int onMap(thandle_t handle, void** base, toff_t* size) {
    const auto& source = *static_cast<TiffSource*>(handle);
    *base = const_cast<std::byte*>(source.bytes.data()); // libtiff only reads it in mode "r"
    *size = source.bytes.size();
    return 1;
}

void onUnmap(thandle_t, void*, toff_t) {}

int onError(TIFF*, void* user, const char*, const char* format, va_list arguments) {
    auto& source = *static_cast<TiffSource*>(user);
    if (!source.message[0])
        std::vsnprintf(source.message, sizeof(source.message), format, arguments);
    return 1;
}

int onWarning(TIFF*, void*, const char*, const char*, va_list) {
    return 1;
}

using Tiff = std::unique_ptr<TIFF, decltype([](TIFF* tiff) { TIFFClose(tiff); })>;

/// What the common compressions can make of one byte: 4096 is beyond LZW, Deflate and PackBits. The others
/// are rare, and some of them know no such limit.
void requirePlausibleTiff(const PictureFile& file, std::uint16_t compression, unsigned long long pixelBytes) {
    if (compression == COMPRESSION_NONE)
        requirePlausibleSize(file, pixelBytes, 1);
    else if (compression == COMPRESSION_LZW || compression == COMPRESSION_ADOBE_DEFLATE ||
             compression == COMPRESSION_DEFLATE || compression == COMPRESSION_PACKBITS)
        requirePlausibleSize(file, pixelBytes, 4096);
}

Tiff openTiff(TiffSource& source) {
    TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
    if (!options)
        throw std::bad_alloc();
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, largestAllocation);
    TIFFOpenOptionsSetErrorHandlerExtR(options, onError, &source);
    TIFFOpenOptionsSetWarningHandlerExtR(options, onWarning, &source);
    TIFF* tiff = TIFFClientOpenExt("picture", "r", &source, onRead, onWrite, onSeek, onClose, onSize, onMap,
                                   onUnmap, options);
    TIFFOpenOptionsFree(options);
    return Tiff(tiff);
}

/// The tags that say how the pixels lie in the file.
struct TiffLayout {
    std::uint32_t width = 0, height = 0;
    std::uint16_t bits = 1, samples = 1, photometric = PHOTOMETRIC_MINISBLACK, planar = PLANARCONFIG_CONTIG;
    std::uint16_t format = SAMPLEFORMAT_UINT, compression = COMPRESSION_NONE, orientation = 1;
    bool hasAlpha = false, isAlphaAssociated = false;

    bool isWhiteZero() const { return photometric == PHOTOMETRIC_MINISWHITE; }
    int colours() const {
        if (photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE)
            return 1;
        return photometric == PHOTOMETRIC_SEPARATED ? 4 : 3;
    }
    /// Whether the samples can be taken as they are.
    bool isPlain() const {
        const bool isKnown = photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE ||
                             photometric == PHOTOMETRIC_RGB || photometric == PHOTOMETRIC_SEPARATED ||
                             (photometric == PHOTOMETRIC_YCBCR && compression == COMPRESSION_JPEG);
        return isKnown && (bits == 8 || bits == 16) && format == SAMPLEFORMAT_UINT && samples >= colours();
    }
};

TiffLayout readLayout(TIFF* tiff) {
    TiffLayout layout;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &layout.width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &layout.height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout.bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout.samples);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout.photometric);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &layout.planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &layout.format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &layout.compression);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &layout.orientation);
    if (layout.format == SAMPLEFORMAT_VOID)
        layout.format = SAMPLEFORMAT_UINT;
    std::uint16_t extras = 0;
    std::uint16_t* kinds = nullptr;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extras, &kinds);
    const bool hasRoom = layout.samples > layout.colours() && layout.colours() != 4;
    layout.isAlphaAssociated = hasRoom && extras > 0 && kinds[0] == EXTRASAMPLE_ASSOCALPHA;
    layout.hasAlpha =
        layout.isAlphaAssociated || (hasRoom && extras > 0 && kinds[0] == EXTRASAMPLE_UNASSALPHA);
    return layout;
}

/// Turns decoded samples into rows of the result: picks the channels, undoes what the tags say, converts to
/// sRGB.
template <typename T>
class RowWriter {
  public:
    RowWriter(const TiffLayout& layout, const ColourTransform& colours)
        : m_layout(layout),
          m_colours(colours),
          m_kept(layout.colours() + (layout.hasAlpha ? 1 : 0)),
          m_channels(layout.colours() == 4 ? 3 : m_kept) {}

    int channels() const { return m_channels; }
    int kept() const { return m_kept; } // before CMYK becomes RGB

    /// `samples`: m_kept per pixel; changed on the way.
    void write(T* samples, T* out, std::size_t pixels) const {
        constexpr T full = std::numeric_limits<T>::max();
        if (m_layout.isWhiteZero())
            for (std::size_t i = 0; i < pixels; ++i)
                samples[i * m_kept] = static_cast<T>(full - samples[i * m_kept]);
        if (m_layout.isAlphaAssociated)
            for (std::size_t i = 0; i < pixels; ++i)
                divideByAlpha(&samples[i * m_kept]);
        m_colours.apply(samples, out, pixels);
    }

  private:
    void divideByAlpha(T* pixel) const {
        constexpr std::uint64_t full = std::numeric_limits<T>::max();
        const std::uint64_t alpha = pixel[m_kept - 1];
        for (int c = 0; c + 1 < m_kept; ++c)
            pixel[c] =
                alpha == 0 ? T{0} : static_cast<T>(std::min(full, (pixel[c] * full + alpha / 2) / alpha));
    }
    TiffLayout m_layout;
    const ColourTransform& m_colours;
    int m_kept, m_channels;
};

/// All kept samples, channel c of pixel i at [i * kept + c]; false when libtiff failed.
template <typename T>
bool readStrips(TIFF* tiff, const TiffLayout& layout, const RowWriter<T>& writer, std::vector<T>& pixels) {
    const std::size_t width = layout.width;
    std::vector<T> row(static_cast<std::size_t>(TIFFScanlineSize64(tiff)) / sizeof(T) + layout.samples);
    std::vector<T> kept(width * writer.kept());
    if (layout.planar != PLANARCONFIG_SEPARATE) {
        if (row.size() < width * layout.samples)
            return false;
        for (std::uint32_t y = 0; y < layout.height; ++y) {
            if (TIFFReadScanline(tiff, row.data(), y, 0) < 0)
                return false;
            for (std::size_t x = 0; x < width; ++x)
                std::copy_n(&row[x * layout.samples], writer.kept(), &kept[x * writer.kept()]);
            writer.write(kept.data(), &pixels[y * width * writer.channels()], width);
        }
        return true;
    }
    // Planes come one after the other, so the whole picture is gathered first, four channels wide at most.
    std::vector<T> planes(width * layout.height * writer.kept());
    for (int c = 0; c < writer.kept(); ++c)
        for (std::uint32_t y = 0; y < layout.height; ++y) {
            if (row.size() < width ||
                TIFFReadScanline(tiff, row.data(), y, static_cast<std::uint16_t>(c)) < 0)
                return false;
            for (std::size_t x = 0; x < width; ++x)
                planes[(y * width + x) * writer.kept() + c] = row[x];
        }
    for (std::uint32_t y = 0; y < layout.height; ++y)
        writer.write(&planes[y * width * writer.kept()], &pixels[y * width * writer.channels()], width);
    return true;
}

template <typename T>
bool readTiles(TIFF* tiff, const TiffLayout& layout, const RowWriter<T>& writer, std::vector<T>& pixels) {
    std::uint32_t tileWidth = 0, tileHeight = 0;
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tileWidth);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &tileHeight);
    const std::uint64_t size = TIFFTileSize64(tiff);
    const bool isSeparate = layout.planar == PLANARCONFIG_SEPARATE;
    const std::size_t step = isSeparate ? 1 : layout.samples;
    if (tileWidth == 0 || tileHeight == 0 || size > static_cast<std::uint64_t>(largestAllocation) / 4 ||
        size / sizeof(T) < std::uint64_t{tileWidth} * tileHeight * step)
        return false;
    std::vector<T> tile(size / sizeof(T)), kept(std::size_t{tileWidth} * tileHeight * writer.kept());
    for (std::uint32_t y0 = 0; y0 < layout.height; y0 += tileHeight)
        for (std::uint32_t x0 = 0; x0 < layout.width; x0 += tileWidth) {
            const int planes = isSeparate ? writer.kept() : 1, perPlane = isSeparate ? 1 : writer.kept();
            for (int plane = 0; plane < planes; ++plane) {
                if (TIFFReadTile(tiff, tile.data(), x0, y0, 0, static_cast<std::uint16_t>(plane)) < 0)
                    return false;
                for (std::size_t i = 0; i < std::size_t{tileWidth} * tileHeight; ++i)
                    std::copy_n(&tile[i * step], perPlane, &kept[i * writer.kept() + plane]);
            }
            const std::uint32_t rows = std::min(tileHeight, layout.height - y0);
            const std::uint32_t columns = std::min(tileWidth, layout.width - x0);
            for (std::uint32_t y = 0; y < rows; ++y)
                writer.write(&kept[std::size_t{y} * tileWidth * writer.kept()],
                             &pixels[((std::size_t{y0} + y) * layout.width + x0) * writer.channels()],
                             columns);
        }
    return true;
}

std::span<const std::byte> profileOf(TIFF* tiff) {
    std::uint32_t size = 0;
    const void* profile = nullptr;
    if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &size, &profile) && profile)
        return {static_cast<const std::byte*>(profile), size};
    return {};
}

SampleLayout sampleLayout(const TiffLayout& layout) {
    SampleLayout samples;
    samples.model = layout.colours() == 1   ? ColourModel::Grey
                    : layout.colours() == 4 ? ColourModel::Cmyk
                                            : ColourModel::Rgb;
    samples.hasAlpha = layout.hasAlpha;
    samples.type = layout.bits == 16 ? PixelType::U16 : PixelType::U8;
    return samples;
}

[[noreturn]] void failDamaged(const PictureFile& file, const TiffSource& source) {
    failImage(file, cat("is a damaged TIFF picture (", printable(source.message, 120), ")"),
              "Save or copy the picture again");
}

template <typename T>
Image readPlain(TIFF* tiff, const TiffLayout& layout, const PictureFile& file, const TiffSource& source) {
    const ColourTransform colours(profileOf(tiff), sampleLayout(layout));
    const RowWriter<T> writer(layout, colours);
    std::vector<T> pixels(std::size_t{layout.width} * layout.height * writer.channels());
    const bool isRead = TIFFIsTiled(tiff) ? readTiles(tiff, layout, writer, pixels)
                                          : readStrips(tiff, layout, writer, pixels);
    if (!isRead)
        failDamaged(file, source);
    return Image(static_cast<int>(layout.width), static_cast<int>(layout.height), writer.channels(),
                 std::move(pixels));
}

/// libtiff's conversion to 8-bit RGB.
Image readConverted(TIFF* tiff, const TiffLayout& layout, const PictureFile& file, const TiffSource& source) {
    char why[1024] = {};
    if (layout.format != SAMPLEFORMAT_UINT || layout.bits > 16 || !TIFFRGBAImageOK(tiff, why))
        failImage(file,
                  cat("is a TIFF with ", layout.samples, " samples of ", layout.bits,
                      layout.format == SAMPLEFORMAT_IEEEFP ? " bits in floating point" : " bits",
                      " in a layout that is not supported"),
                  "Convert it to 8 or 16 bit RGB");
    const std::size_t width = layout.width, count = width * layout.height;
    std::vector<std::uint32_t> raster(count);
    // The stored orientation is asked for, so that libtiff turns nothing: it cannot do the transposed ones.
    if (!TIFFReadRGBAImageOriented(tiff, layout.width, layout.height, raster.data(), layout.orientation, 1))
        failDamaged(file, source);
    std::vector<std::uint8_t> pixels(count * 3);
    for (std::size_t i = 0; i < count; ++i) {
        pixels[i * 3] = static_cast<std::uint8_t>(TIFFGetR(raster[i]));
        pixels[i * 3 + 1] = static_cast<std::uint8_t>(TIFFGetG(raster[i]));
        pixels[i * 3 + 2] = static_cast<std::uint8_t>(TIFFGetB(raster[i]));
    }
    const ColourTransform colours(profileOf(tiff), SampleLayout{});
    if (!colours.isIdentity())
        for (std::size_t y = 0; y < layout.height; ++y)
            colours.apply(&pixels[y * width * 3], &pixels[y * width * 3], width);
    return Image(static_cast<int>(layout.width), static_cast<int>(layout.height), 3, std::move(pixels));
}

std::optional<double> resolutionOf(TIFF* tiff) {
    float resolution = 0;
    std::uint16_t unit = RESUNIT_INCH;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
    if (!TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &resolution) || !(resolution > 0) || unit == RESUNIT_NONE)
        return std::nullopt;
    return unit == RESUNIT_CENTIMETER ? resolution * 2.54 : resolution;
}

} // namespace

Image readTiff(const PictureFile& file) {
    TiffSource source{file.bytes};
    const Tiff tiff = openTiff(source);
    if (!tiff)
        failDamaged(file, source);
    TiffLayout layout = readLayout(tiff.get());
    requireUsableSize(file, layout.width, layout.height);
    requirePlausibleTiff(file, layout.compression, 1ULL * layout.width * layout.height * layout.bits / 8);
    if (layout.photometric == PHOTOMETRIC_YCBCR && layout.compression == COMPRESSION_JPEG)
        TIFFSetField(tiff.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    Image image;
    if (!layout.isPlain())
        image = readConverted(tiff.get(), layout, file, source);
    else if (layout.bits == 16)
        image = readPlain<std::uint16_t>(tiff.get(), layout, file, source);
    else
        image = readPlain<std::uint8_t>(tiff.get(), layout, file, source);
    return applyOrientation(image.withResolution(resolutionOf(tiff.get())), layout.orientation);
}

} // namespace cameo
