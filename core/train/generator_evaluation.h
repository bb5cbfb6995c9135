// SPDX-License-Identifier: Apache-2.0
// Measures a generator against pictures: sliced Wasserstein distances (see sliced_wasserstein.h) of uncurated
// samples, and the same of one half of the pictures against the other, which is what a perfect generator
// would get. Compute thread only.
#pragma once

#include "core/base/progress.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace cameo::train {

struct GeneratorEvaluation {
    std::filesystem::path model;
    std::filesystem::path data; // packed data set of the model's size; any split
    double psi = 1;
    long samples = 2000;    // at most as many as the data set has pictures
    std::uint32_t seed = 0; // of the first sample (then seed + 1 ...) and of the measurement
    std::string device = "cpu";
    std::function<void(const Progress&)> onProgress;
    std::stop_token stop;
};

struct GeneratorEvaluationReport {
    struct Level {
        long side = 0;
        double distance = 0;
        double floor = 0; // of real pictures against others, with half as many of each
    };
    std::vector<Level> levels;
    double mean = 0, meanFloor = 0;   // patches; times 1000
    double whole = 0, wholeFloor = 0; // images at 16 px, in 8-bit grey levels
    long samples = 0;
};

/// Throws InvalidArgument when sizes do not fit, BadCheckpoint, BadImage, Cancelled.
GeneratorEvaluationReport evaluateGenerator(const GeneratorEvaluation& evaluation);

} // namespace cameo::train
