// SPDX-License-Identifier: Apache-2.0
#include "app/commands/training_line.h"

#include "app/cli/progress_line.h"
#include "core/base/text.h"

#include <iomanip>

namespace cameo::cli {
namespace {

/// Three digits that count: "0.613", "45.2", "8.4e+05".
std::string shortNumber(double value) {
    return cat(std::setprecision(3), value);
}

} // namespace

std::string trainingLine(const TrainingStatus& status) {
    const bool isPacking = status.stage == TrainingStage::Packing;
    std::string line = cat(isPacking ? "packing " : "training ", status.images, '/', status.target,
                           isPacking ? " pictures" : " images");
    if (isPacking)
        return line;
    if (status.generatorLoss && status.discriminatorLoss)
        line += cat(", loss G ", shortNumber(*status.generatorLoss), " D ",
                    shortNumber(*status.discriminatorLoss));
    if (status.realSign)
        line += ", r_t " + shortNumber(*status.realSign);
    if (status.augmentProbability)
        line += ", p " + shortNumber(*status.augmentProbability);
    if (status.imagesPerSecond > 0)
        line += cat(", ", shortNumber(status.imagesPerSecond), " images/s");
    for (const auto& [key, points] : status.course->series)
        if (isTrainingMetric(key) && !points.empty())
            line += cat(", ", key, ' ', shortNumber(points.back().value));
    if (status.secondsLeft)
        line += cat(", ", durationText(*status.secondsLeft), " left");
    return line;
}

} // namespace cameo::cli
