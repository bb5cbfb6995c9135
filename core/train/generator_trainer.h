// SPDX-License-Identifier: Apache-2.0
// Trains a StyleGAN2 generator: non-saturating logistic loss, lazy R1 and path length regularisation, style
// mixing, moving average with ramp, mirrored images and adaptive differentiable augmentation; frozen layers,
// batches in parts; deterministic from a seed (on a CPU, with as many threads, bit for bit), resumable,
// NaN-safe. Compute thread or a program of its own; builds with LibTorch alone (1.13 and 2.x).
#pragma once

#include "core/base/parameter.h"
#include "core/base/progress.h"
#include "core/train/face_finder.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace cameo::train {

/// batch, images (thousands), learning-rate, r1, r1-interval, mixing, ema-half-life, mirror,
/// augment-probability ...
std::span<const Parameter> generatorTrainingParameters();

/// What the moving average makes of fixed latents (NumPy seeds 0, 1, 2 ...), to follow a training by eye.
struct SampleSheet {
    long images = 0; // seen when the sheet was made
    long count = 0, channels = 0, height = 0, width = 0;
    std::vector<float> values; // count x channels x height x width, nominally -1..1
};

/// What one step did, for whoever watches.
struct WatchedStep {
    long images = 0, target = 0; // seen, and to see in total
    double generatorLoss = 0, discriminatorLoss = 0;
    double realSign = 0; // mean sign of the scores of real images, -1..1: r_t of Karras et al. 2020 (ADA)
    double augmentProbability = 0;
    double imagesPerSecond = 0; // since this run began
};

struct GeneratorTraining {
    std::filesystem::path data;   // packed data set, see dataset.h; a split other than "train" is refused
    std::filesystem::path folder; // state, networks and log
    /// Start from this checkpoint (any that Cameo opens); empty: fresh weights. The discriminator comes from
    /// the same file or from "discriminator.safetensors" beside it; without one it starts fresh.
    std::filesystem::path from;
    std::string device = "cpu";
    /// float32; bfloat16 for the convolutions; float16, on a CUDA device only, for the blocks of fp16-blocks.
    std::string precision = "float32";
    ParameterValues parameters;
    std::uint64_t seed = 0;
    std::filesystem::path featureNetwork; // for metrics in the log; empty: see findFeatureNetwork()
    FaceFinder faces;                     // for metrics in the log
    bool resume = true;                   // continue from the newest state in `folder` where there is one
    std::function<void(const Progress&)> onProgress;
    std::function<void(const SampleSheet&)> onSamples;
    std::function<void(const WatchedStep&)> onStep;
    std::function<bool()> wantsSave; // asked after each step; true: state and networks are written now
    std::function<void(long images)> onSaved; // after each time they were written
    std::function<void()> yieldPoint;         // called between steps, and between the halves of a step
    std::stop_token stop;                     // saves a state, then returns
};

struct GeneratorTrainingReport {
    long images = 0; // seen in total
    double imagesPerSecond = 0;
    std::filesystem::path generator; // the moving average, safetensors (float16 where it fits)
    std::filesystem::path discriminator;
    std::filesystem::path state; // everything for an exact resume
    std::filesystem::path log;   // JSON lines
    bool stopped = false;
};

/// Throws InvalidArgument (parameters, data of another size or split), BadCheckpoint, Io, and
/// Failure(Internal) when the losses stay not finite after several returns to the last good state.
GeneratorTrainingReport trainGenerator(const GeneratorTraining& training);

} // namespace cameo::train
