// SPDX-License-Identifier: Apache-2.0
// The nearest known patch for every patch that touches the hole: PatchMatch (Barnes et al. 2009) over several
// views of the photo. Internal to core/composite.
#pragma once

#include "core/composite/patch_level.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace cameo {

struct Match {
    std::int16_t x = 0, y = 0; // the centre of the source patch
    std::int16_t source = -1;  // index of the view; -1: none yet
    float cost = std::numeric_limits<float>::max();
};

struct MatchOptions {
    float heightCost = 0; // of a patch from the other end of the picture's height, squared grey levels
    std::uint32_t seed = 1;
    int threads = 0; // 0: all of the machine; the result does not depend on it
};

/// One match for every pixel of a level whose patch touches the hole.
class MatchField {
  public:
    MatchField(const PatchLevel& level, const MatchOptions& options);

    /// Random search alone, for pixels that have no match; with known features in the hole.
    void start();
    /// From the field of a level of half the size.
    void startFrom(const MatchField& coarse);
    /// One match by many random tries, compared only where `isKnown`: for the onion peel.
    Match bestPartialMatch(int x, int y, const Hole& isKnown, int tries) const;
    void set(int x, int y, const Match& match) { m_matches[index(x, y)] = match; }

    /// Costs of the present matches, for the present features.
    void refreshCosts();
    /// Propagation, dominant offsets and random search within `reach` px, in scan order and back again.
    void sweep(int reach);

    bool isActive(int x, int y) const { return m_isActive[index(x, y)] != 0; }
    const Match& at(int x, int y) const { return m_matches[index(x, y)]; }
    const PatchLevel& level() const { return m_level; }
    const MatchOptions& options() const { return m_options; }

  private:
    struct Offset {
        int source, x, y;
    };
    std::size_t index(int x, int y) const { return static_cast<std::size_t>(y) * m_level.width + x; }
    float costOf(int x, int y, const Match& candidate, float limit) const;
    float partialCost(int x, int y, const Match& candidate, const Hole& isKnown) const;
    float positionCost(int y, const Match& candidate) const;
    void tryMatch(int x, int y, Match candidate);
    void tryNeighbour(int x, int y, int fromX, int fromY, const std::vector<Match>& matches);
    void tryRandom(int x, int y, int reach);
    void tryOffsets(int x, int y);
    void sweepBand(int band, int reach);
    void findDominantOffsets();
    Match randomMatch(std::uint32_t& state) const;
    std::uint32_t randomState(int x, int y) const;
    void forEachActive(const std::function<void(int x, int y)>& work) const;

    const PatchLevel& m_level;
    MatchOptions m_options;
    std::vector<Match> m_matches, m_previous; // the last sweep's, for neighbours in other bands
    std::vector<std::uint8_t> m_isActive;
    std::vector<Offset> m_dominant;
    std::size_t m_centreCount = 0;
    int m_round = 0;
    bool m_isForward = true;
};

} // namespace cameo
