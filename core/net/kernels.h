// SPDX-License-Identifier: Apache-2.0
// The inner loops of synthesis on the CPU, compiled once per instruction set and chosen at run time. Pictures
// of features are stored pixel by pixel with the channels together, padded to a multiple of 16, as float32 or
// bfloat16; all sums are float32. Raw pointers and no allocation: the caller owns and splits the work. Any
// thread.
#pragma once

namespace cameo::net {

constexpr long channelStep = 16;
constexpr long paddedChannels(long channels) {
    return (channels + channelStep - 1) / channelStep * channelStep;
}

/// Products of gathered rows with packed weights: out[r] = sum over taps of rows[tap * rowCount + r] .
/// W[tap].
struct ProductTask {
    const float* const* rows; // [taps][rowCount], `depth` floats each from `rowOffset` on
    float* const* out;        // [rowCount], `columns` floats each from `outOffset` on
    long rowOffset, outOffset;
    long rowCount, taps, depth;
    long columns;         // a multiple of 16
    const float* weights; // packed: per panel of columns [taps][depth][panel width]
    long panelBegin, panelEnd;
};

/// Features under styles, cut into tiles of 4 x 4 pixels; tile t is number t % (across * across) of its
/// sample.
struct TileInputTask {
    const void* x; // [samples][side][side][channels]
    long side, channels, across;
    const float* styles; // [samples][channels]
    long tileBegin, tileEnd;
    float* out;           // [frequencies][tileEnd - tileBegin][channels]
    long frequencyStride; // in floats
};

/// What follows a convolution: min(max(act(v * scale + noise * strength + bias) * gain, -limit), limit).
struct Epilogue {
    const float* scale; // [samples][channels]: demodulation
    const float* bias;  // [channels]
    const float* noise; // [side][side] or null
    float noiseStrength;
    float slope; // of the negative half: 1 is linear
    float gain, limit;
};

struct TileOutputTask {
    const float* products; // [36][tileEnd - tileBegin][channels]
    long frequencyStride;
    long side, channels, across, tileBegin, tileEnd;
    Epilogue epilogue;
    void* out; // [samples][side][side][channels]
};

/// Tiles of the enlarging convolution: 8 x 8 pixels of the transposed convolution from 5 x 5 of the input.
struct UpTileOutputTask {
    const float* products; // [81][tileEnd - tileBegin][channels]
    long frequencyStride, channels;
    long across;             // tiles in a row of tiles
    long tileBegin, tileEnd; // tile 0 begins at `lines`
    float* lines;            // pixel 0 of the first line
    long lineStride;         // in floats
};

/// One line of the picture behind the filter, from four lines of the transposed convolution.
struct FilterTask {
    const float* lines[4]; // each points at column -1
    float taps[4];
    long side, channels;
    Epilogue epilogue; // scale of this sample, noise of this line
    void* out;         // [side][channels]
};

/// x * styles as float32 inside a frame of zeros one pixel wide.
struct StageTask {
    const void* x; // one sample [side][side][channels]
    long side, channels;
    const float* styles; // [channels]
    float* out;          // [side + 2][side + 2][channels]
};

/// The epilogue over products that already lie pixel by pixel.
struct FinishTask {
    const float* products; // [count][channels]
    long count, channels;
    Epilogue epilogue; // scale of this sample, noise from the first of these pixels
    void* out;
};

/// 1 x 1 convolution to a few image channels, stored plane by plane.
struct ToRgbTask {
    const void* x;        // [count][channels]
    const float* weights; // [imageChannels][channels], styles included
    const float* bias;    // [imageChannels]
    long count, channels, imageChannels;
    float limit;
    float* out; // plane 0 at the first of these pixels
    long planeStride;
};

/// Twice the size by zero insertion and the filter (gain 4), for one plane; added to `out`.
struct EnlargeTask {
    const float* plane; // [side][side]
    long side;
    float taps[4];
    long lineBegin, lineEnd; // of the 2 * side lines of `out`
    float* out;
};

enum class Storage { Float32, BFloat16 };

struct Kernels {
    const char* name;
    long panel; // columns that are packed together
    void (*product)(const ProductTask&);
    void (*upTileOutput)(const UpTileOutputTask&);
    void (*enlarge)(const EnlargeTask&);
    struct Stored {
        void (*tileInput)(const TileInputTask&);
        void (*tileOutput)(const TileOutputTask&);
        void (*upTileInput)(const TileInputTask&);
        void (*filter)(const FilterTask&);
        void (*stage)(const StageTask&);
        void (*finish)(const FinishTask&);
        void (*toRgb)(const ToRgbTask&);
    } stored[2]; // by Storage
};

/// The fastest set that this processor runs. The environment variable CAMEO_KERNELS (avx2 or plain) asks for
/// a lesser one, for tests.
const Kernels& kernels();

// Toom-Cook points of the tile transforms, chosen by measuring the error of sums over 512 channels in
// float32: 1.5 times that of the direct sum, where the usual points 1 and 2 give 3.3 times.
constexpr double tilePointA = 0.70710678118654752; // F(4, 3) at 0, +-a, +-b, infinity
constexpr double tilePointB = 1.41421356237309505;
constexpr double upPointA = 0.5; // F(4, 2) at +-a, +-b, infinity
constexpr double upPointB = 1.25;

} // namespace cameo::net
