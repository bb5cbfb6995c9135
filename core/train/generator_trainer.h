// SPDX-License-Identifier: Apache-2.0
// Trains a StyleGAN2 generator: non-saturating logistic loss, lazy R1, style mixing, moving average with ramp, mirrored
// images and differentiable augmentation; deterministic from a seed, resumable, NaN-safe. Compute thread or a program
// of its own; builds with LibTorch alone (1.13 and 2.x).
#pragma once

#include "core/base/parameter.h"
#include "core/base/progress.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

namespace cameo::train {

/// batch, images (thousands), learning-rate, r1, r1-interval, mixing, ema-half-life, mirror, augment-probability ...
std::span<const Parameter> generatorTrainingParameters();

struct GeneratorTraining {
    std::filesystem::path data;   // packed data set, see dataset.h
    std::filesystem::path folder; // checkpoints, log, sample sheets
    std::filesystem::path from;   // start from this checkpoint (any that Cameo opens); empty: fresh weights
    std::string device = "cpu";
    std::string precision = "float32"; // of the convolutions: float32, bfloat16
    ParameterValues parameters;
    std::uint64_t seed = 0;
    bool resume = true; // continue from the newest state in `folder` where there is one
    std::function<void(const Progress&)> onProgress;
    std::function<void()> yieldPoint;
    std::stop_token stop; // saves a state, then returns
};

struct GeneratorTrainingReport {
    long images = 0; // seen in total
    double imagesPerSecond = 0;
    std::filesystem::path generator; // the moving average, float16 safetensors
    std::filesystem::path discriminator;
    std::filesystem::path state; // everything for an exact resume
    bool stopped = false;
};

GeneratorTrainingReport trainGenerator(const GeneratorTraining& training);

} // namespace cameo::train
