// SPDX-License-Identifier: Apache-2.0
// What a generator training reads at its start and leaves in its folder. Compute thread only.
#pragma once

#include "core/base/json.h"
#include "core/train/generator_trainer.h"
#include "core/train/training_session.h"

#include <chrono>

namespace cameo::train {

struct TrainingFiles {
    explicit TrainingFiles(const std::filesystem::path& folder);
    std::filesystem::path generator, discriminator, state, log;
};

/// Throws Device when there is no device of that name or it cannot be used.
at::Device usableDevice(const std::string& name);

/// The data set, when it may be trained on; throws InvalidArgument for a split that is for measuring and for
/// fewer pictures than one batch.
PackedDataset openTrainingData(const GeneratorTraining& training);

struct Networks {
    net::Generator generator;
    net::Discriminator discriminator;
    bool isFresh = false; // untrained weights
};
/// The networks that `training` starts from, grown when the images are two or four times as large (grow.h),
/// or, on a resume, whose shapes the state fits. Throws UnsupportedModel and InvalidArgument when they cannot
/// be trained on images of `side`.
Networks startingNetworks(const GeneratorTraining& training, long side, bool isResumed);

/// The moving average and the discriminator under NVIDIA's names, as float16 where that holds their values.
void exportNetworks(const TrainingSession& session, const TrainingFiles& files);

/// Appends one JSON object as a line; throws Io.
void appendLog(const std::filesystem::path& file, const Json& line);

/// Means over the steps since the last line of the log.
class LogAverages {
  public:
    void add(const StepReport& step);
    /// The line for `session`, and begins anew.
    Json take(const TrainingSession& session, long batch);

  private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point m_begin = Clock::now();
    StepReport m_sum;
    double m_penalties = 0, m_paths = 0;
    long m_steps = 0, m_penaltySteps = 0, m_pathSteps = 0;
};

} // namespace cameo::train
