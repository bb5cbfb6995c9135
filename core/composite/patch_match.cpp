// SPDX-License-Identifier: Apache-2.0
#include "core/composite/patch_match.h"

#include "core/composite/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <opencv2/core/hal/intrin.hpp>
#include <unordered_map>

namespace cameo {
namespace {

constexpr int bandHeight = 24;     // rows of one piece of work; fixed, so that threads do not change results
constexpr int dominantCount = 6;   // offsets that are tried everywhere (He and Sun 2012)
constexpr int upsampleTries = 8;   // places near an upsampled match, when that lies in no whole patch
constexpr float shiftCost = 0.25f; // of moving the colours, per squared grey level
constexpr int startTries = 24;
constexpr float energyCredit = 0.2f; // share of a patch's own contrast taken off its cost: else flat ones win
constexpr float viewCost = 0.1f;     // of another view than the photo as it is: straight copies where they do

/// A small, fast generator (Marsaglia's xorshift); each pixel has its own.
std::uint32_t draw(std::uint32_t& state) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

/// Uniform in -reach .. reach.
int drawStep(std::uint32_t& state, int reach) {
    return static_cast<int>(draw(state) % static_cast<std::uint32_t>(2 * reach + 1)) - reach;
}

/// The part of a patch that lies in the picture.
struct Window {
    int left, right, top, bottom; // offsets from the centre, inclusive
    int count() const { return (right - left + 1) * (bottom - top + 1); }
};

Window windowAt(const PatchLevel& level, int x, int y) {
    return {std::max(-patchRadius, -x), std::min(patchRadius, level.width - 1 - x),
            std::max(-patchRadius, -y), std::min(patchRadius, level.height - 1 - y)};
}

/// Sum of squared differences. Stops after a row that goes beyond the limit.
float patchDistance(const PatchLevel& level, Place to, const PatchSource& source, Place from,
                    const Window& window, float limit) {
    float total = 0;
    for (int dy = window.top; dy <= window.bottom && total <= limit; ++dy) {
        const std::int16_t* a = level.at(to.x + window.left, to.y + dy);
        const std::int16_t* b = source.at(from.x + window.left, from.y + dy);
        cv::v_int32x4 sum = cv::v_setzero_s32();
        for (int dx = window.left; dx <= window.right; ++dx, a += featureCount, b += featureCount) {
            const cv::v_int16x8 difference = cv::v_load(a) - cv::v_load(b);
            sum += cv::v_dotprod(difference, difference);
        }
        total += static_cast<float>(cv::v_reduce_sum(sum));
    }
    return total;
}

} // namespace

MatchField::MatchField(const PatchLevel& level, const MatchOptions& options)
    : m_level(level), m_options(options), m_matches(level.hole.size()), m_isActive(level.hole.size()) {
    const AreaCounter counter(level.hole, level.width, level.height);
    for (int y = 0; y < level.height; ++y)
        for (int x = 0; x < level.width; ++x)
            m_isActive[index(x, y)] =
                counter.count({x - patchRadius, y - patchRadius}, 2 * patchRadius + 1) > 0;
    for (const PatchSource& source : level.sources)
        m_centreCount += source.centres.size();
}

std::uint32_t MatchField::randomState(int x, int y) const {
    std::uint32_t state = m_options.seed * 0x9e3779b9U + static_cast<std::uint32_t>(m_round) * 0x85ebca6bU;
    state ^= static_cast<std::uint32_t>(x) * 0xc2b2ae35U + static_cast<std::uint32_t>(y) * 0x27d4eb2fU;
    state ^= state >> 15;
    state *= 0x2c1b3c6dU;
    state ^= state >> 12;
    return state | 1U;
}

Match MatchField::randomMatch(std::uint32_t& state) const {
    std::size_t number = draw(state) % m_centreCount;
    for (std::size_t s = 0; s < m_level.sources.size(); ++s) {
        const std::vector<Place>& centres = m_level.sources[s].centres;
        if (number < centres.size())
            return {static_cast<std::int16_t>(centres[number].x),
                    static_cast<std::int16_t>(centres[number].y), static_cast<std::int16_t>(s)};
        number -= centres.size();
    }
    return {};
}

float MatchField::positionCost(int y, const Match& candidate) const {
    const Affine& m = m_level.sources[static_cast<std::size_t>(candidate.source)].toPhoto;
    const auto height = static_cast<float>(m[3] * candidate.x + m[4] * candidate.y + m[5]);
    return m_options.heightCost * std::abs(height - static_cast<float>(y)) /
           static_cast<float>(m_level.height);
}

float MatchField::costOf(int x, int y, const Match& candidate, float limit) const {
    const PatchSource& source = m_level.sources[static_cast<std::size_t>(candidate.source)];
    const float position = positionCost(y, candidate);
    const float credit = energyCredit * source.energyAt(candidate.x, candidate.y);
    const float factor = candidate.source == 0 ? 1 : 1 + viewCost;
    const Window window = windowAt(m_level, x, y);
    const auto count = static_cast<float>(window.count());
    const float left = ((limit - position) / factor + credit) * count;
    const float sum = patchDistance(m_level, {x, y}, source, {candidate.x, candidate.y}, window, left);
    return position + factor * (sum / count - credit);
}

float MatchField::partialCost(int x, int y, const Match& candidate, const Hole& isKnown) const {
    const PatchSource& source = m_level.sources[static_cast<std::size_t>(candidate.source)];
    const Window window = windowAt(m_level, x, y);
    cv::v_int32x4 sum = cv::v_setzero_s32();
    int count = 0;
    for (int dy = window.top; dy <= window.bottom; ++dy)
        for (int dx = window.left; dx <= window.right; ++dx) {
            if (!isKnown[index(x + dx, y + dy)])
                continue;
            const cv::v_int16x8 difference = cv::v_load(m_level.at(x + dx, y + dy)) -
                                             cv::v_load(source.at(candidate.x + dx, candidate.y + dy));
            sum += cv::v_dotprod(difference, difference);
            ++count;
        }
    const float factor = candidate.source == 0 ? 1 : 1 + viewCost;
    const auto total = static_cast<float>(cv::v_reduce_sum(sum));
    return positionCost(y, candidate) + factor * total / static_cast<float>(std::max(count, 1));
}

Match MatchField::bestPartialMatch(int x, int y, const Hole& isKnown, int tries) const {
    std::uint32_t state = randomState(x, y);
    Match best;
    const auto attempt = [&](Match candidate) {
        candidate.cost = partialCost(x, y, candidate, isKnown);
        if (candidate.cost < best.cost)
            best = candidate;
    };
    if (static_cast<std::size_t>(tries) < m_centreCount) {
        for (int i = 0; i < tries; ++i)
            attempt(randomMatch(state));
        return best;
    }
    for (std::size_t s = 0; s < m_level.sources.size(); ++s)
        for (const Place& centre : m_level.sources[s].centres)
            attempt({static_cast<std::int16_t>(centre.x), static_cast<std::int16_t>(centre.y),
                     static_cast<std::int16_t>(s)});
    return best;
}

void MatchField::forEachActive(const std::function<void(int x, int y)>& work) const {
    const int bands = (m_level.height + bandHeight - 1) / bandHeight;
    forEachPiece(bands, m_options.threads, [&](int band) {
        for (int y = band * bandHeight; y < std::min(m_level.height, (band + 1) * bandHeight); ++y)
            for (int x = 0; x < m_level.width; ++x)
                if (isActive(x, y))
                    work(x, y);
    });
}

void MatchField::start() {
    ++m_round;
    forEachActive([&](int x, int y) {
        std::uint32_t state = randomState(x, y);
        for (int i = 0; i < startTries && at(x, y).source < 0; ++i)
            tryMatch(x, y, randomMatch(state));
    });
}

void MatchField::startFrom(const MatchField& coarse) {
    ++m_round;
    forEachActive([&](int x, int y) {
        const int cx = std::min(x / 2, coarse.m_level.width - 1);
        const int cy = std::min(y / 2, coarse.m_level.height - 1);
        Match match = coarse.at(cx, cy);
        std::uint32_t state = randomState(x, y);
        if (match.source >= 0) {
            const PatchSource& source = m_level.sources[static_cast<std::size_t>(match.source)];
            const int sx = 2 * match.x + (x & 1), sy = 2 * match.y + (y & 1);
            for (int i = 0; i < upsampleTries; ++i) {
                const int nx = sx + (i ? drawStep(state, i) : 0), ny = sy + (i ? drawStep(state, i) : 0);
                if (!source.accepts(nx, ny))
                    continue;
                set(x, y, {static_cast<std::int16_t>(nx), static_cast<std::int16_t>(ny), match.source});
                return;
            }
        }
        set(x, y, randomMatch(state));
    });
}

void MatchField::refreshCosts() {
    forEachActive([&](int x, int y) {
        Match& match = m_matches[index(x, y)];
        if (match.source >= 0)
            match.cost = costOf(x, y, match, std::numeric_limits<float>::max());
    });
}

void MatchField::tryMatch(int x, int y, Match candidate) {
    Match& best = m_matches[index(x, y)];
    candidate.cost = costOf(x, y, candidate, best.cost);
    if (candidate.cost < best.cost)
        best = candidate;
}

void MatchField::tryNeighbour(int x, int y, int fromX, int fromY, const std::vector<Match>& matches) {
    if (fromX < 0 || fromY < 0 || fromX >= m_level.width || fromY >= m_level.height ||
        !isActive(fromX, fromY))
        return;
    const Match& near = matches[index(fromX, fromY)];
    if (near.source < 0)
        return;
    const int sx = near.x + x - fromX, sy = near.y + y - fromY;
    const Match& present = at(x, y);
    if (near.source == present.source && sx == present.x && sy == present.y)
        return;
    if (m_level.sources[static_cast<std::size_t>(near.source)].accepts(sx, sy))
        tryMatch(x, y, {static_cast<std::int16_t>(sx), static_cast<std::int16_t>(sy), near.source});
}

void MatchField::tryOffsets(int x, int y) {
    for (const Offset& offset : m_dominant) {
        const int sx = x + offset.x, sy = y + offset.y;
        if (m_level.sources[static_cast<std::size_t>(offset.source)].accepts(sx, sy))
            tryMatch(x, y,
                     {static_cast<std::int16_t>(sx), static_cast<std::int16_t>(sy),
                      static_cast<std::int16_t>(offset.source)});
    }
}

void MatchField::tryRandom(int x, int y, int reach) {
    std::uint32_t state = randomState(x, y);
    for (int radius = reach; radius >= 1; radius /= 2) {
        const Match& best = at(x, y);
        const int sx = best.x + drawStep(state, radius), sy = best.y + drawStep(state, radius);
        if (best.source >= 0 && m_level.sources[static_cast<std::size_t>(best.source)].accepts(sx, sy))
            tryMatch(x, y, {static_cast<std::int16_t>(sx), static_cast<std::int16_t>(sy), best.source});
    }
    tryMatch(x, y, randomMatch(state));
}

void MatchField::sweepBand(int band, int reach) {
    const int top = band * bandHeight, bottom = std::min(m_level.height, top + bandHeight);
    const int step = m_isForward ? 1 : -1;
    for (int i = 0; i < bottom - top; ++i) {
        const int y = m_isForward ? top + i : bottom - 1 - i;
        const int from = y - step;
        const bool isInBand = from >= top && from < bottom;
        for (int j = 0; j < m_level.width; ++j) {
            const int x = m_isForward ? j : m_level.width - 1 - j;
            if (!isActive(x, y))
                continue;
            tryNeighbour(x, y, x - step, y, m_matches);
            tryNeighbour(x, y, x, from, isInBand ? m_matches : m_previous);
            tryOffsets(x, y);
            tryRandom(x, y, reach);
        }
    }
}

void MatchField::sweep(int reach) {
    ++m_round;
    findDominantOffsets();
    m_previous = m_matches;
    const int bands = (m_level.height + bandHeight - 1) / bandHeight;
    forEachPiece(bands, m_options.threads, [&](int band) { sweepBand(band, reach); });
    m_isForward = !m_isForward;
}

void MatchField::findDominantOffsets() {
    std::unordered_map<std::uint64_t, int> counts;
    for (int y = 0; y < m_level.height; ++y)
        for (int x = 0; x < m_level.width; ++x) {
            const Match& match = at(x, y);
            if (!isActive(x, y) || match.source < 0)
                continue;
            const auto dx = static_cast<std::uint64_t>(match.x - x + 32768);
            const auto dy = static_cast<std::uint64_t>(match.y - y + 32768);
            ++counts[static_cast<std::uint64_t>(match.source) << 40 | dx << 20 | dy];
        }
    std::vector<std::pair<int, std::uint64_t>> sorted;
    for (const auto& [key, count] : counts)
        sorted.push_back({-count, key});
    const auto wanted = std::min<std::size_t>(dominantCount, sorted.size());
    std::partial_sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(wanted), sorted.end());
    m_dominant.clear();
    for (std::size_t i = 0; i < wanted; ++i) {
        const std::uint64_t key = sorted[i].second;
        m_dominant.push_back({static_cast<int>(key >> 40), static_cast<int>(key >> 20 & 0xfffff) - 32768,
                              static_cast<int>(key & 0xfffff) - 32768});
    }
}

} // namespace cameo
