// SPDX-License-Identifier: Apache-2.0
#include "core/net/packed_weights.h"

#include "core/net/kernels.h"

#include <algorithm>

namespace cameo::net {

const std::vector<Tap> allTaps{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {2, 0}, {2, 1}, {2, 2}};
const std::array<std::vector<Tap>, 4> upPhaseTaps{std::vector<Tap>{{0, 0}, {0, 2}, {2, 0}, {2, 2}},
                                                  std::vector<Tap>{{0, 1}, {2, 1}},
                                                  std::vector<Tap>{{1, 0}, {1, 2}}, std::vector<Tap>{{1, 1}}};

namespace {

/// Where input i, output o of a tap stands among the packed weights of a matrix.
struct PackedPlace {
    long in, out, taps, panel;
    long operator()(long tap, long i, long o) const {
        const long first = o / panel * panel, width = std::min(panel, out - first);
        return first * taps * in + (tap * in + i) * width + o - first;
    }
};

using Side = std::array<std::array<double, 3>, 6>;

/// Row of G for point p among the finite points: (1, p, p^2) / product of its distances to the others.
std::array<double, 3> evaluation(double p, std::initializer_list<double> others) {
    double norm = 1;
    for (const double other : others)
        norm *= p - other;
    return {1 / norm, p / norm, p * p / norm};
}

Side tileSideMatrix() {
    constexpr double a = tilePointA, b = tilePointB;
    return {evaluation(0, {a, -a, b, -b}), evaluation(a, {0, -a, b, -b}), evaluation(-a, {0, a, b, -b}),
            evaluation(b, {0, a, -a, -b}), evaluation(-b, {0, a, -a, b}), {0, 0, 1}};
}

/// Even pixels 2i sum w[2] x[i - 1] + w[0] x[i]: the polynomial w[2] + w[0] p; odd pixels are w[1] x[i].
Side upSideMatrix() {
    constexpr double a = upPointA, b = upPointB;
    Side side{};
    const std::array<std::array<double, 3>, 4> even{evaluation(a, {-a, b, -b}), evaluation(-a, {a, b, -b}),
                                                    evaluation(b, {a, -a, -b}), evaluation(-b, {a, -a, b})};
    for (std::size_t i = 0; i < 4; ++i)
        side[i] = {even[i][1], 0, even[i][0]};
    side[4] = {1, 0, 0};
    side[5] = {0, 1, 0};
    return side;
}

at::Tensor packTransformed(const at::Tensor& weight, const Side& side, long panel) {
    const at::Tensor source = weight.contiguous();
    const long outputs = source.size(0), inputs = source.size(1);
    const PackedPlace place{paddedChannels(inputs), paddedChannels(outputs), 1, panel};
    const long matrix = place.in * place.out;
    const at::Tensor packed = at::zeros({36, matrix}, at::kFloat);
    float* out = packed.data_ptr<float>();
    const float* in = source.data_ptr<float>();
    at::parallel_for(0, inputs, 8, [&](long begin, long end) {
        for (long i = begin; i < end; ++i)
            for (long o = 0; o < outputs; ++o) {
                const float* w = in + (o * inputs + i) * 9;
                double lines[6][3];
                for (std::size_t u = 0; u < 6; ++u)
                    for (std::size_t x = 0; x < 3; ++x)
                        lines[u][x] = side[u][0] * w[x] + side[u][1] * w[3 + x] + side[u][2] * w[6 + x];
                const long at = place(0, i, o);
                for (std::size_t u = 0; u < 6; ++u)
                    for (std::size_t v = 0; v < 6; ++v)
                        out[static_cast<long>(u * 6 + v) * matrix + at] = static_cast<float>(
                            lines[u][0] * side[v][0] + lines[u][1] * side[v][1] + lines[u][2] * side[v][2]);
            }
    });
    return packed;
}

} // namespace

at::Tensor packMatrix(const at::Tensor& weight, long panel) {
    const at::Tensor source = weight.contiguous();
    const long outputs = source.size(0), inputs = source.size(1);
    const PackedPlace place{inputs, paddedChannels(outputs), 1, panel};
    const at::Tensor packed = at::zeros({place.in * place.out}, at::kFloat);
    float* out = packed.data_ptr<float>();
    const float* in = source.data_ptr<float>();
    for (long o = 0; o < outputs; ++o)
        for (long i = 0; i < inputs; ++i)
            out[place(0, i, o)] = in[o * inputs + i];
    return packed;
}

at::Tensor packTaps(const at::Tensor& weight, const std::vector<Tap>& taps, long panel) {
    const at::Tensor source = weight.contiguous();
    const long outputs = source.size(0), inputs = source.size(1), count = static_cast<long>(taps.size());
    const PackedPlace place{paddedChannels(inputs), paddedChannels(outputs), count, panel};
    const at::Tensor packed = at::zeros({count * place.in * place.out}, at::kFloat);
    float* out = packed.data_ptr<float>();
    const float* in = source.data_ptr<float>();
    for (long tap = 0; tap < count; ++tap) {
        const long offset = taps[static_cast<std::size_t>(tap)].y * 3 + taps[static_cast<std::size_t>(tap)].x;
        at::parallel_for(0, inputs, 8, [&](long begin, long end) {
            for (long i = begin; i < end; ++i)
                for (long o = 0; o < outputs; ++o)
                    out[place(tap, i, o)] = in[(o * inputs + i) * 9 + offset];
        });
    }
    return packed;
}

at::Tensor packTiles(const at::Tensor& weight, long panel) {
    return packTransformed(weight, tileSideMatrix(), panel);
}

at::Tensor packUpTiles(const at::Tensor& weight, long panel) {
    return packTransformed(weight, upSideMatrix(), panel);
}

} // namespace cameo::net
