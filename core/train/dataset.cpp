// SPDX-License-Identifier: Apache-2.0
#include "core/train/dataset.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <cstring>

namespace cameo::train {
namespace {

constexpr std::string_view kMagic = "CAMEOSET";
constexpr std::string_view kEnd = "CAMEOEND";
constexpr std::uint32_t kVersion = 1;
constexpr int kMaxSide = 4096;

struct Header {
    char magic[8];
    std::uint32_t version;
    std::uint32_t side;
    std::uint32_t channels;
    std::uint32_t reserved;
};
struct Trailer {
    std::uint64_t count;
    char magic[8];
};
static_assert(sizeof(Header) == 24 && sizeof(Trailer) == 16);

template <typename T>
std::span<const std::byte> bytesOf(const T& value) {
    return std::as_bytes(std::span(&value, 1));
}

[[noreturn]] void failSet(const std::filesystem::path& file, const std::string& reason) {
    throw Failure(ErrorCode::BadImage, cat("'", file.string(), "' is not a whole packed data set: ", reason),
                  "Make it with 'cameo dataset pack'");
}

Header headerFor(int side) {
    Header header{};
    std::memcpy(header.magic, kMagic.data(), kMagic.size());
    header.version = kVersion;
    header.side = static_cast<std::uint32_t>(side);
    header.channels = 3;
    return header;
}

Trailer trailerFor(long count) {
    Trailer trailer{};
    trailer.count = static_cast<std::uint64_t>(count);
    std::memcpy(trailer.magic, kEnd.data(), kEnd.size());
    return trailer;
}

std::vector<std::uint8_t> decodeChecked(const PackRequest& request, const std::filesystem::path& file) {
    std::vector<std::uint8_t> pixels = request.decode(file, request.side);
    const auto expected = std::size_t{3} * request.side * request.side;
    if (pixels.size() != expected)
        throw Failure(ErrorCode::Internal, cat("decoded to ", pixels.size(), " bytes instead of ", expected));
    return pixels;
}

Json finishedManifest(const PackRequest& request, const PackReport& report, Json names) {
    Json manifest = request.manifest.isObject() ? request.manifest : Json::object();
    Json skipped = Json::array();
    for (const auto& [file, reason] : report.skipped)
        skipped.append(Json::object({{"file", file.filename().string()}, {"reason", reason}}));
    manifest.set("files", std::move(names));
    manifest.set("skipped", std::move(skipped));
    return manifest;
}

} // namespace

PackedDataset PackedDataset::open(const std::filesystem::path& file) {
    PackedDataset set;
    set.m_bytes = mapFile(file);
    const std::size_t size = set.m_bytes.size();
    Header header{};
    Trailer trailer{};
    if (size < sizeof header + sizeof trailer)
        failSet(file, cat("it has only ", size, " bytes"));
    const std::byte* data = set.m_bytes.view.data();
    std::memcpy(&header, data, sizeof header);
    std::memcpy(&trailer, data + size - sizeof trailer, sizeof trailer);
    if (std::string_view(header.magic, 8) != kMagic)
        failSet(file, "it does not begin with CAMEOSET");
    if (header.version != kVersion)
        failSet(file, cat("its version is ", header.version, ", this program reads version ", kVersion));
    if (header.side < 1 || header.side > kMaxSide || header.channels != 3)
        failSet(file, cat("images of side ", header.side, " with ", header.channels, " channels"));
    if (std::string_view(trailer.magic, 8) != kEnd)
        failSet(file, "its end is missing");
    const std::size_t imageBytes = std::size_t{header.channels} * header.side * header.side;
    const std::size_t room = size - sizeof header - sizeof trailer;
    if (trailer.count == 0 || trailer.count > room / imageBytes)
        failSet(file, cat("it claims ", trailer.count, " images, which its size does not allow"));
    const std::size_t manifestAt = sizeof header + trailer.count * imageBytes;
    try {
        set.m_manifest = Json::parse(std::string_view(reinterpret_cast<const char*>(data) + manifestAt,
                                                      size - sizeof trailer - manifestAt));
    } catch (const Failure& failure) {
        failSet(file, cat("its manifest cannot be read: ", failure.error().message));
    }
    if (!set.m_manifest.isObject())
        failSet(file, "its manifest is not an object");
    set.m_count = static_cast<long>(trailer.count);
    set.m_side = static_cast<int>(header.side);
    set.m_channels = static_cast<int>(header.channels);
    return set;
}

std::span<const std::uint8_t> PackedDataset::image(long index) const {
    if (index < 0 || index >= m_count)
        throw Failure(ErrorCode::InvalidArgument, cat("Image ", index, " of a data set of ", m_count));
    const std::size_t imageBytes = std::size_t(m_channels) * m_side * m_side;
    const Bytes part =
        m_bytes.part(sizeof(Header) + static_cast<std::size_t>(index) * imageBytes, imageBytes);
    return {reinterpret_cast<const std::uint8_t*>(part.view.data()), part.size()};
}

std::string PackedDataset::split() const {
    const Json* split = m_manifest.find("split");
    return split && split->isString() ? split->asString() : std::string();
}

PackReport packDataset(const PackRequest& request, const std::filesystem::path& output) {
    if (request.side < 4 || request.side > kMaxSide)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("The side of a data set must be 4 to ", kMaxSide, ", not ", request.side));
    PackReport report;
    writeFileAtomically(output, [&](const auto& append) {
        append(bytesOf(headerFor(request.side)));
        Json names = Json::array();
        const long total = static_cast<long>(request.files.size());
        for (long i = 0; i < total; ++i) {
            const std::filesystem::path& file = request.files[static_cast<std::size_t>(i)];
            std::vector<std::uint8_t> pixels;
            try {
                pixels = decodeChecked(request, file);
            } catch (const Failure& failure) {
                if (failure.error().code == ErrorCode::Cancelled)
                    throw;
                report.skipped.emplace_back(file, failure.error().message);
            }
            if (!pixels.empty()) {
                append(std::as_bytes(std::span(pixels)));
                names.append(file.filename().string());
                ++report.packed;
            }
            if (request.onProgress)
                request.onProgress(i + 1, total);
        }
        if (report.packed == 0)
            throw Failure(ErrorCode::BadImage, cat("Not one of ", total, " pictures can be used"),
                          report.skipped.empty() ? std::string() : report.skipped.front().second);
        const std::string manifest = finishedManifest(request, report, std::move(names)).dump();
        append(std::as_bytes(std::span(manifest)));
        append(bytesOf(trailerFor(report.packed)));
    });
    return report;
}

} // namespace cameo::train
