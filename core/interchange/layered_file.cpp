// SPDX-License-Identifier: Apache-2.0
#include "core/interchange/layered_file.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/document/recipe_file.h"
#include "core/interchange/readers.h"
#include "core/interchange/xmp.h"

#include <algorithm>
#include <cctype>

namespace cameo {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

bool isOpenRaster(std::string_view head) {
    return head.starts_with("PK\3\4"sv) && head.substr(0, 128).find("mimetypeimage/openraster") != head.npos;
}

bool isPng(std::string_view head) {
    return head.starts_with("\x89PNG\r\n\x1a\n"sv);
}

bool isTiff(std::string_view head) {
    return head.starts_with("II*\0"sv) || head.starts_with("MM\0*"sv);
}

EditState stateFrom(const fs::path& file, const std::string& recipe) {
    try {
        return editStateFromJson(Json::parse(recipe));
    } catch (const Failure& failure) {
        throw Failure(failure.error().code,
                      cat("'", file.string(), "': its recipe: ", failure.error().message),
                      failure.error().advice);
    }
}

/// Nothing for a damaged PNG or TIFF: whoever opens it as a picture says better what is wrong.
std::optional<LayeredFileInfo> infoForWork(const fs::path& file) {
    try {
        return readLayeredFileInfo(file);
    } catch (const Failure& failure) {
        const Bytes bytes = mapFile(file);
        const std::string_view head(reinterpret_cast<const char*>(bytes.view.data()), bytes.size());
        if (failure.error().code == ErrorCode::BadImage && (isPng(head) || isTiff(head)))
            return LayeredFileInfo();
        throw;
    }
}

} // namespace

LayerFormat layerFormatOf(const fs::path& target) {
    std::string ending = target.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (ending == ".ora")
        return LayerFormat::OpenRaster;
    if (ending == ".psd")
        return LayerFormat::Psd;
    return ending == ".tif" || ending == ".tiff" ? LayerFormat::Tiff : LayerFormat::PngFolder;
}

std::vector<fs::path> writeLayers(const fs::path& target, LayerFormat format, const LayerStack& stack) {
    if (format == LayerFormat::PngFolder)
        return writeLayerFolder(target, stack);
    std::error_code ignored;
    if (fs::is_directory(target, ignored))
        throw Failure(ErrorCode::Io, cat("'", target.string(), "' is a folder"), "Give the name of a file");
    if (format == LayerFormat::OpenRaster)
        writeOpenRaster(target, stack);
    else if (format == LayerFormat::Psd)
        writePsd(target, stack);
    else
        writeTiffPages(target, stack);
    return {target};
}

std::optional<LayeredFileInfo> readLayeredFileInfo(const fs::path& file) {
    const Bytes bytes = mapFile(file);
    const std::string_view head(reinterpret_cast<const char*>(bytes.view.data()), bytes.size());
    if (isPng(head))
        return pngInfo(bytes, file.string());
    if (isOpenRaster(head))
        return openRasterInfo(bytes, file.string());
    if (head.starts_with("8BPS"sv))
        return psdInfo(bytes, file.string());
    if (isTiff(head))
        return tiffInfo(bytes, file.string());
    return std::nullopt;
}

Json toJson(const LayeredFileInfo& info) {
    Json json = Json::object(
        {{"format", info.format}, {"width", info.width}, {"height", info.height}, {"bits", info.bits}});
    if (info.resolution)
        json.set("pixels-per-inch", *info.resolution);
    if (info.provenance != Provenance::Unknown)
        json.set("digital-source-type", provenanceCode(info.provenance));
    Json layers = Json::array();
    for (const LayerInfo& layer : info.layers) {
        Json item = Json::object({{"name", layer.name},
                                  {"visible", layer.visible},
                                  {"opacity", layer.opacity},
                                  {"blend-mode", layer.blendMode},
                                  {"depth", layer.depth}});
        if (layer.isGroup)
            item.set("group", true);
        else
            item.set("bounds",
                     Json::array({layer.bounds.x, layer.bounds.y, layer.bounds.width, layer.bounds.height}));
        if (layer.hasMask)
            item.set("mask", true);
        layers.append(std::move(item));
    }
    json.set("layers", std::move(layers));
    return json;
}

std::optional<EditState> readWork(const fs::path& file) {
    std::error_code ignored;
    if (fs::is_directory(file, ignored))
        return readRecipe(file);
    const std::optional<LayeredFileInfo> info = infoForWork(file);
    if (!info)
        return readRecipe(file);
    return info->recipe.empty() ? std::nullopt : std::optional(stateFrom(file, info->recipe));
}

} // namespace cameo
