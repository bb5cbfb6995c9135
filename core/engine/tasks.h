// SPDX-License-Identifier: Apache-2.0
// The part of the facade that needs no generator at hand: filling, composing, packing and training. Each
// function runs on the calling thread, which must not be the window's, and returns when it is done; a stop
// request ends it with Cancelled, or early with what it has where it says so.
#pragma once

#include "core/base/json.h"
#include "core/base/parameter.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/image/image.h"

#include <cstdint>
#include <filesystem>
#include <functional>
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

/// threshold, grow
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

struct TrainingRequest {
    std::filesystem::path data, folder, from;
    std::string device = "auto";
    std::string precision = "float32";
    ParameterValues parameters; // of trainingParameters()
    std::uint64_t seed = 0;
    bool resume = true;
};
struct TrainingReport {
    long images = 0; // seen in total
    double imagesPerSecond = 0;
    std::filesystem::path generator, discriminator, state;
    bool isStopped = false;
};
/// Writes samplesNNNNNNNNN.png (images seen) into the folder as it goes. A stop request saves the state and
/// returns with isStopped.
Result<TrainingReport> trainPortraits(const TrainingRequest& request, const TaskControl& control);

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
