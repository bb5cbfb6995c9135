// SPDX-License-Identifier: Apache-2.0
// What the overlapping patches of a field say about each pixel of the hole. Internal to core/composite.
#pragma once

#include "core/composite/patch_match.h"

namespace cameo {

/// One step towards the picture that its matches want (Wexler et al. 2007): every pixel of the hole becomes
/// the mean of what the patches over it propose, each weighted by exp(-cost / (2 sigma^2)), with sigma^2 the
/// 75th percentile of their costs (Newson et al. 2014, equation 11), and by its nearness to the known part.
/// Returns the mean change of the colours in grey levels.
double voteMean(PatchLevel& level, const MatchField& field);

/// Where a pixel is copied from.
struct Label {
    std::int16_t x = 0, y = 0, source = -1; // -1: known
    bool operator==(const Label&) const = default;
};

/// For every pixel of the hole the one source on which most of the weight of the patches over it agrees.
std::vector<Label> voteLabels(const PatchLevel& level, const MatchField& field);

} // namespace cameo
