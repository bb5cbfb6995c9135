// SPDX-License-Identifier: Apache-2.0
#include "core/composite/grain.h"

#include "core/composite/area_counter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>
#include <optional>
#include <random>
#include <type_traits>

namespace cameo {
namespace {

constexpr int block = 64, step = block / 2;
constexpr int draws = 8; // per place; the one of the nearest height is taken, for grounds are layered

using Window = std::array<float, block>;

/// Half-overlapping windows sum to 1.
Window makeWindow() {
    Window window;
    for (int i = 0; i < block; ++i) {
        const double sine = std::sin(std::numbers::pi * (i + 0.5) / block);
        window[static_cast<std::size_t>(i)] = static_cast<float>(sine * sine);
    }
    return window;
}

/// A source block for every place of the half-overlapping grid that touches the hole.
struct Plan {
    int columns = 0;
    std::vector<std::optional<Place>> sources;
    const std::optional<Place>& at(int column, int row) const {
        return sources[static_cast<std::size_t>(row) * columns + column];
    }
};

/// Squares of the large picture over squares of the small one that have a margin to the hole.
std::vector<Place> sourcesOf(const GrainRequest& request) {
    const double scale = static_cast<double>(request.photo.width()) / request.smallWidth;
    const int side = static_cast<int>(std::ceil(block / scale)) + 4;
    const AreaCounter counter(request.smallHole, request.smallWidth, request.smallHeight);
    std::vector<Place> sources;
    for (const Place small : knownSquares(counter, request.smallWidth, request.smallHeight, side, 2)) {
        const Place large{static_cast<int>((small.x + 2) * scale), static_cast<int>((small.y + 2) * scale)};
        if (large.x + block <= request.photo.width() && large.y + block <= request.photo.height())
            sources.push_back(large);
    }
    return sources;
}

Plan makePlan(const GrainRequest& request, const std::vector<Place>& sources) {
    std::mt19937 random(1); // the same picture gives the same fill
    Plan plan;
    plan.columns = (request.photo.width() + step - 1) / step + 1;
    const int rows = (request.photo.height() + step - 1) / step + 1;
    for (int row = 0; row < rows; ++row)
        for (int column = 0; column < plan.columns; ++column) {
            const int y = (row - 1) * step;
            Place best = sources[random() % sources.size()];
            for (int i = 1; i < draws; ++i) {
                const Place other = sources[random() % sources.size()];
                if (std::abs(other.y - y) < std::abs(best.y - y))
                    best = other;
            }
            plan.sources.push_back(best);
        }
    return plan;
}

/// The mean of the four blocks over a pixel, scaled so that the variance stays that of one.
template <typename T>
void detailAt(const GrainRequest& request, std::span<const T> photo, std::span<const T> smooth,
              const Plan& plan, const Window& window, Place at, float (&sum)[3]) {
    float squares = 0;
    for (const int dy : {0, 1})
        for (const int dx : {0, 1}) {
            const int column = at.x / step + dx, row = at.y / step + dy;
            const Place source = *plan.at(column, row);
            const int x = at.x - (column - 1) * step, y = at.y - (row - 1) * step; // within the block
            const float weight = window[static_cast<std::size_t>(x)] * window[static_cast<std::size_t>(y)];
            squares += weight * weight;
            const std::size_t from =
                (static_cast<std::size_t>(source.y + y) * request.photo.width() + source.x + x) * 3;
            for (std::size_t c = 0; c < 3; ++c)
                sum[c] +=
                    weight * (static_cast<float>(photo[from + c]) - static_cast<float>(smooth[from + c]));
        }
    for (float& value : sum)
        value /= std::sqrt(squares);
}

template <typename T>
T rounded(float value) {
    if constexpr (std::is_same_v<T, float>)
        return value;
    else
        return static_cast<T>(std::clamp(value, 0.0f, static_cast<float>(std::numeric_limits<T>::max())) +
                              0.5f);
}

template <typename T>
Image addTo(const GrainRequest& request, std::span<const T> photo, std::span<const T> smooth,
            const Report& report) {
    const int width = request.photo.width(), height = request.photo.height();
    const std::vector<Place> sources = sourcesOf(request);
    const Plan plan = sources.empty() ? Plan{} : makePlan(request, sources);
    const Window window = makeWindow();
    std::vector<T> out(photo.begin(), photo.end());
    for (int y = 0; y < height; ++y) {
        if (y % 64 == 0)
            report(static_cast<double>(y) / height);
        for (int x = 0; x < width; ++x) {
            const std::size_t i = static_cast<std::size_t>(y) * width + x;
            if (!request.hole[i])
                continue;
            float detail[3] = {};
            if (!sources.empty())
                detailAt(request, photo, smooth, plan, window, {x, y}, detail);
            for (std::size_t c = 0; c < 3; ++c)
                out[i * 3 + c] = rounded<T>(static_cast<float>(smooth[i * 3 + c]) + detail[c]);
        }
    }
    return Image(width, height, 3, std::move(out));
}

} // namespace

Image addGrain(const GrainRequest& request, const Report& report) {
    switch (request.photo.type()) {
    case PixelType::U8:
        return addTo(request, request.photo.u8(), request.smooth.u8(), report);
    case PixelType::U16:
        return addTo(request, request.photo.u16(), request.smooth.u16(), report);
    case PixelType::F32:
        break;
    }
    return addTo(request, request.photo.f32(), request.smooth.f32(), report);
}

} // namespace cameo
