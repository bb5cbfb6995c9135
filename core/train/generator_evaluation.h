// SPDX-License-Identifier: Apache-2.0
// Measures the generator of a file against pictures, with the metrics of generator_metrics.h. Compute thread
// only.
#pragma once

#include "core/train/generator_metrics.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace cameo::train {

struct GeneratorEvaluation {
    std::filesystem::path model;
    std::filesystem::path data; // packed data set of the model's size; any split
    SampleDraw draw{.count = 2000, .psi = 1, .seed = 0};
    std::filesystem::path featureNetwork;       // empty: metrics in its feature space are not measured
    long pictures = ReferenceRequest().largest; // at most; at least 2
    MetricRequest metrics;
    std::string device = "cpu";
    MetricControl control;
};

struct GeneratorEvaluationReport {
    MetricReport measured;
    long pictures = 0, allPictures = 0; // compared with, and in the data set
    long side = 0;
    std::string split;          // of the pictures; may be empty
    std::string featureVersion; // of the feature space; empty without one
};

/// Throws InvalidArgument when sizes do not fit, BadCheckpoint, BadImage, Cancelled.
GeneratorEvaluationReport evaluateGenerator(const GeneratorEvaluation& evaluation);

} // namespace cameo::train
