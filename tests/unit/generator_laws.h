// SPDX-License-Identifier: Apache-2.0
// Laws that the networks must obey, measured on small random ones. Differences are relative to the largest
// value. Plain C++, so that a Qt test can use it. One thread.
#pragma once

#include <cstddef>
#include <string>

namespace cameo::test {

/// A small network with random weights in which noise, biases and clamps matter.
struct SmallNetwork {
    long resolution = 32;
    long channelBase = 768;
    long channelMax = 48;
    std::string architecture = "skip";
    long classes = 0;
    double clamp = 0; // of every convolution; 0: none
};

/// Inference form against training form: the image and every feature.
double inferenceFromTraining(const SmallNetwork& network, long batch);
/// bfloat16 against float32, image only.
double bfloat16FromFloat(const SmallNetwork& network);

/// noise: "const", "random" or "none".
double batchOfTwoFromTwoOfOne(const SmallNetwork& network, const std::string& noise);
/// Coarse blocks, then finer ones from the kept state, against a whole run; and two variants from one state
/// together against each by itself.
double continuedFromWhole(const SmallNetwork& network, std::size_t lastCoarseBlock, bool useBFloat16);
/// Rows that only earlier blocks use may be anything once a state is past these.
double earlierRowsMatter(const SmallNetwork& network, std::size_t block);

/// Between two runs with these noise seeds.
double randomNoiseDifference(const SmallNetwork& network, unsigned first, unsigned second);

/// Number of blocks that ran when a stop was asked for in block `at`; -1 when no Failure(Cancelled) came.
int blocksBeforeStop(const SmallNetwork& network, int at);

/// Derivative along a random direction of all parameters of the generator, or of the rows of styles, against
/// finite differences.
double generatorGradientError(const SmallNetwork& network);
double latentGradientError(const SmallNetwork& network);
/// The same for the gradient of the discriminator's R1 penalty, which is a second derivative.
double penaltyGradientError(const SmallNetwork& network);

/// Images and scores after toRecord and fromRecord.
double recordRoundTrip(const SmallNetwork& network);
/// Inference after a change of parameters and parametersChanged(), against the training form.
double changedParameters(const SmallNetwork& network);
/// The mean of W of a network that has none stored, against 4096 mapped latents of RandomState(0).
double computedMean(const SmallNetwork& network);

/// Packed convolutions against plain ones.
struct ConvolutionCase {
    int up = 1;
    long inSide = 16;
    long inChannels = 32;
    long outChannels = 32;
    long samples = 1;
    bool useTiles = true;
    bool useBFloat16 = false;
};
double packedConvolutionError(const ConvolutionCase& convolution);
/// The instruction set in use, and OpenBLAS's choice (empty with another BLAS).
std::string kernelSet();
std::string blasKernels();

} // namespace cameo::test
