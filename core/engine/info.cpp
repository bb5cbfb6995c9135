// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"
#include "core/edit/inversion.h"
#include "core/engine/boundary.h"
#include "core/engine/engine.h"
#include "core/segment/clusters.h"

#include <cstdlib>

namespace cameo {

Result<Json> describeFile(const std::filesystem::path& file) {
    return resultOf([&] { return checkpoint::Checkpoint::open(file).describe(); });
}

Result<std::filesystem::path> embeddedModelFolder() {
    std::vector<std::filesystem::path> candidates;
    if (const char* chosen = std::getenv("CAMEO_MODEL_DIR"))
        candidates.emplace_back(chosen);
    candidates.emplace_back(CAMEO_INSTALLED_MODELS);
    candidates.emplace_back(CAMEO_SOURCE_MODELS);
    for (const auto& folder : candidates)
        if (std::filesystem::exists(folder / "portraits" / "generator.safetensors"))
            return folder;
    return Error{ErrorCode::NotFound,
                 cat("The embedded model was not found in '", candidates.back().string(), "'"),
                 "Install Cameo whole, set CAMEO_MODEL_DIR, or give --model FILE"};
}

std::span<const Parameter> inversionParameters() {
    return edit::inversionParameters();
}

std::vector<std::string> maskMethods() {
    return {"clusters"};
}

std::span<const Parameter> maskParameters(const std::string& method) {
    if (method == "clusters")
        return segment::clusterParameters();
    const auto nearest = nearestWord(method, maskMethods());
    throw Failure(ErrorCode::InvalidArgument, cat("Unknown mask method '", method, "'"),
                  cat("Use ", nearest.value_or(maskMethods().front())));
}

} // namespace cameo
