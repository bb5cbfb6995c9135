// SPDX-License-Identifier: Apache-2.0
// Pictures from and to files, recognised by content. Reading obeys EXIF orientation, converts embedded ICC
// profiles and CMYK to sRGB, keeps 16 bit, and refuses what is too large before allocating. Any thread. Every
// error is Failure(BadImage | NotFound | Io) that names the file and the reason.
#pragma once

#include "core/image/image.h"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace cameo {

struct ImageLimits {
    long long maxPixels = 200'000'000; // 20,000 x 10,000
    int maxSide = 30'000;
};

/// PNG, JPEG or TIFF (first page).
Image readImage(const std::filesystem::path& file, const ImageLimits& limits = {});
/// The same from bytes that lie in another file; `name` stands in messages.
Image readImage(std::span<const std::byte> bytes, const std::filesystem::path& name,
                const ImageLimits& limits = {});

struct PngOptions {
    std::map<std::string, std::string> text; // iTXt, UTF-8: keyword -> text (recipe, XMP)
    int compression = 6;                     // zlib level
};

/// U8 (with an sRGB chunk) or U16 (with an sRGB profile, without which some editors ask back), and pHYs where
/// the resolution is known. Written whole or not at all, byte for byte the same every time.
void writePng(const std::filesystem::path& file, const Image& image, const PngOptions& options = {});
/// The bytes of such a file.
std::vector<std::byte> encodePng(const Image& image, const PngOptions& options = {});
/// Text chunks of a PNG, before or after its pixels, for reading a recipe back.
std::map<std::string, std::string> readPngText(const std::filesystem::path& file);

} // namespace cameo
