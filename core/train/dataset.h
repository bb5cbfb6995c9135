// SPDX-License-Identifier: Apache-2.0
// A folder of pictures packed once into one memory-mapped file: "CAMEOSET", version, count, side, channels, then uint8
// images channel by channel, then a JSON manifest. Reading needs LibTorch at most; packing decodes pictures through a
// function that the caller gives, so that this folder needs no image library. Any thread.
#pragma once

#include "core/base/file.h"
#include "core/base/json.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace cameo::train {

class PackedDataset {
  public:
    /// Throws BadImage-coded Failure naming the file when it is not a whole packed data set.
    static PackedDataset open(const std::filesystem::path& file);
    long count() const;
    int side() const;
    int channels() const;
    /// channels x side x side.
    std::span<const std::uint8_t> image(long index) const;
    const Json& manifest() const;

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

PackReport packDataset(const PackRequest& request, const std::filesystem::path& output);

} // namespace cameo::train
