// SPDX-License-Identifier: Apache-2.0
// libjpeg reports errors by a function that must not return: a longjmp into guarded(), across C frames and
// lambdas that own nothing.
#include "core/image/reading.h"

#include "core/base/text.h"
#include "core/image/colour_transform.h"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <jpeglib.h> // needs cstdio before it

#include <jerror.h>

namespace cameo {
namespace {

constexpr int markerExif = JPEG_APP0 + 1, markerIcc = JPEG_APP0 + 2;
constexpr unsigned longestMarker = 0xffff;
constexpr int mostScans =
    1000; // a progressive file of many scans takes hours to decode; real ones have about ten

struct JpegSession {
    jpeg_decompress_struct info{};
    jpeg_error_mgr errors{};
    jpeg_progress_mgr progress{};
    std::jmp_buf onError{};
    char message[JMSG_LENGTH_MAX] = {};

    JpegSession() = default;
    ~JpegSession() { jpeg_destroy_decompress(&info); }
    JpegSession(const JpegSession&) = delete;
    JpegSession& operator=(const JpegSession&) = delete;
};

JpegSession& sessionOf(j_common_ptr info) {
    return *static_cast<JpegSession*>(info->client_data);
}

[[noreturn]] void onJpegError(j_common_ptr info) {
    JpegSession& session = sessionOf(info);
    info->err->format_message(info, session.message);
    std::longjmp(session.onError, 1);
}

/// Warnings that mean lost pixels end the reading; the harmless ones pass.
void onJpegMessage(j_common_ptr info, int level) {
    const int code = info->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE ||
                      code == JWRN_ARITH_BAD_CODE))
        onJpegError(info);
}

void onJpegProgress(j_common_ptr info) {
    if (info->is_decompressor && reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > mostScans) {
        std::snprintf(sessionOf(info).message, JMSG_LENGTH_MAX, "more than %d scans", mostScans);
        std::longjmp(sessionOf(info).onError, 1);
    }
}

/// Runs calls into libjpeg; false when one of them failed. `f` must own nothing that needs a destructor.
template <typename F>
bool guarded(JpegSession& session, F&& f) {
    if (setjmp(session.onError))
        return false;
    f();
    return true;
}

void open(JpegSession& session, std::span<const std::byte> bytes) {
    session.info.err = jpeg_std_error(&session.errors);
    session.errors.error_exit = onJpegError;
    session.errors.emit_message = onJpegMessage;
    session.info.client_data = &session;
    jpeg_create_decompress(&session.info);
    session.progress.progress_monitor = onJpegProgress;
    session.info.progress = &session.progress;
    jpeg_mem_src(&session.info, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_save_markers(&session.info, markerExif, longestMarker);
    jpeg_save_markers(&session.info, markerIcc, longestMarker);
    jpeg_read_header(&session.info, TRUE);
}

std::vector<std::byte> iccProfile(JpegSession& session) {
    JOCTET* data = nullptr;
    unsigned size = 0;
    if (!guarded(session, [&] { jpeg_read_icc_profile(&session.info, &data, &size); }) || !data)
        return {};
    const auto* bytes = reinterpret_cast<const std::byte*>(data);
    std::vector<std::byte> profile(bytes, bytes + size);
    std::free(data);
    return profile;
}

ExifGeometry exifOf(const JpegSession& session) {
    constexpr char head[6] = {'E', 'x', 'i', 'f', 0, 0};
    for (jpeg_saved_marker_ptr marker = session.info.marker_list; marker; marker = marker->next)
        if (marker->marker == markerExif && marker->data_length > sizeof(head) &&
            std::memcmp(marker->data, head, sizeof(head)) == 0)
            return readExif({reinterpret_cast<const std::byte*>(marker->data) + sizeof(head),
                             marker->data_length - sizeof(head)});
    return {};
}

std::optional<double> resolutionOf(const JpegSession& session, const ExifGeometry& exif) {
    const auto& info = session.info;
    if (info.saw_JFIF_marker && info.X_density > 1 && info.density_unit == 1)
        return info.X_density;
    if (info.saw_JFIF_marker && info.X_density > 1 && info.density_unit == 2)
        return info.X_density * 2.54;
    return exif.resolution;
}

/// Chooses libjpeg's output and says how it lies in memory.
SampleLayout chooseOutput(jpeg_decompress_struct& info) {
    SampleLayout layout;
    switch (info.jpeg_color_space) {
    case JCS_GRAYSCALE:
        layout.model = ColourModel::Grey;
        info.out_color_space = JCS_GRAYSCALE;
        break;
    case JCS_CMYK:
    case JCS_YCCK:
        layout.model = ColourModel::Cmyk;
        layout.isInkInverted = info.saw_Adobe_marker;
        info.out_color_space = JCS_CMYK;
        break;
    default:
        info.out_color_space = JCS_RGB;
    }
    return layout;
}

bool decodeRows(JpegSession& session, const ColourTransform& colours, bool isCmyk,
                std::vector<std::uint8_t>& pixels, std::vector<std::uint8_t>& row) {
    jpeg_decompress_struct& info = session.info;
    const std::size_t stride = std::size_t{info.image_width} * (isCmyk                     ? 3
                                                                : info.num_components == 1 ? 1
                                                                                           : 3);
    return guarded(session, [&] {
        jpeg_start_decompress(&info);
        while (info.output_scanline < info.output_height) {
            std::uint8_t* out = &pixels[info.output_scanline * stride];
            std::uint8_t* target = isCmyk ? row.data() : out;
            jpeg_read_scanlines(&info, &target, 1);
            colours.apply(target, out, info.image_width);
        }
        jpeg_finish_decompress(&info);
    });
}

} // namespace

Image readJpeg(const PictureFile& file) {
    JpegSession session;
    const auto fail = [&] {
        failImage(file, cat("is a damaged JPEG picture (", printable(session.message), ")"),
                  "Save or copy the picture again");
    };
    if (!guarded(session, [&] { open(session, file.bytes); }))
        fail();
    jpeg_decompress_struct& info = session.info;
    requireUsableSize(file, info.image_width, info.image_height);
    if (info.num_components != 1 && info.num_components != 3 && info.num_components != 4)
        failImage(file, cat("is a JPEG picture with ", info.num_components,
                            " colour components; 1, 3 or 4 can be read"));
    if (!info.arith_code) // Huffman codes take at least one bit for the 64 pixels of a block
        requirePlausibleSize(file, 1ULL * info.image_width * info.image_height, 8 * 64);
    const SampleLayout layout = chooseOutput(info);
    const ColourTransform colours(iccProfile(session), layout);
    const int width = static_cast<int>(info.image_width), height = static_cast<int>(info.image_height);
    const int channels = layout.model == ColourModel::Grey ? 1 : 3;
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width) * height * channels);
    const bool isCmyk = layout.model == ColourModel::Cmyk;
    std::vector<std::uint8_t> row(isCmyk ? std::size_t{4} * width : 0);
    const ExifGeometry exif = exifOf(session); // libjpeg drops the markers when it has decoded the pixels
    if (!decodeRows(session, colours, isCmyk, pixels, row))
        fail();
    const Image image =
        Image(width, height, channels, std::move(pixels)).withResolution(resolutionOf(session, exif));
    return applyOrientation(image, exif.orientation);
}

} // namespace cameo
