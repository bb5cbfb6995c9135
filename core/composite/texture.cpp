// SPDX-License-Identifier: Apache-2.0
#include "core/composite/texture.h"

#include "core/composite/area_counter.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>

namespace cameo {
namespace {

constexpr int smallestBlock = 8;
constexpr std::size_t fewestSources = 24;
constexpr int samplesPerSide = 24; // of a block, when candidates are compared
constexpr float heightCost =
    0.5f; // of a block from another height, in units of the detail's energy: grounds are layered
constexpr float energyCredit =
    0.3f; // share of a block's own energy taken off its cost: else the flattest block wins
constexpr float sharpness = 0.5f;      // 0 averages overlapping blocks, 1 keeps their variance
constexpr float startedWeight = 0.05f; // of a window from which on its place counts as done

/// Places on a grid of half blocks that touch the hole, from its edge inwards: those with few pixels to fill
/// first.
std::vector<Place> placesToFill(const AreaCounter& counter, const FloatPicture& picture, int block) {
    const int step = block / 2;
    std::vector<std::pair<int, Place>> ordered;
    for (int y = -step; y < picture.height; y += step)
        for (int x = -step; x < picture.width; x += step)
            if (counter.count({x, y}, block) > 0) {
                const int reach = 4 * block; // how deep in the hole: its share of a large neighbourhood
                ordered.push_back({counter.count({x - reach / 2, y - reach / 2}, block + reach), {x, y}});
            }
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Place> places;
    for (const auto& [depth, place] : ordered)
        places.push_back(place);
    return places;
}

/// The work of one call: sums of windowed blocks, and the texture so far as the context of the next block.
class Quilt {
  public:
    Quilt(const FloatPicture& detail, const Hole& hole, const TextureOptions& options)
        : m_detail(detail),
          m_hole(hole),
          m_block(options.block),
          m_candidates(options.candidates),
          m_stride(std::max(1, options.block / samplesPerSide)),
          m_context(detail),
          m_isDone(hole.size()),
          m_sum(detail.rgb.size()),
          m_weight(hole.size()),
          m_square(hole.size()) {
        double energy = 0;
        std::size_t known = 0;
        for (std::size_t i = 0; i < hole.size(); ++i) {
            m_isDone[i] = !hole[i];
            if (hole[i])
                continue;
            ++known;
            for (std::size_t c = i * 3; c < i * 3 + 3; ++c)
                energy += detail.rgb[c] * detail.rgb[c];
        }
        m_heightCost =
            heightCost * static_cast<float>(energy / std::max<std::size_t>(known, 1)) / detail.height;
        for (int i = 0; i < m_block; ++i) {
            const double sine = std::sin(std::numbers::pi * (i + 0.5) / m_block);
            m_window.push_back(static_cast<float>(sine * sine)); // half-overlapping windows sum to 1
        }
    }

    void put(Place to, const std::vector<Place>& sources) {
        Candidate best;
        float bestCost = std::numeric_limits<float>::max();
        for (int i = 0; i < m_candidates; ++i) {
            const std::uint32_t draw = m_random();
            const Candidate candidate{sources[(draw >> 1) % sources.size()], (draw & 1) != 0};
            const float cost = costOf(candidate, to);
            if (cost < bestCost) {
                bestCost = cost;
                best = candidate;
            }
        }
        add(best, to);
    }

    FloatPicture result() const {
        FloatPicture out = m_detail;
        for (std::size_t i = 0; i < m_hole.size(); ++i) {
            const float scale =
                m_weight[i] > 0 ? (1 - sharpness) / m_weight[i] + sharpness / std::sqrt(m_square[i]) : 0;
            for (std::size_t c = i * 3; c < i * 3 + 3; ++c)
                out.rgb[c] = m_sum[c] * scale;
        }
        return out;
    }

  private:
    struct Candidate {
        Place from;
        bool isMirrored = false;
    };

    const float* source(const Candidate& candidate, int x, int y) const {
        return m_detail.pixel(candidate.from.x + (candidate.isMirrored ? m_block - 1 - x : x),
                              candidate.from.y + y);
    }

    /// Mean squared difference where something is already, plus the cost of the other height.
    float costOf(const Candidate& candidate, Place to) const {
        const float height = m_heightCost * static_cast<float>(std::abs(candidate.from.y - to.y));
        float sum = 0;
        int count = 0;
        for (int y = std::max(0, -to.y); y < std::min(m_block, m_detail.height - to.y); y += m_stride)
            for (int x = std::max(0, -to.x); x < std::min(m_block, m_detail.width - to.x); x += m_stride) {
                if (!m_isDone[index(to.x + x, to.y + y)])
                    continue;
                const float* a = source(candidate, x, y);
                const float* b = m_context.pixel(to.x + x, to.y + y);
                const float d0 = a[0] - b[0], d1 = a[1] - b[1], d2 = a[2] - b[2];
                sum += d0 * d0 + d1 * d1 + d2 * d2 - energyCredit * (a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
                ++count;
            }
        return height + (count ? sum / static_cast<float>(count) : 0.0f);
    }

    void add(const Candidate& candidate, Place to) {
        for (int y = std::max(0, -to.y); y < std::min(m_block, m_detail.height - to.y); ++y)
            for (int x = std::max(0, -to.x); x < std::min(m_block, m_detail.width - to.x); ++x) {
                const std::size_t i = index(to.x + x, to.y + y);
                const float weight = m_window[x] * m_window[y];
                const float* pixel = source(candidate, x, y);
                m_weight[i] += weight;
                m_square[i] += weight * weight;
                for (int c = 0; c < 3; ++c) {
                    m_sum[i * 3 + c] += weight * pixel[c];
                    if (m_hole[i])
                        m_context.rgb[i * 3 + c] = m_sum[i * 3 + c] / m_weight[i];
                }
                if (m_weight[i] > startedWeight)
                    m_isDone[i] = 1;
            }
    }

    std::size_t index(int x, int y) const { return static_cast<std::size_t>(y) * m_detail.width + x; }

    const FloatPicture& m_detail;
    const Hole& m_hole;
    int m_block, m_candidates, m_stride;
    FloatPicture m_context;
    std::vector<std::uint8_t> m_isDone;
    std::vector<float> m_sum, m_weight, m_square, m_window;
    float m_heightCost = 0;
    std::mt19937 m_random{1}; // the same picture gives the same fill
};

} // namespace

FloatPicture continueTexture(const FloatPicture& detail, const Hole& hole, TextureOptions options) {
    const AreaCounter counter(hole, detail.width, detail.height);
    std::vector<Place> sources;
    for (; options.block >= smallestBlock; options.block = options.block / 4 * 2) {
        sources = knownSquares(counter, detail.width, detail.height, options.block,
                               std::max(1, options.block / 16));
        if (sources.size() >= fewestSources)
            break;
    }
    FloatPicture nothing{detail.width, detail.height, std::vector<float>(detail.rgb.size())};
    if (sources.size() < fewestSources)
        return nothing;
    Quilt quilt(detail, hole, options);
    const std::vector<Place> places = placesToFill(counter, detail, options.block);
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (options.onProgress && i % 32 == 0)
            options.onProgress(static_cast<double>(i) / static_cast<double>(places.size()));
        quilt.put(places[i], sources);
    }
    return quilt.result();
}

} // namespace cameo
