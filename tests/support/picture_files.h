// SPDX-License-Identifier: Apache-2.0
// Picture files of the kinds that Cameo reads but does not write, made with libjpeg, libtiff, libpng and
// lcms2.
#pragma once

#include "core/image/image.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace cameo::test {

using FileBytes = std::vector<std::byte>;

struct JpegFile {
    int width = 0, height = 0;
    std::vector<std::uint8_t> samples; // as libjpeg takes them: grey, RGB or CMYK
    int channels = 3;                  // 1, 3 or 4
    bool isYcck = false;
    bool hasAdobeMarker = false; // CMYK: then the samples must be inverted already
    bool isProgressive = false;
    int quality = 97;
    int orientation = 0; // 0: no EXIF
    bool isBigEndianExif = false;
    int density = 0; // JFIF, per inch; 0: none
    FileBytes profile;
};
void writeJpeg(const std::filesystem::path& file, const JpegFile& jpeg);
/// An EXIF block (a TIFF header with its first directory).
FileBytes exifBlock(int orientation, bool isBigEndian);

struct TiffFile {
    int width = 0, height = 0;
    std::vector<std::uint16_t> samples; // width * height * channels; 8 bit and less use the low bits
    int channels = 3;
    int bits = 8; // 1, 8, 16 or 32 (floating point)
    int photometric = 2;
    int compression = 1;
    int orientation = 1;
    int extra = -1; // kind of the last sample: 0 unspecified, 1 associated, 2 unassociated alpha; -1: none
    bool isPlanar = false, isTiled = false, isBigEndian = false;
    double resolution = 0; // per inch
    FileBytes profile;
    std::vector<std::uint16_t> palette; // 3 * 2^bits
};
void writeTiff(const std::filesystem::path& file, const TiffFile& tiff);

struct PngFile {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rows; // packed as the PNG wants them, 16 bit big-endian
    int bits = 8;
    int colourType = 2; // 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA
    bool isInterlaced = false;
    std::vector<std::uint8_t> palette;      // RGB
    std::vector<std::uint8_t> transparency; // palette alphas, or the clear grey or RGB as 16-bit big-endian
    double gamma = 0;                       // gAMA; 0: none
    bool hasSrgb = false;
    int orientation = 0; // eXIf; 0: none
    FileBytes profile;
};
void writeRawPng(const std::filesystem::path& file, const PngFile& png);

enum class ProfileKind {
    LinearRgb,  // sRGB primaries, gamma 1
    Srgb,       // another maker's sRGB
    SwappedRgb, // red and blue primaries swapped: easy to see
    Gamma1Grey,
    Cmyk, // a small table: inks mix by multiplication, and black is only half dark
};
FileBytes makeProfile(ProfileKind kind);

} // namespace cameo::test
