// SPDX-License-Identifier: Apache-2.0
#include "tests/support/picture_files.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <jpeglib.h> // needs cstdio before it
#include <memory>
#include <png.h>
#include <stdexcept>
#include <tiffio.h>

namespace cameo::test {
namespace {

using File = std::unique_ptr<std::FILE, decltype([](std::FILE* file) { std::fclose(file); })>;

File create(const std::filesystem::path& path) {
    File file(std::fopen(path.c_str(), "wb"));
    if (!file)
        throw std::runtime_error("cannot write " + path.string());
    return file;
}

const std::uint8_t* unsignedBytes(const FileBytes& bytes) {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

void appendNumber(FileBytes& out, std::uint32_t value, int count, bool isBigEndian) {
    for (int i = 0; i < count; ++i)
        out.push_back(static_cast<std::byte>(value >> 8 * (isBigEndian ? count - 1 - i : i)));
}

void chooseJpegColours(jpeg_compress_struct& info, const JpegFile& jpeg) {
    info.in_color_space = jpeg.channels == 1 ? JCS_GRAYSCALE : jpeg.channels == 4 ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(&info);
    if (jpeg.channels == 4)
        jpeg_set_colorspace(&info, jpeg.isYcck ? JCS_YCCK : JCS_CMYK);
    if (jpeg.channels == 4)
        info.write_Adobe_marker = jpeg.hasAdobeMarker ? TRUE : FALSE;
    for (int i = 0; i < info.num_components; ++i) // no subsampling: the tests compare pixels
        info.comp_info[i].h_samp_factor = info.comp_info[i].v_samp_factor = 1;
    jpeg_set_quality(&info, jpeg.quality, TRUE);
    if (jpeg.isProgressive)
        jpeg_simple_progression(&info);
    if (jpeg.density > 0) {
        info.density_unit = 1;
        info.X_density = info.Y_density = static_cast<UINT16>(jpeg.density);
    }
}

} // namespace

FileBytes exifBlock(int orientation, bool isBigEndian) {
    FileBytes block;
    appendNumber(block, isBigEndian ? 0x4d4d : 0x4949, 2, isBigEndian);
    appendNumber(block, 42, 2, isBigEndian);
    appendNumber(block, 8, 4, isBigEndian);
    appendNumber(block, 1, 2, isBigEndian); // entries
    appendNumber(block, 0x0112, 2, isBigEndian);
    appendNumber(block, 3, 2, isBigEndian);
    appendNumber(block, 1, 4, isBigEndian);
    appendNumber(block, static_cast<std::uint32_t>(orientation), 2, isBigEndian);
    appendNumber(block, 0, 2, isBigEndian);
    appendNumber(block, 0, 4, isBigEndian);
    return block;
}

void writeJpeg(const std::filesystem::path& path, const JpegFile& jpeg) {
    const File file = create(path);
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors); // ends the process: a test's own mistake
    jpeg_create_compress(&info);
    jpeg_stdio_dest(&info, file.get());
    info.image_width = static_cast<JDIMENSION>(jpeg.width);
    info.image_height = static_cast<JDIMENSION>(jpeg.height);
    info.input_components = jpeg.channels;
    chooseJpegColours(info, jpeg);
    jpeg_start_compress(&info, TRUE);
    if (jpeg.orientation > 0) {
        FileBytes marker;
        for (const char c : {'E', 'x', 'i', 'f', '\0', '\0'})
            marker.push_back(static_cast<std::byte>(c));
        const FileBytes block = exifBlock(jpeg.orientation, jpeg.isBigEndianExif);
        marker.insert(marker.end(), block.begin(), block.end());
        jpeg_write_marker(&info, JPEG_APP0 + 1, unsignedBytes(marker), static_cast<unsigned>(marker.size()));
    }
    if (!jpeg.profile.empty())
        jpeg_write_icc_profile(&info, unsignedBytes(jpeg.profile),
                               static_cast<unsigned>(jpeg.profile.size()));
    const std::size_t stride = static_cast<std::size_t>(jpeg.width) * jpeg.channels;
    while (info.next_scanline < info.image_height) {
        auto* row = const_cast<JSAMPROW>(&jpeg.samples[info.next_scanline * stride]);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
}

namespace {

/// `count` samples from `first` on, `step` apart, in the file's depth.
FileBytes packSamples(const TiffFile& tiff, std::size_t first, std::size_t count, std::size_t step) {
    FileBytes out;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint16_t value = tiff.samples[first + i * step];
        if (tiff.bits == 1) {
            if (i % 8 == 0)
                out.push_back(std::byte{0});
            out.back() |= static_cast<std::byte>((value & 1) << (7 - i % 8));
        } else if (tiff.bits == 8) {
            out.push_back(static_cast<std::byte>(value));
        } else if (tiff.bits == 16) {
            out.resize(out.size() + 2);
            std::memcpy(&out[out.size() - 2], &value, 2);
        } else {
            const float number = static_cast<float>(value) / 255.0f;
            out.resize(out.size() + 4);
            std::memcpy(&out[out.size() - 4], &number, 4);
        }
    }
    return out;
}

void writeTiffTiles(TIFF* handle, const TiffFile& tiff) {
    constexpr int side = 16;
    for (int plane = 0; plane < (tiff.isPlanar ? tiff.channels : 1); ++plane)
        for (int y0 = 0; y0 < tiff.height; y0 += side)
            for (int x0 = 0; x0 < tiff.width; x0 += side) {
                const int perPixel = tiff.isPlanar ? 1 : tiff.channels;
                TiffFile tile = tiff;
                tile.samples.assign(static_cast<std::size_t>(side) * side * perPixel, 7);
                for (int y = y0; y < std::min(y0 + side, tiff.height); ++y)
                    for (int x = x0; x < std::min(x0 + side, tiff.width); ++x)
                        for (int c = 0; c < perPixel; ++c)
                            tile.samples[((y - y0) * side + x - x0) * perPixel + c] =
                                tiff.samples[(static_cast<std::size_t>(y) * tiff.width + x) * tiff.channels +
                                             (tiff.isPlanar ? plane : c)];
                FileBytes packed = packSamples(tile, 0, tile.samples.size(), 1);
                TIFFWriteTile(handle, packed.data(), static_cast<std::uint32_t>(x0),
                              static_cast<std::uint32_t>(y0), 0, static_cast<std::uint16_t>(plane));
            }
}

void writeTiffRows(TIFF* handle, const TiffFile& tiff) {
    const std::size_t stride = static_cast<std::size_t>(tiff.width) * tiff.channels;
    for (int plane = 0; plane < (tiff.isPlanar ? tiff.channels : 1); ++plane)
        for (int y = 0; y < tiff.height; ++y) {
            FileBytes row = tiff.isPlanar ? packSamples(tiff, y * stride + plane, tiff.width, tiff.channels)
                                          : packSamples(tiff, y * stride, stride, 1);
            TIFFWriteScanline(handle, row.data(), static_cast<std::uint32_t>(y),
                              static_cast<std::uint16_t>(plane));
        }
}

} // namespace

void writeTiff(const std::filesystem::path& path, const TiffFile& tiff) {
    TIFF* handle = TIFFOpen(path.c_str(), tiff.isBigEndian ? "wb" : "wl");
    if (!handle)
        throw std::runtime_error("cannot write " + path.string());
    TIFFSetField(handle, TIFFTAG_IMAGEWIDTH, tiff.width);
    TIFFSetField(handle, TIFFTAG_IMAGELENGTH, tiff.height);
    TIFFSetField(handle, TIFFTAG_SAMPLESPERPIXEL, tiff.channels);
    TIFFSetField(handle, TIFFTAG_BITSPERSAMPLE, tiff.bits);
    TIFFSetField(handle, TIFFTAG_PHOTOMETRIC, tiff.photometric);
    TIFFSetField(handle, TIFFTAG_COMPRESSION, tiff.compression);
    TIFFSetField(handle, TIFFTAG_ORIENTATION, tiff.orientation);
    TIFFSetField(handle, TIFFTAG_PLANARCONFIG, tiff.isPlanar ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
    if (tiff.bits == 32)
        TIFFSetField(handle, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
    if (tiff.extra >= 0) {
        const auto kind = static_cast<std::uint16_t>(tiff.extra);
        TIFFSetField(handle, TIFFTAG_EXTRASAMPLES, 1, &kind);
    }
    if (tiff.resolution > 0) {
        TIFFSetField(handle, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
        TIFFSetField(handle, TIFFTAG_XRESOLUTION, tiff.resolution);
    }
    if (!tiff.profile.empty())
        TIFFSetField(handle, TIFFTAG_ICCPROFILE, static_cast<std::uint32_t>(tiff.profile.size()),
                     tiff.profile.data());
    if (!tiff.palette.empty()) {
        const std::size_t count = tiff.palette.size() / 3;
        TIFFSetField(handle, TIFFTAG_COLORMAP, &tiff.palette[0], &tiff.palette[count],
                     &tiff.palette[2 * count]);
    }
    if (tiff.isTiled) {
        TIFFSetField(handle, TIFFTAG_TILEWIDTH, 16);
        TIFFSetField(handle, TIFFTAG_TILELENGTH, 16);
        writeTiffTiles(handle, tiff);
    } else {
        TIFFSetField(handle, TIFFTAG_ROWSPERSTRIP, 5);
        writeTiffRows(handle, tiff);
    }
    TIFFClose(handle);
}

void writeRawPng(const std::filesystem::path& path, const PngFile& file) {
    const File out = create(path);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, out.get());
    png_set_IHDR(png, info, static_cast<png_uint_32>(file.width), static_cast<png_uint_32>(file.height),
                 file.bits, file.colourType, file.isInterlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (!file.palette.empty())
        png_set_PLTE(png, info, reinterpret_cast<png_const_colorp>(file.palette.data()),
                     static_cast<int>(file.palette.size() / 3));
    if (!file.transparency.empty() && file.colourType == PNG_COLOR_TYPE_PALETTE) {
        png_set_tRNS(png, info, file.transparency.data(), static_cast<int>(file.transparency.size()),
                     nullptr);
    } else if (!file.transparency.empty()) {
        png_color_16 clear{};
        const auto wide = [&](std::size_t i) {
            return static_cast<png_uint_16>(file.transparency[2 * i] << 8 | file.transparency[2 * i + 1]);
        };
        clear.gray = clear.red = wide(0);
        if (file.transparency.size() >= 6) {
            clear.green = wide(1);
            clear.blue = wide(2);
        }
        png_set_tRNS(png, info, nullptr, 0, &clear);
    }
    if (file.gamma > 0)
        png_set_gAMA(png, info, file.gamma);
    if (file.hasSrgb)
        png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    if (!file.profile.empty())
        png_set_iCCP(png, info, "test", PNG_COMPRESSION_TYPE_BASE, unsignedBytes(file.profile),
                     static_cast<png_uint_32>(file.profile.size()));
    FileBytes exif;
    if (file.orientation > 0) {
        exif = exifBlock(file.orientation, true);
        png_set_eXIf_1(png, info, static_cast<png_uint_32>(exif.size()),
                       const_cast<png_bytep>(unsignedBytes(exif)));
    }
    png_write_info(png, info);
    const std::size_t stride = png_get_rowbytes(png, info);
    std::vector<png_bytep> rows;
    for (int y = 0; y < file.height; ++y)
        rows.push_back(const_cast<png_bytep>(&file.rows[y * stride]));
    png_write_image(png, rows.data());
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
}

} // namespace cameo::test
