// SPDX-License-Identifier: Apache-2.0
// A training as its folder tells it: what was asked for (run.json), the curves of its log (log.jsonl) and its
// sheets of samples (samplesNNNNNNNNN.png, images seen). Values; any thread, but files can be long: not the
// window's.
#pragma once

#include "core/base/json.h"
#include "core/base/parameter.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cameo {

struct TrainingRequest {
    /// A packed data set, a folder of pictures (whose manifest.csv is used) or a table (.csv) of pictures.
    /// Folders and tables are packed once into the run's folder.
    std::filesystem::path data;
    std::string split; // of a table: its rows to train on
    int side = 64;     // px, of the squares that are packed
    std::filesystem::path folder;
    std::filesystem::path from;  // a checkpoint to start from; empty: fresh weights
    bool isFromEmbedded = false; // start from the embedded model instead
    std::string device = "auto"; // where no engine chose one already
    std::string precision = "float32";
    ParameterValues parameters; // of trainingParameters()
    std::uint64_t seed = 0;
    bool resume = true; // go on with what the folder holds
};

struct CoursePoint {
    double images = 0; // seen
    double value = 0;
    bool operator==(const CoursePoint&) const = default;
};

struct TrainingSheet {
    long images = 0; // seen when it was made
    std::filesystem::path file;
    bool operator==(const TrainingSheet&) const = default;
};

/// What a training did so far.
struct TrainingCourse {
    /// Every number of the log by its key, as "loss-generator"; images grow within a series.
    std::map<std::string, std::vector<CoursePoint>> series;
    std::vector<TrainingSheet> sheets; // in the order of their images

    /// Takes one line of a log. A line that lies before others, after a return to a saved state, replaces
    /// them. Lines without "images" say nothing here.
    void take(const Json& line);
    void take(TrainingSheet sheet);
    /// Of the newest line; 0 without any.
    double images() const;
    /// The newest value of a series.
    std::optional<double> last(const std::string& key) const;
};

/// Keys that the trainer always logs; every other one is a metric.
bool isTrainingMetric(const std::string& key);

/// Reads a log that grows, from where it stopped before.
class TrainingLog {
  public:
    explicit TrainingLog(const std::filesystem::path& folder);
    /// Whether the file has grown since.
    bool hasNews() const;
    /// Adds the lines that are new and whole; false when there was none. Lines that are no JSON, as a killed
    /// process leaves them, are passed over. Throws Io.
    bool read(TrainingCourse& course);

  private:
    std::filesystem::path m_file;
    std::uintmax_t m_read = 0; // bytes
};

std::filesystem::path sheetFile(const std::filesystem::path& folder, long images);
std::vector<TrainingSheet> sheetsOf(const std::filesystem::path& folder);

/// Everything that a run's folder tells.
struct TrainingRun {
    std::filesystem::path folder;
    std::optional<TrainingRequest> request; // runs from before run.json, or of another program, have none
    TrainingCourse course;
    bool hasState = false;           // it can go on
    std::filesystem::path generator; // empty: none was written
    bool isEmpty() const { return !request && !hasState && generator.empty() && course.series.empty(); }
};
/// An empty run for a folder that is not there or holds none. Throws Io, and InvalidArgument naming run.json
/// when that is broken.
TrainingRun readTrainingRun(const std::filesystem::path& folder);

void writeTrainingRequest(const TrainingRequest& request);

} // namespace cameo
