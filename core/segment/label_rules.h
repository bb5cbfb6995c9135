// SPDX-License-Identifier: Apache-2.0
// Rules on small label maps: which clusters are the person, connected pieces, no holes. No torch. Any
// thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cameo::segment {

struct BorderRule {
    int clusters = 2;
    double sideReach = 1;    // share of the left and right borders, from the top, that counts
    double topReach = 0.5;   // share of the top border, from each corner, that counts
    double centreWeight = 0; // how much the centre speaks for the person, against the border's 1
};

/// For a side x side map: a cluster is ground when it owns more of the left, right and top border than its
/// area would give it. The bottom border does not count: shoulders touch it. Where the border says little,
/// the centre decides. At least one cluster is ground; the person may be empty.
std::vector<bool> foregroundClusters(std::span<const std::uint8_t> label, int side, const BorderRule& rule);

/// Keeps the largest connected piece (4 neighbours) of `isSet` and the pieces that stand on the bottom border
/// and cover at least a hundredth of the picture (shoulders beside a neck of another cluster); fills holes
/// that do not touch the border.
std::vector<bool> personPieces(const std::vector<bool>& isSet, int width, int height);

} // namespace cameo::segment
