// SPDX-License-Identifier: Apache-2.0
// Pictures packed once into one memory-mapped file: "CAMEOSET", version, side, channels; then uint8 images
// channel by channel; then a JSON manifest; then the number of images and "CAMEOEND". Packing decodes through
// a function that the caller gives, so that this folder needs no image library. Any thread.
#pragma once

#include "core/base/file.h"
#include "core/base/json.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace cameo::train {

class PackedDataset {
  public:
    /// Throws BadImage-coded Failure naming the file when it is not a whole packed data set.
    static PackedDataset open(const std::filesystem::path& file);
    long count() const { return m_count; }
    int side() const { return m_side; }
    int channels() const { return m_channels; }
    /// channels x side x side.
    std::span<const std::uint8_t> image(long index) const;
    const Json& manifest() const { return m_manifest; }
    /// "train", "dev" ..., or empty when the pictures were not divided.
    std::string split() const;

  private:
    Bytes m_bytes;
    long m_count = 0;
    int m_side = 0, m_channels = 3;
    Json m_manifest;
};

struct PackRequest {
    std::vector<std::filesystem::path> files;
    int side = 64;
    Json manifest; // source, split, licence: whatever should travel with the data
    /// Decodes, crops to a centred square and resizes: 3 x side x side bytes. Throws to report a bad picture.
    std::function<std::vector<std::uint8_t>(const std::filesystem::path&, int side)> decode;
    std::function<void(long done, long total)> onProgress;
};

struct PackReport {
    long packed = 0;
    std::vector<std::pair<std::filesystem::path, std::string>> skipped; // with the reason
};

/// The manifest also gets "files" (names in order) and "skipped". Throws BadImage when not one picture is
/// usable; then, and on any other failure, `output` is untouched.
PackReport packDataset(const PackRequest& request, const std::filesystem::path& output);

/// How many pictures each split of such a table has. Throws BadImage for a broken table.
std::map<std::string, long> splitCounts(const std::filesystem::path& manifestCsv);

/// The pictures of one split of a table with the columns `file` (relative to the table) and `split`. Throws
/// InvalidArgument naming the splits that there are when `split` is empty or unknown; BadImage for a broken
/// table.
std::vector<std::filesystem::path> filesOfSplit(const std::filesystem::path& manifestCsv,
                                                const std::string& split);

} // namespace cameo::train
