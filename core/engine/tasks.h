// SPDX-License-Identifier: Apache-2.0
// The part of the facade that needs no generator at hand: filling, composing, packing and training. Each
// function runs on the calling thread, which must not be the window's, and returns when it is done; a stop
// request ends it with Cancelled, or early with what it has where it says so.
#pragma once

#include "core/base/json.h"
#include "core/base/parameter.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/document/training_run.h"
#include "core/image/image.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace cameo {

struct TaskControl {
    std::function<void(const Progress&)> onProgress; // on the calling thread
    std::stop_token stop;
};

/// threshold, grow, and those of the filler (core/composite/composite.h)
std::span<const Parameter> fillParameters();

struct PlateFill {
    Image photo;
    Mask person; // as large as the photo
    ParameterValues parameters;
};
/// The photo with the person replaced by its surroundings. BadImage when mask and photo differ in size, or
/// when the mask leaves no ground to fill from.
Result<Image> fillPerson(const PlateFill& request, const TaskControl& control);

/// The person over a ground of the same size, in linear light. BadImage when the sizes differ.
Result<Image> composePicture(const Image& person, const Mask& alpha, const Image& ground);

/// The pictures of one split of a table (.csv) with the columns 'file', relative to the table, and 'split'.
Result<std::vector<std::filesystem::path>> picturesOfSplit(const std::filesystem::path& table,
                                                           const std::string& split);

/// What a training can learn from.
struct PictureSource {
    enum class Kind { Folder, Table, Packed };
    Kind kind = Kind::Folder;
    long count = 0;                     // of all pictures, whatever their split
    int side = 0;                       // px, of packed ones; 0: free to choose
    std::map<std::string, long> splits; // of a table, and of a folder with a manifest.csv
};
/// Looks at a folder of pictures, a table (.csv) or a packed file without decoding anything.
Result<PictureSource> describePictures(const std::filesystem::path& source);
/// The pictures of a folder (its manifest.csv is used where it has one), of one split of a table, or the file
/// itself. InvalidArgument for a divided source without a split, also for the folder beside a table.
Result<std::vector<std::filesystem::path>> picturesOf(const std::filesystem::path& source,
                                                      const std::string& split);

struct DatasetPacking {
    std::vector<std::filesystem::path> files;
    int side = 64;
    Json manifest; // travels with the data
    std::filesystem::path output;
};
struct DatasetReport {
    long packed = 0;
    std::vector<std::pair<std::filesystem::path, std::string>> skipped; // with the reason
};
/// Centred squares of the pictures, resized, in one file for training. Pictures that cannot be read are
/// skipped and reported; it fails when none is left.
Result<DatasetReport> packPictures(const DatasetPacking& request, const TaskControl& control);

std::span<const Parameter> trainingParameters();

enum class TrainingStage { Packing, Training };

/// How far a training is. Copies share the course and the sheet.
struct TrainingStatus {
    TrainingStage stage = TrainingStage::Training;
    long images = 0, target = 0; // seen and to see in total; while packing: pictures
    double imagesPerSecond = 0;  // since this run began
    std::optional<double> secondsLeft;
    // Means over the last steps, with the newest counting most; empty before the first.
    std::optional<double> generatorLoss, discriminatorLoss;
    std::optional<double> realSign; // mean sign of the scores of real images, r_t of Karras et al. 2020 (ADA)
    std::optional<double> augmentProbability;
    std::shared_ptr<const TrainingCourse> course; // with that of earlier runs in the folder; never null
    Image sheet;                                  // the newest: seeds 0, 1, 2 ... in rows; empty before it
    long sheetImages = -1;
    long savedImages = -1; // of the newest state that this run wrote
    long skippedPictures = 0;
    std::filesystem::path generator, discriminator, state; // once written
    bool isStopped = false;                                // the end: on request, before the target
};

struct TrainingControl {
    std::function<void(const TrainingStatus&)> onStatus; // on the calling thread, some times a second at most
    std::function<void()> yieldPoint;
    std::function<bool()> wantsSave; // asked after each step: true writes state and networks and goes on
    std::stop_token stop;            // while packing: Cancelled; later: saves, then returns with isStopped
};
/// Packs the pictures where needed, trains, and writes samplesNNNNNNNNN.png (images seen), log.jsonl,
/// run.json, state and networks into the folder as it goes. The same request goes on with what is there.
Result<TrainingStatus> trainPortraits(const TrainingRequest& request, const TrainingControl& control);

/// wasserstein, frechet, precision-recall, nearest, faces
std::vector<std::string> evaluationMetrics();

struct ModelEvaluation {
    std::filesystem::path model; // a file; empty: the embedded model
    std::filesystem::path data;  // packed pictures of the model's size
    double psi = 1;
    long samples = 2000;
    long pictures = 5000;   // at most, chosen by the seed: they are held in memory
    std::uint32_t seed = 0; // of the first sample, then seed + 1 ..., and of the measurement
    std::string device = "auto";
    std::vector<std::string> metrics; // of evaluationMetrics(); empty: all
    std::filesystem::path features;   // attribute network; empty: the one that ships
    std::filesystem::path pairs; // .png: samples beside their nearest pictures, closest first; empty: none
};
/// Figures of uncurated samples beside pictures, as JSON: "samples", "seed", "psi", "pictures",
/// "pictures-in-data", "side", "split", "features" (version of the feature space), "metrics" with an object
/// for each, and "not-measured" (metric, reason). What cannot be measured here (no cascades, no network, too
/// few pictures) is no error.
///   wasserstein: "compared", "levels" (side, distance, floor), "mean", "mean-floor" (patches, times 1000),
///     "whole", "whole-floor" (8-bit grey levels). The floor is the distance of one half of the pictures from
///     the other.
///   frechet: "distance", "floor".
///   precision-recall: "precision", "recall", the same "-of-pictures" (one half in the other), "neighbours".
///   nearest: "features" and "pixels" (8-bit grey levels at 64 px), each with "share-too-close", "threshold"
///   (one
///     picture in a hundred is nearer to another picture), "median", "median-of-pictures".
///   faces: "face", "two-eyes" (0..1), "detector".
Result<Json> evaluateModel(const ModelEvaluation& request, const TaskControl& control);

struct ModelConversion {
    std::vector<std::filesystem::path> files; // together at most one generator and one discriminator
    std::filesystem::path output;
    std::string layout = "cameo";     // one of modelLayouts()
    std::string dataType = "float32"; // or "float16"
    std::string only;                 // "generator", "discriminator", or empty for all
    bool isWithoutClamps = false;     // leave out the limits on features that mixed precision sets
};
std::vector<std::string> modelLayouts(); // "cameo", "nvidia", "rosinality"
/// Writes a model of any format in another layout: "files", and for each network "resolution", "channels" (by
/// side) and, for a generator, "latent-size" and "mapping-layers".
Result<Json> convertModel(const ModelConversion& request);
std::span<const Parameter> attributeParameters();

struct AttributeRequest {
    std::filesystem::path table; // .csv with the columns 'file' and 'split' ('train', 'dev')
    std::filesystem::path
        attributes;               // .csv with a column for each attribute; empty: attributes.csv beside it
    std::filesystem::path output; // .safetensors
    std::string device = "auto";
    ParameterValues parameters; // of attributeParameters()
    std::uint64_t seed = 0;
};
/// Trains the network that estimates attributes and in whose feature space portraits are compared. JSON:
/// "version", "parameters", "pictures", "measured", "loss", "skipped" (file, reason), and "accuracy", by
/// attribute, on the split 'dev' where there is one.
Result<Json> trainAttributes(const AttributeRequest& request, const TaskControl& control);

} // namespace cameo
