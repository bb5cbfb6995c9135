// SPDX-License-Identifier: Apache-2.0
// What the readers of the picture formats share. Internal to core/image: others include codec.h. Any thread.
#pragma once

#include "core/image/codec.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace cameo {

struct PictureFile {
    const std::filesystem::path& path;
    std::span<const std::byte> bytes;
    const ImageLimits& limits;
};

/// Throws BadImage: "'PATH' <why>".
[[noreturn]] void failImage(const PictureFile& file, const std::string& why, const std::string& advice = {});

/// Throws BadImage unless both sides are positive and the size is within the limits; call before any
/// allocation.
void requireUsableSize(const PictureFile& file, long long width, long long height);

/// Throws BadImage when so many bytes of pixels cannot come out of the file: `mostPerByte` is what its
/// compression can make of one byte. Keeps a tiny file from asking for much memory.
void requirePlausibleSize(const PictureFile& file, unsigned long long pixelBytes,
                          unsigned long long mostPerByte);

Image readPng(const PictureFile& file);
Image readJpeg(const PictureFile& file);
Image readTiff(const PictureFile& file);

/// What an EXIF block (a TIFF header with its tags) says about the picture's geometry. Broken blocks say
/// nothing.
struct ExifGeometry {
    int orientation = 1;              // 1..8
    std::optional<double> resolution; // pixels per inch
};
ExifGeometry readExif(std::span<const std::byte> block);

/// Turns and mirrors the stored picture so that it is upright (EXIF orientation 1..8).
Image applyOrientation(const Image& image, int orientation);

} // namespace cameo
