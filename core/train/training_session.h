// SPDX-License-Identifier: Apache-2.0
// The networks in training and one step of it. A step depends on the seed, the step's number and the state
// alone, so that state() is all that an exact resume needs. Compute thread only.
#pragma once

#include "core/net/discriminator.h"
#include "core/net/generator.h"
#include "core/train/adam.h"
#include "core/train/augment.h"
#include "core/train/dataset.h"
#include "core/train/path_length.h"
#include "core/train/random.h"
#include "core/train/training_ops.h"
#include "core/train/training_parts.h"
#include "core/train/training_state.h"

#include <cstdint>
#include <functional>

namespace cameo::train {

struct SessionOptions {
    long batch = 16;
    long largestPart = 0; // images computed at once; 0: the whole batch (see training_parts.h)
    double learningRate = 0.0025;
    double r1 = 0;        // weight of the gradient penalty (Mescheder et al. 2018); 0: none
    long r1Interval = 16; // steps from one penalty to the next (Karras et al. 2020, lazy regularisation)
    PathLengthOptions path;
    long frozenLayers = 0;    // of the discriminator, from the image on (Mo et al. 2020, Freeze-D)
    double mixing = 0.9;      // probability that two latents share one image
    double emaHalfLife = 5e3; // images
    double emaRamp = 0;       // fresh weights: half-life at most this part of the images seen; 0: no ramp
    bool isFresh = false;     // the networks begin untrained; a loaded state knows better
    bool mirror = true;
    Augmentation augmentation;
    double augmentTarget =
        0; // mean sign of the real scores to hold by changing the probability; 0: keep it fixed
    long adaptInterval = 4;     // steps from one adaptation to the next
    double adaptImages = 500e3; // images in which the probability goes from 0 to 1
    TrainingPrecision precision;
    std::uint64_t seed = 0;
    std::function<void()> yieldPoint; // called between the halves of a step, which may take seconds
};

struct StepReport {
    bool isFinite = true; // false: nothing was changed
    double generatorLoss = 0, discriminatorLoss = 0;
    double r1 = -1;         // mean squared gradient before its weight; negative on steps without
    double pathLength = -1; // mean over the batch; negative on steps without
    double realSign = 0, fakeSign = 0;
};

class TrainingSession {
  public:
    TrainingSession(PackedDataset data, net::Generator generator, net::Discriminator discriminator,
                    const SessionOptions& options);

    StepReport step();

    long images() const { return m_images; }
    double augmentProbability() const { return m_augmentProbability; }
    const net::Generator& average() const { return m_average; }
    net::Generator& generator() { return m_generator; }
    const net::Discriminator& discriminator() const { return m_discriminator; }

    void save(const std::filesystem::path& file) const;
    void load(const std::filesystem::path& file);
    /// Returns to a saved state and takes another path from there: the same draws would end the same way.
    void rollBack(const std::filesystem::path& file);

  private:
    /// Lets others have the device for a moment.
    void yield() const {
        if (m_options.yieldPoint)
            m_options.yieldPoint();
    }
    struct Batch;
    struct Losses;
    struct Latents;
    at::Tensor realBatch() const;
    Latents drawLatents(long count, at::Generator latents, at::Generator mixing) const;
    Batch drawBatch() const;
    at::Tensor styles(const Latents& latents, const at::Tensor& part, at::Tensor* meanW = nullptr) const;
    Losses losses(const Batch& batch, const at::Tensor& part) const;
    void addPathLength(GradientSum& gradients, StepReport& report, double& mean) const;
    void freezeLayers();
    at::Generator random(Stream stream) const;
    void adapt(double realSign);
    void updateAverage(const at::Tensor& meanW);
    StateTensors stateTensors() const;

    PackedDataset m_data;
    net::Generator m_generator, m_average;
    net::Discriminator m_discriminator;
    SessionOptions m_options;
    Adam m_generatorAdam, m_discriminatorAdam;
    double m_augmentProbability;
    double m_signSum = 0;  // since the last adaptation
    double m_pathMean = 0; // running mean of the path lengths
    long m_images = 0, m_steps = 0, m_rollBacks = 0;
};

} // namespace cameo::train
