// SPDX-License-Identifier: Apache-2.0
#include "core/engine/boundary.h"
#include "core/engine/device.h"
#include "core/engine/engine.h"
#include "core/engine/tasks.h"
#include "core/train/generator_evaluation.h"

namespace cameo {
namespace {

Json evaluate(const ModelEvaluation& request, const TaskControl& control) {
    const std::filesystem::path model =
        request.model.empty() ? embeddedModelFolder().value() / "portraits" / "generator.safetensors"
                              : request.model;
    const train::GeneratorEvaluationReport report =
        train::evaluateGenerator({.model = model,
                                  .data = request.data,
                                  .psi = request.psi,
                                  .samples = request.samples,
                                  .seed = request.seed,
                                  .device = chooseDevice({.device = request.device}).device.str(),
                                  .onProgress = control.onProgress,
                                  .stop = control.stop});
    Json levels = Json::array();
    for (const auto& level : report.levels)
        levels.append(
            Json::object({{"side", level.side}, {"distance", level.distance}, {"floor", level.floor}}));
    return Json::object({{"levels", std::move(levels)},
                         {"mean", report.mean},
                         {"mean-floor", report.meanFloor},
                         {"whole", report.whole},
                         {"whole-floor", report.wholeFloor},
                         {"samples", report.samples}});
}

} // namespace

Result<Json> evaluateModel(const ModelEvaluation& request, const TaskControl& control) {
    return resultOf([&] { return evaluate(request, control); });
}

} // namespace cameo
