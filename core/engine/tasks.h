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

struct ModelEvaluation {
    std::filesystem::path model; // a file; empty: the embedded model
    std::filesystem::path data;  // packed pictures of the model's size
    double psi = 1;
    long samples = 2000; // at most as many as there are pictures
    std::uint32_t seed = 0;
    std::string device = "auto";
};
/// Sliced Wasserstein distances of uncurated samples from pictures, as JSON: "levels" (side, distance,
/// floor), "mean", "mean-floor" (patches, times 1000), "whole", "whole-floor" (8-bit grey levels), "samples".
/// The floor is the distance of one half of the pictures from the other.
Result<Json> evaluateModel(const ModelEvaluation& request, const TaskControl& control);

} // namespace cameo
