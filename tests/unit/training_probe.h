// SPDX-License-Identifier: Apache-2.0
// Looks inside a training for the tests: LibTorch on one side, plain numbers on the other.
#pragma once

#include <filesystem>
#include <string>

namespace cameo::test {

/// Greatest difference between core/net's plain form and the training form, and the values' own size.
struct Difference {
    double images = 0, imageSize = 0; // generated images, noise off
    double scores = 0, scoreSize = 0; // discriminator
    double generatorGradient = 0;     // relative, over all parameters
    double discriminatorGradient = 0; // relative, over all parameters
    double penaltyGradient = 0;       // of R1, through the second derivative
};
Difference compareTrainingForms();
/// Relative size of what bfloat16 convolutions change in the images and the scores.
Difference compareBfloat16();

struct AugmentationFacts {
    bool isSameTensorAtZero = false;
    double largestShiftError = 0; // of whole-pixel shifts against moved pixels
    bool keepsShape = false;
    bool hasGradient = false;
    bool isRepeatable = false; // the same draws, the same pictures
    double colourError = 0;    // of the transformation of a grey picture, which saturation must not colour
    double erasedShare = 0;    // of a white picture with cutout alone
};
AugmentationFacts examineAugmentation();

/// Adam against the closed form of its first two steps.
double adamError();

struct NanFacts {
    bool isNoticed = false;
    bool isUnchanged = false;   // a bad step leaves the state alone
    bool isFiniteAgain = false; // after the roll-back
    bool takesAnotherPath = false;
};
NanFacts spoilAndRollBack(const std::filesystem::path& data, const std::filesystem::path& folder);

struct DistanceFacts {
    double ofItself = 0;      // a set against itself
    double ofAnotherDraw = 0; // two sets of the same kind
    double ofSmooth = 0;      // noise against soft fields
    double wholeOfDarker = 0; // whole images 10 grey levels darker
    int levels = 0;           // at 32 px: 32 and 16
};
DistanceFacts examineDistances();

} // namespace cameo::test
