// SPDX-License-Identifier: Apache-2.0
// TIFF 6.0 with one page a layer, XMP in tag 700 (Adobe), PageName for the names. libtiff writes into memory,
// so that the file is written whole or not at all.
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/image/colour_transform.h"
#include "core/interchange/flatten.h"
#include "core/interchange/readers.h"
#include "core/interchange/xmp.h"

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <tiffio.h>

namespace cameo {
namespace {

constexpr tmsize_t largestAllocation = tmsize_t{256} << 20; // tags only: pixels are not read here
constexpr int mostPages = 10'000;                           // a chain of pages may be made to go in circles
constexpr std::size_t largestFile = std::numeric_limits<std::uint32_t>::max();

/// A file in memory: `written` while it is made, `source` while it is read.
struct TiffMemory {
    std::span<const std::byte> source;
    std::vector<std::byte> written;
    bool isWriting = false;
    std::size_t at = 0;
    char message[160] = {};

    std::size_t size() const { return isWriting ? written.size() : source.size(); }
    const std::byte* data() const { return isWriting ? written.data() : source.data(); }
};

TiffMemory& memoryOf(thandle_t handle) {
    return *static_cast<TiffMemory*>(handle);
}

tmsize_t onRead(thandle_t handle, void* to, tmsize_t count) {
    TiffMemory& memory = memoryOf(handle);
    const std::size_t left = memory.at < memory.size() ? memory.size() - memory.at : 0;
    const std::size_t size = std::min(static_cast<std::size_t>(std::max<tmsize_t>(count, 0)), left);
    if (size > 0)
        std::memcpy(to, memory.data() + memory.at, size);
    memory.at += size;
    return static_cast<tmsize_t>(size);
}

/// An exception must not pass through libtiff.
tmsize_t onWrite(thandle_t handle, void* from, tmsize_t count) {
    TiffMemory& memory = memoryOf(handle);
    const auto size = static_cast<std::size_t>(count);
    if (!memory.isWriting || memory.at + size > largestFile)
        return 0;
    try {
        if (memory.at + size > memory.written.size())
            memory.written.resize(memory.at + size);
    } catch (const std::bad_alloc&) {
        return 0;
    }
    std::memcpy(memory.written.data() + memory.at, from, size);
    memory.at += size;
    return count;
}

toff_t onSeek(thandle_t handle, toff_t offset, int whence) {
    TiffMemory& memory = memoryOf(handle);
    const toff_t base = whence == SEEK_CUR ? memory.at : whence == SEEK_END ? memory.size() : 0;
    memory.at = static_cast<std::size_t>(base + offset);
    return memory.at;
}

int onClose(thandle_t) {
    return 0;
}

toff_t onSize(thandle_t handle) {
    return memoryOf(handle).size();
}

int onError(TIFF*, void* user, const char*, const char* format, va_list arguments) {
    TiffMemory& memory = memoryOf(user);
    if (!memory.message[0])
        std::vsnprintf(memory.message, sizeof(memory.message), format, arguments);
    return 1;
}

int onWarning(TIFF*, void*, const char*, const char*, va_list) {
    return 1;
}

using Tiff = std::unique_ptr<TIFF, decltype([](TIFF* tiff) { TIFFClose(tiff); })>;

Tiff openTiff(TiffMemory& memory, const char* mode) {
    TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
    if (!options)
        throw std::bad_alloc();
    if (!memory.isWriting)
        TIFFOpenOptionsSetMaxSingleMemAlloc(options, largestAllocation);
    TIFFOpenOptionsSetErrorHandlerExtR(options, onError, &memory);
    TIFFOpenOptionsSetWarningHandlerExtR(options, onWarning, &memory);
    TIFF* tiff = TIFFClientOpenExt("layers", mode, &memory, onRead, onWrite, onSeek, onClose, onSize, nullptr,
                                   nullptr, options);
    TIFFOpenOptionsFree(options);
    return Tiff(tiff);
}

struct Page {
    Image picture; // RGB or RGBA, U8 or U16
    std::string name;
    std::string xmp; // empty: none
};

void setTags(TIFF* tiff, const Page& page, int number, int count) {
    const Image& picture = page.picture;
    TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, FILETYPE_PAGE);
    TIFFSetField(tiff, TIFFTAG_PAGENUMBER, number, count);
    TIFFSetField(tiff, TIFFTAG_PAGENAME, page.name.c_str());
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, picture.width());
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, picture.height());
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, picture.type() == PixelType::U16 ? 16 : 8);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, picture.channels());
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
    TIFFSetField(tiff, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
    TIFFSetField(tiff, TIFFTAG_SOFTWARE, "Cameo");
    std::uint16_t straight = EXTRASAMPLE_UNASSALPHA;
    if (picture.hasAlpha())
        TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &straight);
    if (picture.resolution()) {
        TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
        TIFFSetField(tiff, TIFFTAG_XRESOLUTION, *picture.resolution());
        TIFFSetField(tiff, TIFFTAG_YRESOLUTION, *picture.resolution());
    }
    const std::vector<std::byte> profile = srgbProfile(ColourModel::Rgb);
    TIFFSetField(tiff, TIFFTAG_ICCPROFILE, static_cast<std::uint32_t>(profile.size()), profile.data());
    if (!page.xmp.empty())
        TIFFSetField(tiff, TIFFTAG_XMLPACKET, static_cast<std::uint32_t>(page.xmp.size()), page.xmp.data());
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, TIFFDefaultStripSize(tiff, 0));
}

bool writePage(TIFF* tiff, const Page& page, int number, int count) {
    setTags(tiff, page, number, count);
    const std::size_t stride = page.picture.byteCount() / page.picture.height();
    std::vector<std::byte> row(stride); // libtiff's predictor changes what it is given
    for (int y = 0; y < page.picture.height(); ++y) {
        std::memcpy(row.data(), page.picture.data() + y * stride, stride);
        if (TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y), 0) < 0)
            return false;
    }
    return TIFFWriteDirectory(tiff) != 0;
}

[[noreturn]] void failRead(const std::string& file, const TiffMemory& memory) {
    throw Failure(ErrorCode::BadImage,
                  cat("'", file, "' is a damaged TIFF (", printable(memory.message), ")"),
                  "Save or copy the file again");
}

std::string textTag(TIFF* tiff, std::uint32_t tag) {
    const char* text = nullptr;
    if (!TIFFGetField(tiff, tag, &text) || !text)
        return {};
    return isUtf8(text) ? text : printable(text);
}

void readFirstPage(TIFF* tiff, LayeredFileInfo& out) {
    std::uint32_t width = 0, height = 0, size = 0;
    std::uint16_t bits = 1;
    const char* xmp = nullptr;
    float resolution = 0;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    constexpr std::uint32_t largest = std::numeric_limits<int>::max();
    out.width = static_cast<int>(std::min(width, largest));
    out.height = static_cast<int>(std::min(height, largest));
    out.bits = bits;
    if (TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &resolution) && resolution > 0)
        out.resolution = resolution;
    if (TIFFGetField(tiff, TIFFTAG_XMLPACKET, &size, &xmp) && xmp) {
        const XmpContent content = readXmp({xmp, size});
        out.provenance = content.provenance;
        out.recipe = content.recipe;
    }
}

} // namespace

void writeTiffPages(const std::filesystem::path& file, const LayerStack& stack) {
    checkStack(stack);
    const PixelType type = depthOf(stack);
    const std::vector<Layer> layers = plainLayers(stack);
    const int count = static_cast<int>(layers.size()) + 1;
    if (count > mostPages)
        throw Failure(ErrorCode::InvalidArgument, cat("A TIFF gets at most ", mostPages - 1, " layers"));
    TiffMemory memory;
    memory.isWriting = true;
    bool isWritten = true;
    {
        const Tiff tiff = openTiff(memory, "w");
        if (!tiff)
            throw Failure(ErrorCode::Internal, cat("'", file.string(), "': ", printable(memory.message)));
        isWritten = writePage(tiff.get(),
                              {mergeLayers(stack, type), "Merged", makeXmp(stack.provenance, stack.recipe)},
                              0, count);
        for (int i = 1; i < count && isWritten; ++i) {
            const Layer& layer = layers[static_cast<std::size_t>(i) - 1];
            isWritten = writePage(
                tiff.get(), {onCanvas(layer, stack, type), layer.name, makeXmp(stack.provenance, Json())}, i,
                count);
        }
    }
    if (!isWritten)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("'", file.string(),
                          "' cannot be made: the layers do not fit into the memory or into "
                          "the 4 GB of a TIFF"),
                      "Export as a folder of PNGs");
    writeFileAtomically(file, std::span<const std::byte>(memory.written));
}

LayeredFileInfo tiffInfo(const Bytes& bytes, const std::string& file) {
    TiffMemory memory;
    memory.source = bytes.view;
    const Tiff tiff = openTiff(memory, "rm");
    if (!tiff)
        failRead(file, memory);
    LayeredFileInfo out{.format = "tiff"};
    readFirstPage(tiff.get(), out);
    for (int page = 0; page < mostPages && TIFFReadDirectory(tiff.get()); ++page) {
        std::uint32_t width = 0, height = 0;
        TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width);
        TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height);
        constexpr std::uint32_t largest = std::numeric_limits<int>::max();
        out.layers.push_back({.name = textTag(tiff.get(), TIFFTAG_PAGENAME),
                              .bounds = {0, 0, static_cast<int>(std::min(width, largest)),
                                         static_cast<int>(std::min(height, largest))}});
    }
    return out;
}

} // namespace cameo
