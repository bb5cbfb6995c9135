// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_portrait.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace cameo::test {

namespace {

using Colour = std::array<double, 3>;

/// A number of 0..1 for each seed and use (a Weyl sequence, scrambled).
double chance(std::uint32_t seed, std::uint32_t use) {
    std::uint32_t x = seed * 2654435761U + use * 40503U * 65537U + 12345U;
    x ^= x >> 15;
    x *= 2246822519U;
    x ^= x >> 13;
    x *= 3266489917U;
    x ^= x >> 16;
    return x / 4294967296.0;
}

Colour colourOf(double hue, double saturation, double value) {
    Colour colour{};
    for (int i = 0; i < 3; ++i) {
        const double k = std::fmod(5.0 - 2 * i + hue * 6, 6.0);
        colour[static_cast<std::size_t>(i)] =
            value - value * saturation * std::clamp(std::min(k, 4 - k), 0.0, 1.0);
    }
    return colour;
}

Colour mixed(const Colour& a, const Colour& b, double share) {
    return {a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share};
}

double smooth(double from, double to, double x) {
    const double t = std::clamp((x - from) / (to - from), 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

/// 1 inside of an ellipse, 0 outside, soft over `edge`.
double ellipse(double x, double y, double cx, double cy, double rx, double ry, double edge) {
    const double r = std::hypot((x - cx) / rx, (y - cy) / ry);
    return 1 - smooth(1 - edge, 1 + edge, r);
}

class Painter {
  public:
    explicit Painter(const EditState& state) {
        const std::uint32_t seed = state.seed;
        const std::uint32_t fine = state.mix ? state.mix->seed : seed;
        for (const DirectionEdit& edit : state.directions)
            if (edit.direction.size() == 3 && edit.direction[2] >= '1' && edit.direction[2] <= '4')
                m_move[static_cast<std::size_t>(edit.direction[2] - '1')] = edit.strength;
        const double psi = state.psi;
        m_ground = colourOf(chance(fine, 1), 0.35 * psi, 0.55 + 0.3 * chance(seed, 2));
        m_groundLow = colourOf(chance(fine, 3), 0.45 * psi, 0.25 + 0.2 * chance(seed, 4));
        m_skin = mixed({0.96, 0.80, 0.69}, {0.45, 0.28, 0.19}, chance(seed, 5) * psi);
        m_hair = mixed({0.12, 0.08, 0.06}, {0.80, 0.66, 0.42}, chance(fine, 6) * psi);
        m_cloth = colourOf(chance(fine, 7), 0.5, 0.35 + 0.35 * chance(seed, 8));
        m_x = 0.5 + 0.03 * (chance(seed, 9) - 0.5) + 0.012 * m_move[1];
        m_width = 0.185 + 0.03 * (chance(seed, 10) - 0.5) * psi + 0.008 * m_move[0];
    }

    Colour ground(double x, double y) const {
        Colour colour = mixed(m_ground, m_groundLow, smooth(0, 1, y));
        for (std::uint32_t i = 0; i < 5; ++i) {
            const double disc = ellipse(x, y, chance(i, 21), 0.7 * chance(i, 22), 0.09, 0.09, 0.25);
            colour = mixed(colour, {1, 1, 0.95}, 0.12 * disc);
        }
        return colour;
    }

    double person(double x, double y) const {
        const double hair = ellipse(x, y, m_x, 0.38, m_width * 1.3, 0.29, 0.06);
        const double body = ellipse(x, y, 0.5, 1.14, 0.43, 0.40, 0.03);
        const double neck = ellipse(x, y, 0.5 + (m_x - 0.5) / 2, 0.68, 0.10, 0.16, 0.05);
        return std::max({hair, body, neck});
    }

    Colour figure(double x, double y) const {
        Colour colour = mixed(m_hair, m_cloth, smooth(0.62, 0.72, y));
        colour = mixed(colour, m_cloth, ellipse(x, y, 0.5, 1.14, 0.43, 0.40, 0.02));
        colour = mixed(colour, m_skin, ellipse(x, y, 0.5 + (m_x - 0.5) / 2, 0.70, 0.085, 0.15, 0.06));
        colour = mixed(colour, m_skin, ellipse(x, y, m_x, 0.45, m_width, 0.235, 0.04));
        for (const double sign : {-1.0, 1.0}) {
            const double eye = m_x + sign * m_width * 0.45 + 0.004 * m_move[1];
            colour = mixed(colour, {0.97, 0.97, 0.97}, ellipse(x, y, eye, 0.43, 0.034, 0.017, 0.2));
            colour = mixed(colour, {0.15, 0.12, 0.1}, ellipse(x, y, eye, 0.43, 0.014, 0.015, 0.2));
        }
        const double bend = 0.004 * m_move[2] * (1 - std::pow((x - m_x) / (m_width * 0.5), 2));
        colour =
            mixed(colour, {0.68, 0.28, 0.28}, ellipse(x, y - bend, m_x, 0.575, m_width * 0.42, 0.014, 0.25));
        const double light = 1 + 0.05 * m_move[3] * (x - 0.5) / 0.3;
        for (double& channel : colour)
            channel *= std::clamp(light, 0.5, 1.5) *
                       (1 - 0.18 * smooth(0.5, 1.4, std::hypot((x - m_x) / m_width, (y - 0.45) / 0.3)));
        return colour;
    }

  private:
    std::array<double, 4> m_move{}; // pc1 .. pc4
    Colour m_ground{}, m_groundLow{}, m_skin{}, m_hair{}, m_cloth{};
    double m_x = 0.5, m_width = 0.19;
};

double levels(double alpha, const MaskSettings& mask) {
    const double offset = alpha - mask.threshold;
    return mask.softness <= 0 ? (offset >= 0 ? 1 : 0) : std::clamp(offset / mask.softness + 0.5, 0.0, 1.0);
}

std::uint8_t toByte(double value) {
    return static_cast<std::uint8_t>(std::clamp(value, 0.0, 1.0) * 255 + 0.5);
}

} // namespace

Portrait drawPortrait(const EditState& state, int side) {
    const Painter painter(state);
    const auto count = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
    std::vector<std::uint8_t> picture, ground;
    std::vector<float> alpha;
    picture.reserve(3 * count);
    ground.reserve(3 * count);
    alpha.reserve(count);
    for (int row = 0; row < side; ++row)
        for (int column = 0; column < side; ++column) {
            const double x = (column + 0.5) / side, y = (row + 0.5) / side;
            const double person = painter.person(x, y);
            const Colour behind = painter.ground(x, y);
            const Colour front = mixed(behind, painter.figure(x, y), person);
            for (std::size_t i = 0; i < 3; ++i) {
                picture.push_back(toByte(front[i]));
                ground.push_back(toByte(behind[i]));
            }
            alpha.push_back(static_cast<float>(levels(person, state.mask)));
        }
    return {Image(side, side, 3, std::move(picture)), Mask(side, side, std::move(alpha)),
            Image(side, side, 3, std::move(ground))};
}

} // namespace cameo::test
