// SPDX-License-Identifier: Apache-2.0
#include "core/document/training_run.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iomanip>
#include <set>
#include <sstream>

namespace cameo {

namespace fs = std::filesystem;

namespace {

constexpr const char* formatName = "cameo-training";
constexpr int formatVersion = 1;
constexpr std::string_view sheetPrefix = "samples", sheetEnding = ".png";

fs::path requestFile(const fs::path& folder) {
    return folder / "run.json";
}

/// Numbers of a line by key; those of an object inside count under their own keys.
void collectNumbers(const Json& json, std::map<std::string, double>& numbers) {
    for (const auto& [key, value] : json.asObject()) {
        if (value.isNumber())
            numbers[key] = value.asDouble();
        else if (value.isObject())
            collectNumbers(value, numbers);
    }
}

/// Numbers that say how a line was made, not what came out.
bool isCounter(const std::string& key) {
    static const std::set<std::string> counters = {"images", "seconds", "seed", "samples", "psi"};
    return counters.contains(key);
}

Json parametersJson(const ParameterValues& parameters) {
    Json json = Json::object();
    for (const auto& [name, value] : parameters)
        json.set(name, value);
    return json;
}

TrainingRequest requestFromJson(const Json& json, const fs::path& folder) {
    if (json.at("format").asString() != formatName || json.at("version").asInteger() != formatVersion)
        throw Failure(ErrorCode::InvalidArgument, "it is not a training of this version");
    TrainingRequest request;
    request.data = json.at("data").asString();
    request.split = json.at("split").asString();
    request.side = static_cast<int>(json.at("side").asInteger());
    request.folder = folder;
    request.from = json.at("from").asString();
    request.isFromEmbedded = json.at("from-embedded").asBool();
    request.precision = json.at("precision").asString();
    request.seed = static_cast<std::uint64_t>(json.at("seed").asInteger());
    for (const auto& [name, value] : json.at("parameters").asObject())
        request.parameters[name] = value.asDouble();
    return request;
}

std::optional<TrainingRequest> readRequest(const fs::path& folder) {
    const fs::path file = requestFile(folder);
    if (!fs::exists(file))
        return std::nullopt;
    try {
        return requestFromJson(Json::parse(readTextFile(file)), folder);
    } catch (const Failure& failure) {
        throw Failure(failure.error().code,
                      cat("'", file.string(), "' cannot be read: ", failure.error().message),
                      "Choose another folder, or remove that file");
    }
}

} // namespace

void TrainingCourse::take(const Json& line) {
    std::map<std::string, double> numbers;
    if (line.isObject())
        collectNumbers(line, numbers);
    const auto images = numbers.find("images");
    if (images == numbers.end())
        return;
    if (line.find("event")) { // a start or resume: what lies behind it was not kept
        for (auto& [key, points] : series)
            while (!points.empty() && points.back().images > images->second)
                points.pop_back();
    }
    for (const auto& [key, value] : numbers) {
        if (isCounter(key))
            continue;
        std::vector<CoursePoint>& points = series[key];
        while (!points.empty() && points.back().images >= images->second)
            points.pop_back();
        points.push_back({images->second, value});
    }
}

void TrainingCourse::take(TrainingSheet sheet) {
    const auto place =
        std::lower_bound(sheets.begin(), sheets.end(), sheet,
                         [](const TrainingSheet& a, const TrainingSheet& b) { return a.images < b.images; });
    if (place != sheets.end() && place->images == sheet.images)
        *place = std::move(sheet);
    else
        sheets.insert(place, std::move(sheet));
}

double TrainingCourse::images() const {
    double images = 0;
    for (const auto& [key, points] : series)
        if (!points.empty())
            images = std::max(images, points.back().images);
    return images;
}

std::optional<double> TrainingCourse::last(const std::string& key) const {
    const auto found = series.find(key);
    if (found == series.end() || found->second.empty())
        return std::nullopt;
    return found->second.back().value;
}

bool isTrainingMetric(const std::string& key) {
    static const std::set<std::string> known = {"loss-generator",    "loss-discriminator",  "sign-real",
                                                "sign-fake",         "augment-probability", "r1",
                                                "images-per-second", "path-length",         "path-penalty"};
    return !known.contains(key) && !isCounter(key);
}

TrainingLog::TrainingLog(const fs::path& folder) : m_file(folder / "log.jsonl") {}

bool TrainingLog::hasNews() const {
    std::error_code missing;
    const std::uintmax_t size = fs::file_size(m_file, missing);
    return !missing && size > m_read;
}

bool TrainingLog::read(TrainingCourse& course) {
    if (!hasNews())
        return false;
    std::ifstream in(m_file, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(m_read));
    bool isNew = false;
    // The last line may still be in writing: only what ends in a line break counts.
    for (std::string line; std::getline(in, line) && !in.eof();) {
        m_read += line.size() + 1;
        isNew = true;
        try {
            course.take(Json::parse(line));
        } catch (const Failure&) {
            continue;
        }
    }
    if (in.bad())
        throw Failure(ErrorCode::Io, cat("Cannot read '", m_file.string(), "'"));
    return isNew;
}

fs::path sheetFile(const fs::path& folder, long images) {
    std::ostringstream name;
    name << sheetPrefix << std::setw(9) << std::setfill('0') << images << sheetEnding;
    return folder / name.str();
}

std::vector<TrainingSheet> sheetsOf(const fs::path& folder) {
    TrainingCourse course;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(folder, missing)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(sheetPrefix) || !name.ends_with(sheetEnding))
            continue;
        const char* end = name.data() + name.size() - sheetEnding.size();
        TrainingSheet sheet{0, entry.path()};
        const auto [stop, problem] = std::from_chars(name.data() + sheetPrefix.size(), end, sheet.images);
        if (problem == std::errc() && stop == end)
            course.take(std::move(sheet));
    }
    return course.sheets;
}

TrainingRun readTrainingRun(const fs::path& folder) {
    TrainingRun run{.folder = folder, .request = readRequest(folder)};
    TrainingLog(folder).read(run.course);
    run.course.sheets = sheetsOf(folder);
    run.hasState = fs::exists(folder / "state.safetensors");
    if (const fs::path generator = folder / "generator.safetensors"; fs::exists(generator))
        run.generator = generator;
    return run;
}

void writeTrainingRequest(const TrainingRequest& request) {
    const Json json =
        Json::object({{"format", formatName},
                      {"version", formatVersion},
                      {"data", fs::absolute(request.data).string()},
                      {"split", request.split},
                      {"side", request.side},
                      {"from", request.from.empty() ? std::string() : fs::absolute(request.from).string()},
                      {"from-embedded", request.isFromEmbedded},
                      {"precision", request.precision},
                      {"seed", request.seed},
                      {"parameters", parametersJson(request.parameters)}});
    writeFileAtomically(requestFile(request.folder), json.dump(2) + '\n');
}

} // namespace cameo
