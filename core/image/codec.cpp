// SPDX-License-Identifier: Apache-2.0
#include "core/image/codec.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/image/reading.h"

#include <algorithm>
#include <new>
#include <string_view>

namespace cameo {
namespace {

using namespace std::string_view_literals;

/// The first bytes of formats that are recognised only to say so. A '?' stands for any byte.
struct ForeignFormat {
    std::string_view magic;
    const char* name;
};

constexpr ForeignFormat foreignFormats[] = {
    {"????ftypheic"sv, "a HEIC picture"},
    {"????ftypheix"sv, "a HEIC picture"},
    {"????ftyphevc"sv, "a HEIC picture"},
    {"????ftypmif1"sv, "a HEIF picture"},
    {"????ftypmsf1"sv, "a HEIF picture"},
    {"????ftypavif"sv, "an AVIF picture"},
    {"????ftypavis"sv, "an AVIF picture"},
    {"????ftypcrx "sv, "a raw photograph (CR3)"},
    {"RIFF????WEBP"sv, "a WebP picture"},
    {"GIF8"sv, "a GIF picture"},
    {"8BPS"sv, "a Photoshop file"},
    {"\0\0\0\x0cJXL "sv, "a JPEG XL picture"},
    {"\xff\x0a"sv, "a JPEG XL picture"},
    {"\0\0\0\x0cjP  "sv, "a JPEG 2000 picture"},
    {"v/1\x01"sv, "an OpenEXR picture"},
    {"gimp xcf"sv, "a GIMP file"},
    {"%PDF"sv, "a PDF document"},
    {"FUJIFILMCCD-RAW"sv, "a raw photograph (RAF)"},
    {"II\x55\0"sv, "a raw photograph (RW2)"},
    {"BM"sv, "a BMP picture"},
};

bool startsWith(std::string_view bytes, std::string_view magic) {
    return bytes.size() >= magic.size() &&
           std::equal(magic.begin(), magic.end(), bytes.begin(),
                      [](char wanted, char found) { return wanted == '?' || wanted == found; });
}

bool isTiff(std::string_view head) {
    return startsWith(head, "II*\0"sv) || startsWith(head, "MM\0*"sv) || startsWith(head, "II+\0"sv) ||
           startsWith(head, "MM\0+"sv);
}

Image dispatch(const PictureFile& file) {
    const std::string_view head(reinterpret_cast<const char*>(file.bytes.data()),
                                std::min<std::size_t>(file.bytes.size(), 32));
    if (head.empty())
        failImage(file, "is empty", "Choose another file");
    if (startsWith(head, "\x89PNG\r\n\x1a\n"sv))
        return readPng(file);
    if (startsWith(head, "\xff\xd8\xff"sv))
        return readJpeg(file);
    if (isTiff(head))
        return readTiff(file);
    for (const ForeignFormat& format : foreignFormats)
        if (startsWith(head, format.magic))
            failImage(file, cat("is ", format.name, ", which is not supported"), "Convert it to PNG or JPEG");
    failImage(file, cat("is not a picture that can be read: it starts with \"", printable(head, 24), "\""),
              "Choose a PNG, JPEG or TIFF file");
}

} // namespace

void failImage(const PictureFile& file, const std::string& why, const std::string& advice) {
    throw Failure(ErrorCode::BadImage, cat("'", file.path.string(), "' ", why), advice);
}

void requireUsableSize(const PictureFile& file, long long width, long long height) {
    if (width <= 0 || height <= 0)
        failImage(file, cat("says that it is ", width, " x ", height, " pixels large"));
    if (width > file.limits.maxSide || height > file.limits.maxSide || width * height > file.limits.maxPixels)
        failImage(file,
                  cat("is too large: ", width, " x ", height, " pixels; at most ", file.limits.maxSide,
                      " a side and ", file.limits.maxPixels / 1'000'000.0, " million in all can be read"),
                  "Make it smaller first");
}

void requirePlausibleSize(const PictureFile& file, unsigned long long pixelBytes,
                          unsigned long long mostPerByte) {
    if (pixelBytes / mostPerByte > file.bytes.size())
        failImage(file,
                  cat("is damaged: ", byteCountText(file.bytes.size()), " cannot hold ",
                      byteCountText(pixelBytes), " of pixels"),
                  "Save or copy the picture again");
}

Image readImage(const std::filesystem::path& path, const ImageLimits& limits) {
    const Bytes bytes = mapFile(path);
    return readImage(bytes.view, path, limits);
}

Image readImage(std::span<const std::byte> bytes, const std::filesystem::path& path,
                const ImageLimits& limits) {
    try {
        return dispatch({path, bytes, limits});
    } catch (const std::bad_alloc&) {
        throw Failure(ErrorCode::OutOfMemory,
                      cat("There is not enough memory for the picture '", path.string(), "'"),
                      "Make it smaller first");
    }
}

} // namespace cameo
