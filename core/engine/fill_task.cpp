// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.h"
#include "core/composite/composite.h"
#include "core/engine/boundary.h"
#include "core/engine/tasks.h"
#include "core/image/convert.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace cameo {
namespace {

constexpr Parameter holeTable[] = {
    {"threshold", "Threshold", 0, 1, 0.05, 2, "", "Alpha above which a pixel counts as person.",
     "the fringe of a soft mask still carries the person's colour"},
    {"grow", "Grow", 0, 20, 2.5, 1, "% of the shorter side", "How far the hole reaches beyond the person.",
     "as in the export of layers"},
};

/// The hole's parameters, then the filler's.
std::vector<Parameter> allParameters() {
    std::vector<Parameter> all(std::begin(holeTable), std::end(holeTable));
    const std::span<const Parameter> fillers = fillerParameters();
    all.insert(all.end(), fillers.begin(), fillers.end());
    return all;
}

bool isFillers(const std::string& name) {
    return std::ranges::any_of(fillerParameters(), [&](const Parameter& p) { return name == p.name; });
}

void requireSameSize(const char* what, int width, int height, const Image& image, const char* other) {
    if (width != image.width() || height != image.height())
        throw Failure(ErrorCode::BadImage,
                      cat("The ", what, " is ", width, " x ", height, " but the ", other, " is ",
                          image.width(), " x ", image.height()),
                      "Both must have the same size");
}

Image filled(const PlateFill& request, const TaskControl& control) {
    checkParameters(fillParameters(), request.parameters);
    requireSameSize("mask", request.person.width(), request.person.height(), request.photo, "photograph");
    const double growth = parameterValue(holeTable, request.parameters, "grow") / 100;
    const double radius = growth * std::min(request.photo.width(), request.photo.height());
    const Mask hole =
        growMask(request.person, parameterValue(holeTable, request.parameters, "threshold"), radius);
    if (hole.coverage() >= 1)
        throw Failure(ErrorCode::BadImage,
                      "The mask covers the whole photograph: there is no ground to fill from",
                      "Use another mask, or a smaller --grow");
    FillRequest fill{toRgb(request.photo), hole, control.onProgress, control.stop};
    for (const auto& [name, value] : request.parameters)
        if (isFillers(name))
            fill.parameters.emplace(name, value);
    return makeFiller()->fill(fill);
}

} // namespace

std::span<const Parameter> fillParameters() {
    static const std::vector<Parameter> all = allParameters();
    return all;
}

Result<Image> fillPerson(const PlateFill& request, const TaskControl& control) {
    return resultOf([&] { return filled(request, control); });
}

Result<Image> composePicture(const Image& person, const Mask& alpha, const Image& ground) {
    return resultOf([&] {
        requireSameSize("person", person.width(), person.height(), ground, "ground");
        requireSameSize("mask", alpha.width(), alpha.height(), ground, "ground");
        return compositeOver(toRgb(person), alpha, toRgb(ground));
    });
}

} // namespace cameo
