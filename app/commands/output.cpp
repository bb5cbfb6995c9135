// SPDX-License-Identifier: Apache-2.0
#include "app/commands/output.h"

#include "core/base/file.h"
#include "core/base/text.h"

#include <algorithm>
#include <iomanip>
#include <sstream>

namespace cameo::cli {

namespace fs = std::filesystem;

void requireEnding(const fs::path& file, const std::vector<std::string>& endings) {
    if (std::find(endings.begin(), endings.end(), file.extension().string()) != endings.end())
        return;
    std::string list;
    for (const std::string& ending : endings)
        list += (list.empty() ? "" : " or ") + ending;
    throw UsageError(
        cat("--out must be a file that ends in ", list, ", not '", printable(file.string()), "'"));
}

void checkWritable(const fs::path& file) {
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    std::error_code code;
    if (fs::is_directory(file, code))
        throw Failure(ErrorCode::Io, cat("'", file.string(), "' is a folder"), "Give the name of a file");
    if (!fs::exists(folder, code))
        throw Failure(code ? ErrorCode::Io : ErrorCode::NotFound,
                      cat("There is no folder '", folder.string(), "'"),
                      "Make it first, or choose another place");
    ensureWritableFolder(folder);
}

OutputFolder::OutputFolder(const fs::path& folder) : m_folder(fs::absolute(folder).lexically_normal()) {
    if (!m_folder.has_filename())
        m_folder = m_folder.parent_path(); // "out/"
    std::error_code code;
    for (fs::path part = m_folder; part.has_relative_path() && !fs::exists(part, code);
         part = part.parent_path())
        m_made.push_back(part);
    ensureWritableFolder(m_folder);
}

OutputFolder::~OutputFolder() {
    // rmdir leaves a folder that holds something alone.
    std::error_code code;
    for (const fs::path& folder : m_made)
        if (!fs::is_directory(folder, code) || !fs::is_empty(folder, code) || !fs::remove(folder, code))
            return;
}

Json pathsJson(const std::vector<fs::path>& files) {
    Json list = Json::array();
    for (const fs::path& file : files)
        list.append(file.string());
    return list;
}

Json timingsJson(const std::vector<StageTiming>& timings) {
    Json json = Json::object();
    for (const StageTiming& timing : timings)
        json.set(timing.stage, timing.milliseconds);
    return json;
}

std::string wroteText(const std::vector<fs::path>& files) {
    if (files.empty())
        return "Wrote nothing";
    if (files.size() == 1)
        return cat("Wrote ", files.front().string());
    return cat("Wrote ", files.size(), " files to ", files.front().parent_path().string());
}

std::string seedName(std::uint32_t seed) {
    std::ostringstream out;
    out << "seed" << std::setw(4) << std::setfill('0') << seed;
    return out.str();
}

} // namespace cameo::cli
