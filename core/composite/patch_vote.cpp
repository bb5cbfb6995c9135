// SPDX-License-Identifier: Apache-2.0
#include "core/composite/patch_vote.h"

#include "core/composite/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace cameo {
namespace {

constexpr double trustBase = 1.3;      // of a patch falls by this per px of depth (Wexler et al. 2007)
constexpr float smallestSpread = 0.1f; // of the costs (Newson et al. 2014)
constexpr int patchSide = 2 * patchRadius + 1, patchArea = patchSide * patchSide;
constexpr int rowsPerPiece = 16;

struct Vote {
    const Match* match;
    int dx, dy; // from the patch's centre to the pixel
    float weight;
};

/// The patches over a pixel with their weights.
class Ballot {
  public:
    Ballot(const PatchLevel& level, const MatchField& field) : m_level(level), m_field(field) {
        const cv::Mat hole(level.height, level.width, CV_8U, const_cast<std::uint8_t*>(level.hole.data()));
        cv::Mat depth;
        cv::distanceTransform(hole, depth, cv::DIST_L2, cv::DIST_MASK_5);
        m_trust.resize(level.hole.size());
        for (std::size_t i = 0; i < m_trust.size(); ++i)
            m_trust[i] = static_cast<float>(std::pow(trustBase, -std::min(depth.ptr<float>()[i], 80.0f)));
    }

    int collect(int x, int y, Vote (&votes)[patchArea]) const {
        float costs[patchArea];
        int count = 0;
        for (int dy = -patchRadius; dy <= patchRadius; ++dy)
            for (int dx = -patchRadius; dx <= patchRadius; ++dx) {
                const int px = x - dx, py = y - dy;
                if (px < 0 || py < 0 || px >= m_level.width || py >= m_level.height)
                    continue;
                const Match& match = m_field.at(px, py);
                if (match.source < 0 || !m_field.isActive(px, py))
                    continue;
                votes[count] = {&match, dx, dy, m_trust[static_cast<std::size_t>(py) * m_level.width + px]};
                costs[count++] = match.cost;
            }
        if (count == 0)
            return 0;
        // Negative where the credit for the source's own contrast exceeds the difference.
        const float least = std::min(0.0f, *std::min_element(costs, costs + count));
        float* rank = costs + count * 3 / 4;
        std::nth_element(costs, rank, costs + count);
        const float spread = std::max(*rank - least, smallestSpread);
        for (int i = 0; i < count; ++i)
            votes[i].weight *= std::exp(-0.5f * (votes[i].match->cost - least) / spread);
        return count;
    }

  private:
    const PatchLevel& m_level;
    const MatchField& m_field;
    std::vector<float> m_trust;
};

template <typename Work>
void forEachHolePixel(const PatchLevel& level, int threads, const Work& work) {
    forEachPiece((level.height + rowsPerPiece - 1) / rowsPerPiece, threads, [&](int piece) {
        for (int y = piece * rowsPerPiece; y < std::min(level.height, (piece + 1) * rowsPerPiece); ++y)
            for (int x = 0; x < level.width; ++x)
                if (level.hole[static_cast<std::size_t>(y) * level.width + x])
                    work(x, y);
    });
}

} // namespace

double voteMean(PatchLevel& level, const MatchField& field) {
    const Ballot ballot(level, field);
    Features voted = level.features;
    std::vector<double> changes(static_cast<std::size_t>(level.height));
    forEachHolePixel(level, field.options().threads, [&](int x, int y) {
        Vote votes[patchArea];
        float sum[featureCount] = {}, weight = 1e-30f;
        const int count = ballot.collect(x, y, votes);
        for (int i = 0; i < count; ++i) {
            const Vote& vote = votes[i];
            const std::int16_t* from = level.sources[static_cast<std::size_t>(vote.match->source)].at(
                vote.match->x + vote.dx, vote.match->y + vote.dy);
            for (int c = 0; c < votedCount; ++c)
                sum[c] += vote.weight * static_cast<float>(from[c]);
            weight += vote.weight;
        }
        if (count == 0)
            return;
        std::int16_t* out = &voted[(static_cast<std::size_t>(y) * level.width + x) * featureCount];
        for (int c = 0; c < votedCount; ++c) {
            const auto value = static_cast<std::int16_t>(std::lround(sum[c] / weight));
            if (c < colourCount)
                changes[static_cast<std::size_t>(y)] += std::abs(value - out[c]);
            out[c] = value;
        }
    });
    level.features = std::move(voted);
    double change = 0, pixels = 1;
    for (const double row : changes)
        change += row;
    for (const std::uint8_t isHole : level.hole)
        pixels += isHole;
    return change / (colourCount * pixels);
}

std::vector<Label> voteLabels(const PatchLevel& level, const MatchField& field) {
    const Ballot ballot(level, field);
    std::vector<Label> labels(level.hole.size());
    forEachHolePixel(level, field.options().threads, [&](int x, int y) {
        Vote votes[patchArea];
        Label choices[patchArea];
        float weights[patchArea];
        int choiceCount = 0;
        const int count = ballot.collect(x, y, votes);
        for (int i = 0; i < count; ++i) {
            const Vote& vote = votes[i];
            Label label{static_cast<std::int16_t>(vote.match->x + vote.dx),
                        static_cast<std::int16_t>(vote.match->y + vote.dy), vote.match->source};
            int k = 0;
            while (k < choiceCount && !(choices[k] == label))
                ++k;
            if (k == choiceCount) {
                choices[k] = label;
                weights[k] = 0;
                ++choiceCount;
            }
            weights[k] += vote.weight;
        }
        if (count == 0)
            return;
        const auto best =
            static_cast<std::size_t>(std::max_element(weights, weights + choiceCount) - weights);
        labels[static_cast<std::size_t>(y) * level.width + x] = choices[best];
    });
    return labels;
}

} // namespace cameo
