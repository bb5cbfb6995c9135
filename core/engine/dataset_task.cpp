// SPDX-License-Identifier: Apache-2.0
// Pictures to train on: where they are, and packed into one file.
#include "core/base/text.h"
#include "core/engine/boundary.h"
#include "core/engine/square_pixels.h"
#include "core/engine/tasks.h"
#include "core/train/dataset.h"

#include <algorithm>
#include <array>

namespace cameo {

namespace fs = std::filesystem;

namespace {

DatasetReport pack(const DatasetPacking& request, const TaskControl& control) {
    const auto checkStop = [&] {
        if (control.stop.stop_requested())
            throw Failure(ErrorCode::Cancelled, "Cancelled: nothing was written");
    };
    const auto report = [&](long done, long total) {
        checkStop();
        Progress progress;
        progress.stage = "pack";
        progress.step = done;
        progress.steps = total;
        if (control.onProgress)
            control.onProgress(progress);
    };
    const train::PackReport packed = train::packDataset({.files = request.files,
                                                         .side = request.side,
                                                         .manifest = request.manifest,
                                                         .decode = planarSquare,
                                                         .onProgress = report},
                                                        request.output);
    return {packed.packed, packed.skipped};
}

bool isPictureName(const fs::path& file) {
    static constexpr std::array endings = {".png", ".jpg", ".jpeg", ".tif", ".tiff"};
    std::string ending = file.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

/// Whether a folder's manifest.csv divides pictures: a table of anything else is no reason to refuse.
bool isDividing(const fs::path& table) {
    if (!fs::is_regular_file(table))
        return false;
    try {
        (void)train::splitCounts(table);
        return true;
    } catch (const Failure&) {
        return false;
    }
}

std::vector<fs::path> picturesIn(const fs::path& folder) {
    if (const fs::path table = fs::canonical(folder).parent_path() / "manifest.csv"; isDividing(table))
        throw Failure(ErrorCode::InvalidArgument,
                      cat("The pictures of '", folder.string(), "' are divided by '", table.string(), "'"),
                      "Take that table and one of its splits, so that no picture for measuring gets into "
                      "training");
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && isPictureName(entry.path()))
            found.push_back(entry.path());
    std::sort(found.begin(), found.end()); // the order of a folder is not reproducible
    return found;
}

[[noreturn]] void failMissing(const fs::path& source) {
    throw Failure(ErrorCode::NotFound, cat("There is no '", source.string(), "'"),
                  "Give a folder of pictures, a table (.csv) or packed pictures");
}

std::vector<fs::path> filesOf(const fs::path& source, const std::string& split) {
    if (source.extension() == ".csv")
        return train::filesOfSplit(source, split);
    if (fs::is_directory(source))
        return isDividing(source / "manifest.csv") ? train::filesOfSplit(source / "manifest.csv", split)
                                                   : picturesIn(source);
    if (!fs::exists(source))
        failMissing(source);
    return {source};
}

PictureSource describe(const fs::path& source) {
    using Kind = PictureSource::Kind;
    PictureSource found;
    const bool isFolder = fs::is_directory(source);
    if (!isFolder && !fs::exists(source))
        failMissing(source);
    if (!isFolder && source.extension() != ".csv") {
        const train::PackedDataset set = train::PackedDataset::open(source);
        found = {.kind = Kind::Packed, .count = set.count(), .side = set.side()};
    } else if (!isFolder || isDividing(source / "manifest.csv")) {
        found = {.kind = Kind::Table,
                 .splits = train::splitCounts(isFolder ? source / "manifest.csv" : source)};
        for (const auto& [name, count] : found.splits)
            found.count += count;
    } else {
        found = {.kind = Kind::Folder, .count = static_cast<long>(picturesIn(source).size())};
    }
    return found;
}

} // namespace

Result<std::vector<fs::path>> picturesOfSplit(const fs::path& table, const std::string& split) {
    return resultOf([&] { return train::filesOfSplit(table, split); });
}

Result<PictureSource> describePictures(const fs::path& source) {
    return resultOf([&] { return describe(source); });
}

Result<std::vector<fs::path>> picturesOf(const fs::path& source, const std::string& split) {
    return resultOf([&] { return filesOf(source, split); });
}

Result<DatasetReport> packPictures(const DatasetPacking& request, const TaskControl& control) {
    return resultOf([&] { return pack(request, control); });
}

} // namespace cameo
