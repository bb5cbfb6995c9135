// SPDX-License-Identifier: Apache-2.0
// What was exported comes back.
#include "core/engine/boundary.h"
#include "core/engine/engine.h"
#include "core/interchange/layered_file.h"

namespace cameo {

Result<std::optional<Json>> describeLayers(const std::filesystem::path& file) {
    return resultOf([&]() -> std::optional<Json> {
        const std::optional<LayeredFileInfo> info = readLayeredFileInfo(file);
        const bool isOnePage = info && info->format == "tiff" && info->layers.empty() && info->recipe.empty();
        if (!info || isOnePage || info->format == "png")
            return std::nullopt;
        Json json = toJson(*info);
        if (!info->recipe.empty())
            json.set("recipe", Json::parse(info->recipe));
        return json;
    });
}

Result<std::optional<EditState>> openWork(const std::filesystem::path& file) {
    return resultOf([&] { return readWork(file); });
}

} // namespace cameo
