// SPDX-License-Identifier: Apache-2.0
#include "core/engine/boundary.h"
#include "core/engine/device.h"
#include "core/engine/engine.h"
#include "core/engine/face_detector.h"
#include "core/engine/tasks.h"
#include "core/image/codec.h"
#include "core/image/convert.h"
#include "core/train/generator_evaluation.h"

#include <algorithm>

namespace cameo {
namespace {

constexpr long kPairs = 24;
constexpr long kPairsInRow = 4;
constexpr int kShownSide = 128; // small pictures are enlarged, so that a person can compare them
constexpr int kGap = 8;

Image imageOf(const std::vector<std::uint8_t>& planar, int side) {
    const std::size_t plane = planar.size() / 3;
    std::vector<std::uint8_t> pixels(planar.size());
    for (std::size_t i = 0; i < plane; ++i)
        for (std::size_t channel = 0; channel < 3; ++channel)
            pixels[i * 3 + channel] = planar[channel * plane + i];
    const Image image(side, side, 3, std::move(pixels));
    return side < kShownSide ? resize(image, kShownSide, kShownSide) : image;
}

/// Every sample with its picture to the right of it, row by row.
Image sheetOf(const std::vector<train::NearestPair>& pairs, int side) {
    const long shown = std::max(side, kShownSide), cellWidth = 2 * shown + kGap, cellHeight = shown + kGap;
    const long columns = std::min<long>(kPairsInRow, static_cast<long>(pairs.size()));
    const long rows = (static_cast<long>(pairs.size()) + columns - 1) / columns;
    const long width = columns * cellWidth + kGap, height = rows * cellHeight + kGap;
    std::vector<std::uint8_t> sheet(static_cast<std::size_t>(width * height * 3), 255);
    const auto paste = [&](const std::vector<std::uint8_t>& planar, long left, long top) {
        const Image image = imageOf(planar, side);
        for (long y = 0; y < shown; ++y)
            std::copy_n(image.u8().begin() + y * shown * 3, shown * 3,
                        sheet.begin() + ((top + y) * width + left) * 3);
    };
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const long left = kGap + static_cast<long>(i) % columns * cellWidth;
        const long top = kGap + static_cast<long>(i) / columns * cellHeight;
        paste(pairs[i].samplePixels, left, top);
        paste(pairs[i].picturePixels, left + shown, top);
    }
    return Image(static_cast<int>(width), static_cast<int>(height), 3, std::move(sheet));
}

Json pairsJson(const std::vector<train::NearestPair>& pairs, std::uint32_t seed) {
    Json list = Json::array();
    for (const train::NearestPair& pair : pairs)
        list.append(Json::object({{"seed", static_cast<long>(seed) + pair.sample},
                                  {"picture", pair.picture},
                                  {"feature-distance", pair.featureDistance},
                                  {"pixel-distance", pair.pixelDistance}}));
    return list;
}

train::GeneratorEvaluation evaluationFor(const ModelEvaluation& request, const TaskControl& control) {
    train::GeneratorEvaluation evaluation;
    for (const std::string& name : request.metrics)
        evaluation.metrics.metrics.push_back(train::metricFromName(name));
    evaluation.metrics.pairs = request.pairs.empty() ? 0 : kPairs;
    evaluation.metrics.seed = request.seed;
    evaluation.metrics.faces = openFaceFinder();
    evaluation.model = request.model.empty()
                           ? embeddedModelFolder().value() / "portraits" / "generator.safetensors"
                           : request.model;
    evaluation.data = request.data;
    evaluation.draw = {.count = request.samples, .psi = request.psi, .seed = request.seed};
    evaluation.pictures = request.pictures;
    evaluation.featureNetwork = request.features.empty() ? train::findFeatureNetwork() : request.features;
    evaluation.device = chooseDevice({.device = request.device}).device.str();
    evaluation.control = {.onProgress = control.onProgress, .yieldPoint = {}, .stop = control.stop};
    return evaluation;
}

Json evaluate(const ModelEvaluation& request, const TaskControl& control) {
    const train::GeneratorEvaluation evaluation = evaluationFor(request, control);
    train::GeneratorEvaluationReport report = train::evaluateGenerator(evaluation);
    Json json = Json::object({{"model", evaluation.model.string()},
                              {"samples", request.samples},
                              {"seed", request.seed},
                              {"psi", request.psi},
                              {"pictures", report.pictures},
                              {"pictures-in-data", report.allPictures},
                              {"side", report.side},
                              {"split", report.split},
                              {"features", report.featureVersion},
                              {"metrics", std::move(report.measured.metrics)},
                              {"not-measured", std::move(report.measured.notMeasured)}});
    if (request.pairs.empty())
        return json;
    if (report.measured.pairs.empty())
        throw Failure(ErrorCode::InvalidArgument,
                      "No nearest pictures were measured, so there is no sheet of them",
                      "Measure 'nearest', with the attribute network");
    json.set("pairs", pairsJson(report.measured.pairs, request.seed));
    writePng(request.pairs, sheetOf(report.measured.pairs, static_cast<int>(report.side)));
    return json;
}

} // namespace

std::vector<std::string> evaluationMetrics() {
    std::vector<std::string> names;
    for (const train::Metric metric : train::allMetrics())
        names.emplace_back(train::metricName(metric));
    return names;
}

Result<Json> evaluateModel(const ModelEvaluation& request, const TaskControl& control) {
    return resultOf([&] { return evaluate(request, control); });
}

} // namespace cameo
