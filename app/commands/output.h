// SPDX-License-Identifier: Apache-2.0
// Where results go, checked before the work starts, and how they are listed. Main thread.
#pragma once

#include "app/cli/program.h"
#include "core/engine/engine.h"

#include <filesystem>
#include <string>
#include <vector>

namespace cameo::cli {

/// Throws UsageError unless the file's name ends in one of `endings` (".png").
void requireEnding(const std::filesystem::path& file, const std::vector<std::string>& endings);

/// Throws Failure unless a file can be made in the file's folder, which must exist.
void checkWritable(const std::filesystem::path& file);

/// A folder for results: made when it is not there, and removed again when the work fails and left nothing in
/// it.
class OutputFolder {
  public:
    explicit OutputFolder(const std::filesystem::path& folder);
    ~OutputFolder();
    OutputFolder(const OutputFolder&) = delete;
    OutputFolder& operator=(const OutputFolder&) = delete;

    const std::filesystem::path& path() const { return m_folder; }

  private:
    std::filesystem::path m_folder;
    std::vector<std::filesystem::path> m_made; // innermost first
};

Json pathsJson(const std::vector<std::filesystem::path>& files);
Json timingsJson(const std::vector<StageTiming>& timings);
/// "Wrote FILE" or "Wrote 10 files to FOLDER".
std::string wroteText(const std::vector<std::filesystem::path>& files);
std::string seedName(std::uint32_t seed); // "seed0042"

} // namespace cameo::cli
