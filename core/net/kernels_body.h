// SPDX-License-Identifier: Apache-2.0
// The loops behind core/net/kernels.h. Included once by each kernels_<instruction set>.cpp, which defines
// CAMEO_KERNEL_SET (a namespace of its own), CAMEO_LANES, CAMEO_ROW_GROUP and CAMEO_PANEL_VECTORS. Nothing of
// the standard library may be used here: its inline functions would be compiled for an instruction set that
// the processor may lack and then be shared with the rest of the program.
//
// Winograd's minimal filtering (Lavin and Gray 2016): F(4 x 4, 3 x 3) for convolutions of the same size; for
// the transposed convolution of stride 2 each side has an even phase (2 taps, F(4, 2)) and an odd phase (1
// tap), so that 4 inputs give 8 outputs for 9 products.
#pragma once

#include "core/net/kernels.h"

namespace cameo::net::CAMEO_KERNEL_SET {

constexpr long lanes = CAMEO_LANES;
constexpr long rowGroup = CAMEO_ROW_GROUP;
constexpr long panelVectors = CAMEO_PANEL_VECTORS;
constexpr long panelWidth = lanes * panelVectors;

using Vec = float __attribute__((vector_size(CAMEO_LANES * 4)));
using Bits = unsigned __attribute__((vector_size(CAMEO_LANES * 4)));
using Halves = unsigned short __attribute__((vector_size(CAMEO_LANES * 2)));
using LooseVec = float __attribute__((vector_size(CAMEO_LANES * 4), aligned(4), may_alias));
using LooseHalves = unsigned short __attribute__((vector_size(CAMEO_LANES * 2), aligned(2), may_alias));

struct Float {
    using Item = float;
    static inline Vec load(const Item* p) { return *reinterpret_cast<const LooseVec*>(p); }
    static inline void store(Item* p, Vec v) { *reinterpret_cast<LooseVec*>(p) = v; }
};

/// bfloat16 is the upper half of a float32; rounded to the nearest, ties to even.
struct BFloat {
    using Item = unsigned short;
    static inline Vec load(const Item* p) {
        const Halves halves = *reinterpret_cast<const LooseHalves*>(p);
        return reinterpret_cast<Vec>(__builtin_convertvector(halves, Bits) << 16);
    }
    static inline void store(Item* p, Vec v) {
        Bits bits = reinterpret_cast<Bits>(v);
        bits = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
        *reinterpret_cast<LooseHalves*>(p) = __builtin_convertvector(bits, Halves);
    }
};

inline Vec load(const float* p) {
    return Float::load(p);
}
inline void store(float* p, Vec v) {
    Float::store(p, v);
}
/// The sum over the lanes, by halves.
inline float sumOf(Vec v) {
    float parts[lanes];
    store(parts, v);
    for (long half = lanes / 2; half > 0; half /= 2)
        for (long i = 0; i < half; ++i)
            parts[i] += parts[i + half];
    return parts[0];
}
inline Vec larger(Vec a, Vec b) {
    return a > b ? a : b;
}
inline Vec smaller(Vec a, Vec b) {
    return a < b ? a : b;
}
constexpr Vec zero = {};

// ---- products
// ------------------------------------------------------------------------------------------------------

template <int Rows, int Vectors>
void productBlock(const ProductTask& t, const float* weights, long row, long column) {
    Vec sum[Rows][Vectors] = {};
    for (long tap = 0; tap < t.taps; ++tap) {
        const float* a[Rows];
        for (int r = 0; r < Rows; ++r)
            a[r] = t.rows[tap * t.rowCount + row + r] + t.rowOffset;
        for (long k = 0; k < t.depth; ++k) {
            Vec b[Vectors];
            for (int v = 0; v < Vectors; ++v)
                b[v] = load(weights + v * lanes);
            weights += Vectors * lanes;
#pragma GCC unroll 16
            for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 4
                for (int v = 0; v < Vectors; ++v)
                    sum[r][v] += a[r][k] * b[v];
        }
    }
    for (int r = 0; r < Rows; ++r)
        for (int v = 0; v < Vectors; ++v)
            store(t.out[row + r] + t.outOffset + column + v * lanes, sum[r][v]);
}

/// The rows that are left over: 1 to rowGroup - 1.
template <int Rows, int Vectors>
void productRest(const ProductTask& t, const float* weights, long row, long column, long count) {
    if constexpr (Rows > 0) {
        if (count == Rows)
            productBlock<Rows, Vectors>(t, weights, row, column);
        else
            productRest<Rows - 1, Vectors>(t, weights, row, column, count);
    }
}

template <int Vectors>
void productPanel(const ProductTask& t, const float* weights, long column) {
    long row = 0;
    for (; row + rowGroup <= t.rowCount; row += rowGroup)
        productBlock<rowGroup, Vectors>(t, weights, row, column);
    productRest<rowGroup - 1, Vectors>(t, weights, row, column, t.rowCount - row);
}

void product(const ProductTask& t) {
    for (long panel = t.panelBegin; panel < t.panelEnd; ++panel) {
        const long column = panel * panelWidth;
        const float* weights = t.weights + column * t.taps * t.depth;
        if (t.columns - column >= panelWidth)
            productPanel<panelVectors>(t, weights, column);
        else // columns and panels are such that half a panel is left
            productPanel<(panelVectors + 1) / 2>(t, weights, column);
    }
}

// ---- tile transforms
// -----------------------------------------------------------------------------------------------

/// B^T of F(4, 3): 6 pixels to 6 frequencies.
inline void tileForward(const Vec* d, long step, Vec* v) {
    constexpr float a = tilePointA, b = tilePointB;
    constexpr float aa = tilePointA * tilePointA, bb = tilePointB * tilePointB;
    constexpr float product = aa * bb, total = aa + bb;
    const Vec d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    const Vec evenA = d4 - bb * d2, oddA = a * (d3 - bb * d1);
    const Vec evenB = d4 - aa * d2, oddB = b * (d3 - aa * d1);
    v[0] = product * d0 - total * d2 + d4;
    v[1] = evenA + oddA;
    v[2] = evenA - oddA;
    v[3] = evenB + oddB;
    v[4] = evenB - oddB;
    v[5] = product * d1 - total * d3 + d5;
}

/// A^T of F(4, 3): 6 frequencies to 4 pixels.
inline void tileBackward(const Vec* m, long step, Vec* y) {
    constexpr float a = tilePointA, b = tilePointB;
    constexpr float aa = tilePointA * tilePointA, bb = tilePointB * tilePointB;
    const Vec m1 = m[step], m2 = m[2 * step], m3 = m[3 * step], m4 = m[4 * step];
    const Vec sumA = m1 + m2, differenceA = a * (m1 - m2), sumB = m3 + m4, differenceB = b * (m3 - m4);
    y[0] = m[0] + sumA + sumB;
    y[1] = differenceA + differenceB;
    y[2] = aa * sumA + bb * sumB;
    y[3] = aa * differenceA + bb * differenceB + m[5 * step];
}

/// 5 pixels (one before the tile) to 5 frequencies of the even phase and 4 of the odd phase.
inline void upForward(const Vec* d, long step, Vec* v) {
    constexpr float a = upPointA, b = upPointB;
    constexpr float aa = upPointA * upPointA, bb = upPointB * upPointB;
    const Vec d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step];
    const Vec oddA = d3 - bb * d1, evenA = a * (d2 - bb * d0);
    const Vec oddB = d3 - aa * d1, evenB = b * (d2 - aa * d0);
    v[0] = oddA + evenA;
    v[1] = oddA - evenA;
    v[2] = oddB + evenB;
    v[3] = oddB - evenB;
    v[4] = d4 - (aa + bb) * d2 + (aa * bb) * d0;
    v[5] = d1;
    v[6] = d2;
    v[7] = d3;
    v[8] = d4;
}

/// 9 frequencies to 8 pixels, even and odd in turn.
inline void upBackward(const Vec* m, long step, Vec* y) {
    constexpr float a = upPointA, b = upPointB;
    constexpr float aa = upPointA * upPointA, bb = upPointB * upPointB;
    const Vec sumA = m[0] + m[step], differenceA = a * (m[0] - m[step]);
    const Vec sumB = m[2 * step] + m[3 * step], differenceB = b * (m[2 * step] - m[3 * step]);
    y[0] = sumA + sumB;
    y[2] = differenceA + differenceB;
    y[4] = aa * sumA + bb * sumB;
    y[6] = aa * differenceA + bb * differenceB + m[4 * step];
    y[1] = m[5 * step];
    y[3] = m[6 * step];
    y[5] = m[7 * step];
    y[7] = m[8 * step];
}

/// The pixels that a tile reads, with zeros for those outside the picture.
template <class Stored, int Side>
struct Patch {
    const typename Stored::Item* pixels[Side * Side];
    bool isInside[Side * Side];

    Patch(const TileInputTask& t, long tile) {
        const long perSample = t.across * t.across, sample = tile / perSample;
        const long top = (tile % perSample) / t.across * 4 - 1, left = tile % t.across * 4 - 1;
        const auto* picture =
            static_cast<const typename Stored::Item*>(t.x) + sample * t.side * t.side * t.channels;
        for (int i = 0; i < Side * Side; ++i) {
            const long y = top + i / Side, x = left + i % Side;
            isInside[i] = y >= 0 && y < t.side && x >= 0 && x < t.side;
            pixels[i] = isInside[i] ? picture + (y * t.side + x) * t.channels : picture;
        }
        isWhole = top >= 0 && left >= 0 && top + Side <= t.side && left + Side <= t.side;
    }
    bool isWhole;

    inline void read(long channel, Vec style, Vec* d) const {
        if (isWhole) {
            for (int i = 0; i < Side * Side; ++i)
                d[i] = Stored::load(pixels[i] + channel) * style;
        } else {
            for (int i = 0; i < Side * Side; ++i)
                d[i] = isInside[i] ? Stored::load(pixels[i] + channel) * style : zero;
        }
    }
};

template <class Stored, int In, int Out, void (*Forward)(const Vec*, long, Vec*)>
void transformInput(const TileInputTask& t) {
    for (long tile = t.tileBegin; tile < t.tileEnd; ++tile) {
        const Patch<Stored, In> patch(t, tile);
        const float* styles = t.styles + tile / (t.across * t.across) * t.channels;
        float* out = t.out + (tile - t.tileBegin) * t.channels;
        for (long channel = 0; channel < t.channels; channel += lanes) {
            Vec d[In * In], columns[In][Out];
            patch.read(channel, load(styles + channel), d);
            for (int x = 0; x < In; ++x)
                Forward(d + x, In, columns[x]);
            for (int y = 0; y < Out; ++y) {
                Vec line[Out];
                Forward(&columns[0][y], Out, line);
                for (int x = 0; x < Out; ++x)
                    store(out + (y * Out + x) * t.frequencyStride + channel, line[x]);
            }
        }
    }
}

template <class Stored>
void tileInput(const TileInputTask& t) {
    transformInput<Stored, 6, 6, tileForward>(t);
}

template <class Stored>
void upTileInput(const TileInputTask& t) {
    transformInput<Stored, 5, 9, upForward>(t);
}

// ---- after the sums
// ------------------------------------------------------------------------------------------------

/// The per-channel numbers of an epilogue.
struct Finish {
    Vec scale, bias, low, high;
    float slope, gain;

    Finish(const Epilogue& e, long channel, const float* scales)
        : scale(load(scales + channel)),
          bias(load(e.bias + channel)),
          low(zero - e.limit),
          high(zero + e.limit),
          slope(e.slope),
          gain(e.gain) {}
    inline Vec operator()(Vec sum, float noise) const {
        Vec v = sum * scale + (bias + noise);
        v = larger(v, v * slope) * gain; // slope is at most 1
        return smaller(larger(v, low), high);
    }
};

template <class Stored>
void tileOutput(const TileOutputTask& t) {
    const long perSample = t.across * t.across;
    for (long tile = t.tileBegin; tile < t.tileEnd; ++tile) {
        const long sample = tile / perSample;
        const long top = (tile % perSample) / t.across * 4, left = tile % t.across * 4;
        auto* out = static_cast<typename Stored::Item*>(t.out) +
                    ((sample * t.side + top) * t.side + left) * t.channels;
        float noise[16] = {};
        for (int i = 0; t.epilogue.noise && i < 16; ++i)
            noise[i] = t.epilogue.noise[(top + i / 4) * t.side + left + i % 4] * t.epilogue.noiseStrength;
        const float* products = t.products + (tile - t.tileBegin) * t.channels;
        for (long channel = 0; channel < t.channels; channel += lanes) {
            const Finish finish(t.epilogue, channel, t.epilogue.scale + sample * t.channels);
            Vec columns[6][4];
            for (int x = 0; x < 6; ++x) {
                Vec m[6];
                for (int y = 0; y < 6; ++y)
                    m[y] = load(products + (y * 6 + x) * t.frequencyStride + channel);
                tileBackward(m, 1, columns[x]);
            }
            for (int y = 0; y < 4; ++y) {
                Vec line[4];
                tileBackward(&columns[0][y], 4, line);
                for (int x = 0; x < 4; ++x)
                    Stored::store(out + (y * t.side + x) * t.channels + channel,
                                  finish(line[x], noise[y * 4 + x]));
            }
        }
    }
}

void upTileOutput(const UpTileOutputTask& t) {
    for (long tile = t.tileBegin; tile < t.tileEnd; ++tile) {
        const float* products = t.products + (tile - t.tileBegin) * t.channels;
        float* out = t.lines + tile / t.across * 8 * t.lineStride + tile % t.across * 8 * t.channels;
        for (long channel = 0; channel < t.channels; channel += lanes) {
            Vec columns[9][8];
            for (int x = 0; x < 9; ++x) {
                Vec m[9];
                for (int y = 0; y < 9; ++y)
                    m[y] = load(products + (y * 9 + x) * t.frequencyStride + channel);
                upBackward(m, 1, columns[x]);
            }
            for (int y = 0; y < 8; ++y) {
                Vec line[8];
                upBackward(&columns[0][y], 8, line);
                for (int x = 0; x < 8; ++x)
                    store(out + y * t.lineStride + x * t.channels + channel, line[x]);
            }
        }
    }
}

template <class Stored>
void filter(const FilterTask& t) {
    auto* out = static_cast<typename Stored::Item*>(t.out);
    for (long channel = 0; channel < t.channels; channel += lanes) {
        const Finish finish(t.epilogue, channel, t.epilogue.scale);
        const auto down = [&](long x) {
            const long at = x * t.channels + channel;
            return t.taps[0] * load(t.lines[0] + at) + t.taps[1] * load(t.lines[1] + at) +
                   t.taps[2] * load(t.lines[2] + at) + t.taps[3] * load(t.lines[3] + at);
        };
        Vec a = down(0), b = down(1), c = down(2);
        for (long x = 0; x < t.side; ++x) {
            const Vec d = down(x + 3);
            const Vec sum = t.taps[0] * a + t.taps[1] * b + t.taps[2] * c + t.taps[3] * d;
            Stored::store(out + x * t.channels + channel,
                          finish(sum, t.epilogue.noise ? t.epilogue.noise[x] * t.epilogue.noiseStrength : 0));
            a = b;
            b = c;
            c = d;
        }
    }
}

template <class Stored>
void stage(const StageTask& t) {
    const long framed = t.side + 2;
    const auto* x = static_cast<const typename Stored::Item*>(t.x);
    for (long i = 0; i < framed * framed; ++i) {
        const long row = i / framed - 1, column = i % framed - 1;
        const bool isInside = row >= 0 && row < t.side && column >= 0 && column < t.side;
        const auto* pixel = isInside ? x + (row * t.side + column) * t.channels : x;
        for (long channel = 0; channel < t.channels; channel += lanes)
            store(t.out + i * t.channels + channel,
                  isInside ? Stored::load(pixel + channel) * load(t.styles + channel) : zero);
    }
}

template <class Stored>
void finishPixels(const FinishTask& t) {
    auto* out = static_cast<typename Stored::Item*>(t.out);
    for (long channel = 0; channel < t.channels; channel += lanes) {
        const Finish finish(t.epilogue, channel, t.epilogue.scale);
        for (long i = 0; i < t.count; ++i)
            Stored::store(out + i * t.channels + channel,
                          finish(load(t.products + i * t.channels + channel),
                                 t.epilogue.noise ? t.epilogue.noise[i] * t.epilogue.noiseStrength : 0));
    }
}

template <class Stored>
void toRgb(const ToRgbTask& t) {
    const auto* x = static_cast<const typename Stored::Item*>(t.x);
    for (long i = 0; i < t.count; ++i)
        for (long plane = 0; plane < t.imageChannels; ++plane) {
            Vec sum = zero;
            for (long channel = 0; channel < t.channels; channel += lanes)
                sum += Stored::load(x + i * t.channels + channel) *
                       load(t.weights + plane * t.channels + channel);
            const float shifted = t.bias[plane] + sumOf(sum);
            const float total = shifted < -t.limit ? -t.limit : shifted > t.limit ? t.limit : shifted;
            t.out[plane * t.planeStride + i] = total;
        }
}

/// Each side has two phases of two taps: even pixels taps 0 and 2 of pixels i - 1 and i, odd pixels taps 1
/// and 3 of pixels i and i + 1 (padding 2 before and 1 after the zero-inserted picture).
void enlarge(const EnlargeTask& t) {
    for (long line = t.lineBegin; line < t.lineEnd; ++line) {
        const long upper = (line + 1) / 2 - 1, lower = upper + 1;
        const float upperTap = upper < 0 ? 0 : t.taps[line & 1],
                    lowerTap = lower >= t.side ? 0 : t.taps[(line & 1) + 2];
        const float* above = t.plane + (upper < 0 ? 0 : upper) * t.side;
        const float* below = t.plane + (lower >= t.side ? t.side - 1 : lower) * t.side;
        float* out = t.out + line * 2 * t.side;
        float before = 0, here = upperTap * above[0] + lowerTap * below[0];
        for (long x = 0; x < t.side; ++x) {
            const float after = x + 1 < t.side ? upperTap * above[x + 1] + lowerTap * below[x + 1] : 0;
            out[2 * x] += t.taps[0] * before + t.taps[2] * here;
            out[2 * x + 1] += t.taps[1] * here + t.taps[3] * after;
            before = here;
            here = after;
        }
    }
}

template <class Stored>
constexpr Kernels::Stored storedKernels() {
    return {tileInput<Stored>, tileOutput<Stored>,   upTileInput<Stored>, filter<Stored>,
            stage<Stored>,     finishPixels<Stored>, toRgb<Stored>};
}

} // namespace cameo::net::CAMEO_KERNEL_SET
