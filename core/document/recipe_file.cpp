// SPDX-License-Identifier: Apache-2.0
#include "core/document/recipe_file.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"

namespace cameo {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t maxRecipeBytes = std::size_t{64} << 20;
constexpr const char* layersFormat = "cameo-layers";

bool startsLikeJson(const Bytes& bytes) {
    for (const std::byte byte : bytes.view) {
        const char c = static_cast<char>(byte);
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
            return c == '{';
    }
    return false;
}

} // namespace

std::optional<Json> readCameoJson(const fs::path& file) {
    const fs::path path = fs::is_directory(file) ? file / "layers.json" : file;
    if (!startsLikeJson(mapFile(path)))
        return std::nullopt;
    try {
        Json json = Json::parse(readTextFile(path, maxRecipeBytes));
        const Json* format = json.find("format");
        if (!format || !format->isString() || !format->asString().starts_with("cameo-"))
            throw Failure(ErrorCode::InvalidArgument, "it has no Cameo format name");
        return json;
    } catch (const Failure& failure) {
        if (failure.error().code != ErrorCode::InvalidArgument)
            throw;
        throw Failure(ErrorCode::InvalidArgument,
                      cat("'", path.string(), "' is not a Cameo file: ", failure.error().message));
    }
}

std::optional<EditState> readRecipe(const fs::path& file) {
    const std::optional<Json> json = readCameoJson(file);
    if (!json)
        return std::nullopt;
    try {
        return editStateFromJson(json->at("format").asString() == layersFormat ? json->at("recipe") : *json);
    } catch (const Failure& failure) {
        throw Failure(failure.error().code, cat("'", file.string(), "': ", failure.error().message),
                      failure.error().advice);
    }
}

void writeRecipe(const fs::path& file, const EditState& state) {
    writeFileAtomically(file, toJson(state).dump() + '\n');
}

} // namespace cameo
