// SPDX-License-Identifier: Apache-2.0
// The metrics that a training writes into its log: cheap enough to be measured again and again, always on the
// samples of the same seeds, so that they draw a curve. Compute thread only.
#pragma once

#include "core/train/generator_metrics.h"
#include "core/train/generator_trainer.h"

namespace cameo::train {

class TrainingMetrics {
  public:
    explicit TrainingMetrics(const GeneratorTraining& training);

    /// Whether a line is due between these two numbers of images seen.
    bool isDue(long before, long now) const;
    /// A line for the log: "images", "metrics" (frechet, face, two-eyes ...), "setting", "features",
    /// "seconds" and what was "not-measured"; or an "event" that says why nothing was measured, after which
    /// none is due any more. Null when the training was asked to stop.
    Json measure(const net::Generator& generator, long images);

  private:
    Json measured(const net::Generator& generator, long images);
    Json giveUp(const std::string& reason, long images);

    const GeneratorTraining& m_training;
    MetricControl m_control;
    MetricRequest m_request;
    long m_interval = 0, m_samples = 0, m_pictures = 0; // images
    std::optional<Reference> m_reference;               // made when it is first needed
};

} // namespace cameo::train
