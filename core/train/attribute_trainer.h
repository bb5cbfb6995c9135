// SPDX-License-Identifier: Apache-2.0
// Trains the attribute network (see feature_network.h) from pictures and a table of attributes. On a CPU,
// with as many threads, the same seed gives the same weights bit for bit. Compute thread only.
#pragma once

#include "core/base/parameter.h"
#include "core/base/progress.h"
#include "core/train/attribute_accuracy.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace cameo::train {

/// epochs, batch, learning-rate, weight-decay, shift, colour
std::span<const Parameter> attributeTrainingParameters();

/// Pictures of attributeTrainingSide() px and their values, one after another.
struct LabelledPictures {
    std::vector<std::uint8_t> pixels; // count x 3 x side x side
    std::vector<float> values;        // count x attributeColumns().size()
    long count() const;
};
long attributeTrainingSide(); // 64

struct AttributeTraining {
    LabelledPictures pictures;
    LabelledPictures measured; // never trained on; may be empty
    std::filesystem::path output;
    ParameterValues parameters; // of attributeTrainingParameters()
    std::uint64_t seed = 0;
    std::string device = "cpu";
    std::function<void(const Progress&)> onProgress;
    std::stop_token stop;
};

struct AttributeAccuracy {
    std::string name;
    bool isProbability = false;
    NumberAccuracy number;           // when it is a number
    ProbabilityAccuracy probability; // when it is a probability
};

struct AttributeMeasurement {
    std::string version; // of the feature space
    long parameterCount = 0;
    std::vector<AttributeAccuracy> accuracies; // in the order of attributeColumns(); empty without pictures
};
/// Of a network that was written. Throws what FeatureNetwork::open throws, and InvalidArgument when it
/// estimates other attributes than those of attributeColumns().
AttributeMeasurement measureAttributeNetwork(const std::filesystem::path& network,
                                             const LabelledPictures& pictures, const std::string& device);

struct AttributeTrainingReport {
    AttributeMeasurement measurement; // on the measured pictures
    long pictures = 0, measured = 0;
    double loss = 0; // mean of the last epoch, over attributes
};

/// Writes the network to `output`, whole or not at all. Throws InvalidArgument (parameters, too few pictures,
/// sizes that do not fit together), Cancelled, Io, and Internal when the loss is not finite.
AttributeTrainingReport trainAttributeNetwork(const AttributeTraining& training);

} // namespace cameo::train
