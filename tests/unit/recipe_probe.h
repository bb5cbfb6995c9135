// SPDX-License-Identifier: Apache-2.0
// Looks at the parts of the training recipe for their test: LibTorch on one side, plain numbers on the other.
#pragma once

#include <filesystem>

namespace cameo::test {

struct PathLengthFacts {
    double linear = 1; // relative error of the lengths of a linear map, against its matrix
    double slope =
        1; // relative error of a penalty's gradient in that matrix, against extrapolated differences
    double ofForms = 1;   // relative difference of its gradients in a generator, training form and plain one
    double ofLatents = 0; // mean length of that generator: not zero
};
PathLengthFacts examinePathLength();

/// One step with everything on, whole and in parts; greatest difference of any gradient relative to the
/// largest value of that gradient.
struct PartFacts {
    double generator = 1, discriminator = 1;
    double losses = 1;        // of the reported figures
    bool isOrderKept = false; // groups of the discriminator are the whole batch's
};
PartFacts examineParts(const std::filesystem::path& data, const std::filesystem::path& folder);

struct FrozenFacts {
    bool areFrozenEqual = false; // bit for bit after two steps
    bool areOthersMoved = false;
    bool isExcessRefused = false;
};
FrozenFacts examineFrozenLayers(const std::filesystem::path& data);

/// Blocks that keep their activations in 16 bits, here bfloat16, which a CPU has; relative differences.
struct ReducedFacts {
    bool isPlainWithoutBlocks = false; // no block: bit for bit float32
    double images = 0, scores = 0;
    double gradients = 0; // of the generator, mean over the tensors of the angle's sine
};
ReducedFacts examineReducedBlocks();

} // namespace cameo::test
