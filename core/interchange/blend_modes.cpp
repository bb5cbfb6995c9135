// SPDX-License-Identifier: Apache-2.0
#include "core/interchange/blend_modes.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <algorithm>
#include <cmath>

namespace cameo {
namespace {

float multiply(float below, float above) {
    return below * above;
}

float screen(float below, float above) {
    return below + above - below * above;
}

float hardLight(float below, float above) {
    return above <= 0.5f ? multiply(below, 2 * above) : screen(below, 2 * above - 1);
}

constexpr BlendMode modes[] = {
    {"normal", "norm", "svg:src-over", [](float, float above) { return above; }},
    {"multiply", "mul ", "svg:multiply", multiply},
    {"screen", "scrn", "svg:screen", screen},
    {"overlay", "over", "svg:overlay", [](float below, float above) { return hardLight(above, below); }},
    {"hard-light", "hLit", "svg:hard-light", hardLight},
    {"darken", "dark", "svg:darken", [](float below, float above) { return std::min(below, above); }},
    {"lighten", "lite", "svg:lighten", [](float below, float above) { return std::max(below, above); }},
    {"difference", "diff", "svg:difference",
     [](float below, float above) { return std::abs(below - above); }},
};

std::string nameWhere(const char* const BlendMode::*member, const std::string& value) {
    for (const BlendMode& mode : modes)
        if (value == mode.*member)
            return mode.name;
    return modes[0].name;
}

} // namespace

const BlendMode& blendModeOf(const std::string& name, const std::string& layer) {
    std::string known;
    for (const BlendMode& mode : modes) {
        if (name == mode.name)
            return mode;
        known += cat(known.empty() ? "" : ", ", mode.name);
    }
    throw Failure(ErrorCode::InvalidArgument,
                  cat("The layer '", printable(layer), "' has the blend mode '", printable(name),
                      "', which this format lacks"),
                  cat("Use one of ", known));
}

std::string blendModeFromPsd(const std::string& key) {
    return nameWhere(&BlendMode::psdKey, key);
}

std::string blendModeFromOpenRaster(const std::string& operation) {
    return nameWhere(&BlendMode::openRaster, operation);
}

} // namespace cameo
