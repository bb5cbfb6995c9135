// SPDX-License-Identifier: Apache-2.0
// How fast training is on this machine, and how near that comes to what the machine can do: the figures of
// `cameo bench training` and `cameo-train bench`. No LibTorch in sight. Compute thread only.
#pragma once

#include "core/checkpoint/stylegan2_record.h"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace cameo::train {

/// Multiply-adds of one image on its way through a network once, forward. Counted are the convolutions with
/// their resampling filters and the matrix products: what a step's time should go to.
double multiplyAdds(const checkpoint::GeneratorSpec& spec);
double multiplyAdds(const checkpoint::DiscriminatorSpec& spec);

struct TrainingBenchRow {
    std::string name;    // "training 128 bfloat16"
    double medianMs = 0; // of a step, R1 included by its share: one step in r1Interval has it
    double minMs = 0;    // the fastest step without R1
    double imagesPerSecond = 0;
    double peakShare = 0; // of the machine's measured peak in this precision, 0..1
    std::string note;     // these figures in words, memory, what the peak was
};

struct TrainingBench {
    /// The shape of the embedded model, carried on to larger sides: channels 2048 / side, at most 256.
    std::vector<long> sides = {64, 128, 256};
    long batch = 16;
    int repeats = 5;            // steps of each kind of which the median counts
    std::string device = "cpu"; // there in float32 and bfloat16, on CUDA also in float16
    std::function<bool(const std::string& name)> isWanted; // empty: every row
    std::function<void(const TrainingBenchRow&)> onRow;
    std::stop_token stop; // honoured between steps: throws Failure(Cancelled)
};

/// Random weights and random pictures, which are packed into a temporary file. The peak that a row is
/// compared with is the better of a large matrix product and a large 3 x 3 convolution in the same precision.
/// Throws Device and Cancelled.
std::vector<TrainingBenchRow> benchTraining(const TrainingBench& bench);

} // namespace cameo::train
