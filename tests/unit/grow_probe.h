// SPDX-License-Identifier: Apache-2.0
// Grows networks and compares them with the ones they came from, for a test that must not see LibTorch.
#pragma once

#include "core/checkpoint/stylegan2_record.h"

#include <optional>

namespace cameo::test {

struct GrowthFacts {
    double pictures = 0;     // greatest difference from the old pictures enlarged by the network's filter
    double pictureSize = 0;  // greatest value of those
    double sameRows = 0;     // the same, with the last row of W+ repeated instead of rows of its own
    double scores = 0;       // greatest difference from the old scores of the halved pictures
    double scoreSize = 0;    // greatest value of those
    double freshScores = 0;  // the same for a front block of fresh weights
    bool keepsMeanW = false; // or there was none
    long channels = 0;       // of the new block
};
/// Random rows of W+, seeds fixed; `discriminator` may be empty.
GrowthFacts examineGrowth(const checkpoint::GeneratorRecord& generator,
                          const std::optional<checkpoint::DiscriminatorRecord>& discriminator);

} // namespace cameo::test
