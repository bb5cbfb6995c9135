// SPDX-License-Identifier: Apache-2.0
// A small residual network (He et al. 2016) that looks at a portrait of 64 px and estimates appearance
// attributes. What it sees just before its last layer serves as the feature space in which sets of portraits
// are compared, as InceptionV3's serves elsewhere (Heusel et al. 2017); ours needs no download. Compute
// thread only.
#pragma once

#include "core/base/json.h"
#include "core/net/torch.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace cameo::train {

/// One thing that the network estimates.
struct Attribute {
    std::string name; // "age"
    bool isProbability = false;
    double mean = 0,
           deviation = 1; // of numbers, in their unit: the network works on (value - mean) / deviation
};

struct FeatureSpec {
    long side = 64;             // pictures are brought to this size
    std::vector<long> channels; // of the stem at full size, then of each stage, which halves the size
    std::vector<Attribute> attributes;
};

class FeatureNetwork {
  public:
    /// Fresh weights (He et al. 2015) that depend on `seed` alone.
    static FeatureNetwork initialised(const FeatureSpec& spec, std::uint64_t seed);
    /// Reads what write() made. Throws NotFound, Io, and BadCheckpoint naming the file and what is wrong.
    static FeatureNetwork open(const std::filesystem::path& file);
    /// float16, with the specification and the version in the metadata under "cameo.features".
    void write(const std::filesystem::path& file) const;

    const FeatureSpec& spec() const { return m_spec; }
    /// Tells feature spaces apart: distances of different versions must not be compared. Made of the weights
    /// as float16, so that a network keeps its version when it is written and read again.
    std::string version() const;
    long featureCount() const;
    void toDevice(at::Device device);
    at::Device device() const;

    /// images [N, 3, R, R] in -1..1 of any size -> [N, featureCount()] float32 on the network's device.
    at::Tensor features(const at::Tensor& images) const;
    /// features -> [N, attributes]: numbers normalised, probabilities as logits. Differentiable.
    at::Tensor outputs(const at::Tensor& features) const;
    /// The same in the attributes' units and in 0..1.
    at::Tensor estimates(const at::Tensor& features) const;

    /// As features(), for images of spec().side with batch statistics, whose running means it updates.
    at::Tensor featuresInTraining(const at::Tensor& images);
    /// What the optimiser moves; the running statistics of the normalisation are not among them.
    std::map<std::string, at::Tensor> parameters();

  private:
    at::Tensor run(at::Tensor x, bool isTraining) const;

    FeatureSpec m_spec;
    std::map<std::string, at::Tensor> m_tensors;
};

/// The network that ships with Cameo: in the folder that CAMEO_MODEL_DIR names, the installed one, the source
/// tree, or "models" beside the running program. Empty where there is none.
std::filesystem::path findFeatureNetwork();

} // namespace cameo::train
