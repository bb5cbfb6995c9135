// SPDX-License-Identifier: Apache-2.0
// Generators behind plain C++, because tests see Qt and Qt never meets LibTorch in one file. One thread at a
// time.
#pragma once

#include "core/document/edit_state.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace cameo::probe {

struct Numbers {
    std::vector<long> shape;
    std::vector<float> values;
    bool operator==(const Numbers&) const = default;
};

struct Directions {
    Numbers mean, components, deviations, explained;
    double seconds = 0;
};

struct Segmentation {
    Mask mask;
    std::vector<std::uint8_t> label;
    int size = 0, clusters = 0;
    std::vector<bool> isForeground;
    double seconds = 0;
};

struct InversionTrace {
    Numbers ws, image;
    std::vector<double> bestLosses; // as reported after every step
    std::vector<bool> hadPicture;
    long yields = 0;
    double loss = 0, psnr = 0, seconds = 0;
    int steps = 0;
    bool stopped = false;
    bool generatorHasGradients = false;
};

struct InversionCall {
    ParameterValues parameters;
    long stopAfter = -1;    // asks to stop once this many steps are reported
    bool isStopped = false; // already asked to stop before the start
};

class ModelProbe {
  public:
    /// A freshly initialised network: 32 px, 13 channels or so, a few milliseconds a picture.
    static ModelProbe tiny(long classes = 0);
    /// generator.safetensors and discriminator.safetensors of a folder.
    static ModelProbe fromFolder(const std::filesystem::path& folder);

    long rowCount() const;
    long latentSize() const; // of W
    long resolution() const;

    /// Principal directions, which later calls of rows() use.
    Directions findDirections(long samples, long count, std::uint32_t seed);
    long directionIndex(const std::string& name) const;
    Numbers rows(const EditState& state) const; // [1, numWs, wDim]
    Numbers picture(const Numbers& rows) const; // [1, C, R, R]

    Segmentation clusters(const EditState& state, const ParameterValues& parameters, bool withPicture,
                          std::stop_token stop = {}) const;
    /// Row by row: the pictures of renderVariants() at full size, and of the same rows rendered one at a
    /// time.
    std::pair<Numbers, Numbers> variantsTwice(const EditState& state, long count, long crossover) const;

    InversionTrace invert(const Numbers& target, const InversionCall& call);

  private:
    struct Impl;
    explicit ModelProbe(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> m_impl;
};

struct Clustering {
    std::vector<long> label;
    Numbers centres;
    double inertia = 0;
};
Clustering kMeans(const Numbers& points, int clusters, int restarts, std::uint32_t seed);

/// Correlation features of [N, C, S, S].
Numbers correlationFeatures(const Numbers& images);
Numbers guidedMask(const Numbers& mask, const Numbers& guide, long radius, double epsilon);

} // namespace cameo::probe
