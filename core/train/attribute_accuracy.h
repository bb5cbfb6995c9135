// SPDX-License-Identifier: Apache-2.0
// How well estimates agree with the values of a table. Any thread.
#pragma once

#include <optional>
#include <span>

namespace cameo::train {

struct NumberAccuracy {
    double meanAbsoluteError = 0;      // in the attribute's unit
    double baseline = 0;               // the same of always saying the median
    std::optional<double> correlation; // Pearson's; empty when one side does not vary
};
/// Both of one length, at least 1.
NumberAccuracy numberAccuracy(std::span<const float> estimates, std::span<const float> values);

struct ProbabilityAccuracy {
    double accuracy = 0; // share on the right side of 1/2
    double baseline = 0; // the same of always saying what is more frequent
    /// Probability that a picture with the attribute gets a higher estimate than one without (Hanley and
    /// McNeil 1982), ties counting half; empty when all pictures are of one kind.
    std::optional<double> auc;
};
ProbabilityAccuracy probabilityAccuracy(std::span<const float> estimates, std::span<const float> values);

} // namespace cameo::train
