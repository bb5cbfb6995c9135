// SPDX-License-Identifier: Apache-2.0
#include "core/train/attribute_accuracy.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace cameo::train {
namespace {

double meanOf(std::span<const float> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double meanAbsolute(std::span<const float> values, const auto& reference) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        sum += std::abs(double{values[i]} - reference(i));
    return sum / static_cast<double>(values.size());
}

/// Ranks from 1, ties sharing their mean rank.
std::vector<double> ranksOf(std::span<const float> values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    std::vector<double> ranks(values.size());
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
        while (end < order.size() && values[order[end]] == values[order[begin]])
            ++end;
        for (std::size_t i = begin; i < end; ++i)
            ranks[order[i]] = 0.5 * static_cast<double>(begin + end + 1);
    }
    return ranks;
}

} // namespace

NumberAccuracy numberAccuracy(std::span<const float> estimates, std::span<const float> values) {
    NumberAccuracy result;
    result.meanAbsoluteError = meanAbsolute(values, [&](std::size_t i) { return double{estimates[i]}; });
    std::vector<float> sorted(values.begin(), values.end());
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    result.baseline = meanAbsolute(values, [&](std::size_t) { return double{*middle}; });
    const double meanE = meanOf(estimates), meanV = meanOf(values);
    double both = 0, ofE = 0, ofV = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double e = estimates[i] - meanE, v = values[i] - meanV;
        both += e * v;
        ofE += e * e;
        ofV += v * v;
    }
    if (ofE > 0 && ofV > 0)
        result.correlation = both / std::sqrt(ofE * ofV);
    return result;
}

ProbabilityAccuracy probabilityAccuracy(std::span<const float> estimates, std::span<const float> values) {
    const std::vector<double> ranks = ranksOf(estimates);
    double right = 0, positives = 0, rankSum = 0;
    const double count = static_cast<double>(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool isThere = values[i] >= 0.5F;
        right += (estimates[i] >= 0.5F) == isThere;
        positives += isThere;
        rankSum += isThere ? ranks[i] : 0;
    }
    ProbabilityAccuracy result{
        .accuracy = right / count, .baseline = std::max(positives, count - positives) / count, .auc = {}};
    if (positives > 0 && positives < count)
        result.auc = (rankSum - positives * (positives + 1) / 2) / (positives * (count - positives));
    return result;
}

} // namespace cameo::train
