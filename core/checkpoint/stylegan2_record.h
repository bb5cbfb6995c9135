// SPDX-License-Identifier: Apache-2.0
// What a StyleGAN2 network is, independent of the file format that it came from: a specification and tensors
// under NVIDIA's state_dict names (reference/checkpoint_formats.md sections 2 and 6), with NVIDIA's shapes,
// gains and flips. Readers of other layouts convert to this; core/net builds networks from it. No torch.
// Values, any thread.
#pragma once

#include "core/checkpoint/tensor_record.h"

#include <optional>
#include <string>
#include <vector>

namespace cameo::checkpoint {

enum class Architecture { Orig, Skip, ResNet };
const char* architectureName(Architecture architecture); // "orig", "skip", "resnet"

/// A fully connected layer: y = act(W * weightGain x + b * biasGain). `name` is its state_dict prefix, e.g.
/// "fc0".
struct FullyConnectedSpec {
    std::string name;
    long inFeatures = 0;
    long outFeatures = 0;
    bool hasBias = true;
    bool leakyRelu = false; // lrelu(0.2) * sqrt(2), otherwise linear
    double weightGain = 1;
    double biasGain = 1;
};

struct MappingSpec {
    long zDim = 0;
    long cDim = 0;
    long wDim = 0;
    long numWs = 0;                          // 0 in a discriminator's mapping
    std::optional<FullyConnectedSpec> embed; // conditional models
    std::vector<FullyConnectedSpec> layers;
    double wAvgBeta = 0.995;
    bool hasWAvg =
        false; // tensor "mapping.w_avg"; without it (rosinality training files) compute the mean of W
};

/// One modulated convolution of the synthesis network, e.g. "b8.conv0" (doubles the size) or "b8.conv1".
struct SynthesisLayerSpec {
    std::string name;
    long inChannels = 0;
    long outChannels = 0;
    long resolution = 0; // of its output
    int up = 1;
    bool useNoise = true;
    bool leakyRelu = true;
    double activationGain =
        1.4142135623730951; // before the clamp; resnet blocks multiply conv1 by sqrt(1/2) at run time
    std::optional<double> convClamp;
};

struct ToRgbSpec {
    std::string name;
    long inChannels = 0;
    double weightGain = 1; // multiplies the style
    std::optional<double> convClamp;
};

struct SynthesisBlockSpec {
    long resolution = 0;
    long inChannels = 0; // 0: starts from the constant
    long outChannels = 0;
    std::optional<SynthesisLayerSpec> conv0; // absent at 4 px
    SynthesisLayerSpec conv1;
    std::optional<ToRgbSpec> toRgb; // 'orig' and 'resnet': last block only
    bool hasSkip = false;           // resnet: 1x1 'skip' convolution, no bias
};

struct GeneratorSpec {
    MappingSpec mapping;
    Architecture architecture = Architecture::Skip;
    long resolution = 0;
    long imageChannels = 3;
    std::vector<SynthesisBlockSpec> blocks;           // 4 px first
    std::vector<float> resampleFilter = {1, 3, 3, 1}; // separable, not normalised
};

struct DiscriminatorLayerSpec {
    std::string name; // "b64.conv0", "b64.fromrgb", "b4.conv" ...
    long inChannels = 0;
    long outChannels = 0;
    int kernel = 3;
    int down = 1;
    bool hasBias = true;
    bool leakyRelu = true;
    double weightGain = 1;
    double activationGain = 1.4142135623730951;
    std::optional<double> convClamp;
};

struct DiscriminatorBlockSpec {
    long resolution = 0;
    std::optional<DiscriminatorLayerSpec> fromRgb;
    DiscriminatorLayerSpec conv0;
    DiscriminatorLayerSpec conv1;               // down
    std::optional<DiscriminatorLayerSpec> skip; // resnet
};

struct DiscriminatorSpec {
    Architecture architecture = Architecture::ResNet;
    long resolution = 0;
    long imageChannels = 3;
    long cDim = 0;
    long cmapDim = 0;
    std::optional<MappingSpec> mapping;                    // conditional models, prefix "mapping."
    std::vector<DiscriminatorBlockSpec> blocks;            // largest first, down to 8 px
    std::optional<long> mbstdGroupSize = 4;                // empty: the whole batch
    long mbstdChannels = 1;                                // 0: no minibatch standard deviation
    std::optional<DiscriminatorLayerSpec> epilogueFromRgb; // 'skip' architecture
    DiscriminatorLayerSpec epilogueConv;
    FullyConnectedSpec epilogueFc;
    FullyConnectedSpec epilogueOut;
    std::vector<float> resampleFilter = {1, 3, 3, 1};
};

struct GeneratorRecord {
    GeneratorSpec spec;
    TensorMap tensors; // "mapping.fc0.weight", "synthesis.b4.const", ... every one that the spec needs, right
                       // shape, finite
};

struct DiscriminatorRecord {
    DiscriminatorSpec spec;
    TensorMap tensors; // "b64.fromrgb.weight", "b4.fc.weight", ...
};

} // namespace cameo::checkpoint
