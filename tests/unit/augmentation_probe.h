// SPDX-License-Identifier: Apache-2.0
// Looks inside the augmentation for its test: LibTorch on one side, plain numbers on the other. All
// differences are the greatest of any pixel; images are normal noise of 16 x 16 where nothing else is said.
#pragma once

namespace cameo::test {

struct ExchangeFacts {
    double twiceMirrored = 1; // against the image itself
    double mirrored = 1;      // against the flipped array
    double turned = 1;        // by 90 degrees, against the turned array
    double shifted = 1;       // by (3, -2), against a plain loop with mirrored indices
    double untouched = 1;     // images of the batch whose matrix is the identity
};
ExchangeFacts examineExchanges();

struct ResamplingFacts {
    double still = 1;           // the identity through the whole resampling
    double shifted = 1;         // by (3, -2), against exchanged pixels, away from the border
    double turned = 1;          // by 90 degrees, soft 32 x 32 image, away from the border
    double rotated = 1;         // by 30 degrees and scaled by 1.2, a plane wave against its formula
    double rotatedBilinear = 0; // the same error of bilinear sampling without the enlargement
};
ResamplingFacts examineResampling();

struct ColourFacts {
    double arithmetic = 1; // matrices against a plain loop
    double brightness = 1; // alone: the matrix is the identity, one offset for all channels
    double contrast = 1;   // alone: a multiple of the identity, no offset
    double lumaFlip = 1;   // alone: grey negated, differences of channels kept
    double hue = 1;        // alone: a rotation that keeps grey
    double saturation = 1; // alone: grey kept, differences of channels multiplied
    double neutral = 1;    // hue, saturation and luma flip leave grey pictures grey
};
ColourFacts examineColours();

struct CorruptionFacts {
    double still = 1;     // gains of one
    double constant = 1;  // a constant picture is multiplied with the lowest gain
    double chequered = 1; // a chequered one with the highest
    double power = 1;     // of a picture with the expected spectrum after one band's gain, minus 1
    double noiseSpread =
        1; // standard deviation of the noise's standard deviations over its expectation, minus 1
    double erasedShare = 0; // of a white picture by squares of half the side, all pictures
};
CorruptionFacts examineCorruption();

/// `pipeline`: 0, 1 or 2, see AugmentationPipeline; probability 0.8.
struct PipelineFacts {
    bool isSameAtZero = false; // the very tensor
    bool keepsShape = false;
    bool isRepeatable = false;
    bool isSelectable = false; // a part of the plan does to a part of the images what the whole does
    double slope = 1;          // relative: derivative along a direction against extrapolated differences
    double second = 1;         // the same of the derivative of a squared slope, as R1 has
};
PipelineFacts examinePipeline(int pipeline);

/// Parts of images that change at a probability of 0.5 with one stage alone.
struct ShareFacts {
    double flips = 0, quarterTurns = 0, rotations = 0, scales = 0;
};
ShareFacts examineShares();

} // namespace cameo::test
