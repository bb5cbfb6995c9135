// SPDX-License-Identifier: Apache-2.0
#include "core/interchange/layers.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/image/codec.h"
#include "core/interchange/flatten.h"
#include "core/interchange/readers.h"
#include "core/interchange/xmp.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <limits>
#include <system_error>
#include <utility>

namespace cameo {
namespace {

namespace fs = std::filesystem;

constexpr const char* formatName = "cameo-layers";
constexpr int formatVersion = 1;
constexpr const char* indexName = "layers.json";
constexpr const char* compositeId = "composite";

/// The ids become file names.
void checkIds(const std::vector<Layer>& layers) {
    std::vector<std::string> ids;
    for (const Layer& layer : layers) {
        const bool isPlain = !layer.id.empty() && layer.id.front() != '.' &&
                             std::all_of(layer.id.begin(), layer.id.end(), [](unsigned char c) {
                                 return std::isalnum(c) || c == '-' || c == '_' || c == '.';
                             });
        if (!isPlain)
            throw Failure(ErrorCode::InvalidArgument,
                          cat("The layer id '", printable(layer.id), "' is no usable file name"),
                          "Use letters, digits, '-' and '_'");
        if (std::find(ids.begin(), ids.end(), layer.id) != ids.end())
            throw Failure(ErrorCode::InvalidArgument, cat("Two layers have the id '", layer.id, "'"));
        ids.push_back(layer.id);
    }
}

const char* depthName(PixelType type) {
    return type == PixelType::U16 ? "u16" : "u8";
}

Json layerJson(const Layer& layer) {
    return Json::object({{"id", layer.id},
                         {"name", layer.name},
                         {"file", layer.id + ".png"},
                         {"x", layer.x},
                         {"y", layer.y},
                         {"width", layer.image.width()},
                         {"height", layer.image.height()},
                         {"channels", layer.image.channels()},
                         {"depth", depthName(layer.image.type())},
                         {"blend-mode", layer.blendMode},
                         {"opacity", layer.opacity},
                         {"visible", layer.visible}});
}

Json indexJson(const LayerStack& stack) {
    Json index = Json::object({{"format", formatName},
                               {"version", formatVersion},
                               {"width", stack.width},
                               {"height", stack.height}});
    index.set("resolution", Json());
    if (stack.resolution)
        index.set("resolution", *stack.resolution);
    index.set("order", "bottom-first");
    index.set("alpha", "straight");
    index.set("colour-space", "srgb");
    Json layers = Json::array();
    for (const Layer& layer : stack.layers)
        layers.append(layerJson(layer));
    index.set("layers", std::move(layers));
    index.set("recipe", stack.recipe);
    return index;
}

/// A folder inside the target, on the same disk, where all files are made before the first of them takes its
/// place: a full disk leaves an earlier export as it was.
class Staging {
  public:
    explicit Staging(const fs::path& folder) {
        std::string name = (folder / ".cameo-export-XXXXXX").string();
        if (!::mkdtemp(name.data()))
            throw Failure(ErrorCode::Io, cat("Cannot write into the folder '", folder.string(), "'"),
                          "Check the permissions or choose another folder");
        m_path = name;
    }
    ~Staging() {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;
    const fs::path& path() const { return m_path; }

  private:
    fs::path m_path;
};

/// The same failure, in the words of the folder that the user chose.
[[noreturn]] void failForTarget(const Failure& failure, const fs::path& staging, const fs::path& folder) {
    Error error = failure.error();
    const std::string hidden = staging.string();
    for (auto at = error.message.find(hidden); at != std::string::npos; at = error.message.find(hidden))
        error.message.replace(at, hidden.size(), folder.string());
    throw Failure(std::move(error));
}

void writeStaged(const fs::path& staging, const LayerStack& stack) {
    for (const Layer& layer : stack.layers) {
        PngOptions options;
        if (layer.id == compositeId && !stack.recipe.isNull())
            options.text[recipeKeyword] = stack.recipe.dump();
        if (const std::string xmp = makeXmp(stack.provenance, Json()); !xmp.empty())
            options.text[xmpKeyword] = xmp;
        writePng(staging / (layer.id + ".png"), layer.image.withResolution(stack.resolution), options);
    }
    writeFileAtomically(staging / indexName, indexJson(stack).dump(2) + "\n");
}

/// The old list goes first and the new one comes last, so that a list never describes other files.
std::vector<fs::path> moveIntoPlace(const fs::path& staging, const fs::path& folder,
                                    const LayerStack& stack) {
    std::vector<fs::path> files;
    for (const Layer& layer : stack.layers)
        files.push_back(folder / (layer.id + ".png"));
    files.push_back(folder / indexName);
    for (const fs::path& file : files)
        if (fs::is_directory(file))
            throw Failure(ErrorCode::Io, cat("'", file.string(), "' is a folder"), "Choose another folder");
    fs::remove(folder / indexName);
    for (const fs::path& file : files)
        fs::rename(staging / file.filename(), file);
    return files;
}

[[noreturn]] void failIndex(const fs::path& file, const std::string& why, const std::string& advice = {}) {
    throw Failure(ErrorCode::BadImage, cat("'", file.string(), "' is no usable layer list: ", why), advice);
}

void checkFormat(const fs::path& file, const Json& index) {
    const Json* format = index.find("format");
    if (!format || !format->isString() || format->asString() != formatName)
        failIndex(file, cat("its format is not \"", formatName, "\""));
    if (index.at("version").asInteger() > formatVersion)
        failIndex(file,
                  cat("it has version ", index.at("version").asInteger(),
                      ", this Cameo knows versions up to ", formatVersion),
                  "Open it with a newer Cameo");
}

int wholeAt(const Json& json, const char* key, std::int64_t low) {
    const std::int64_t value = json.at(key).asInteger();
    if (value < low || value > std::numeric_limits<int>::max())
        throw Failure(ErrorCode::InvalidArgument, cat("'", key, "' is ", value));
    return static_cast<int>(value);
}

Layer layerFromJson(const Json& json) {
    Layer layer;
    layer.id = json.at("id").asString();
    layer.name = json.at("name").asString();
    layer.x = wholeAt(json, "x", std::numeric_limits<int>::min());
    layer.y = wholeAt(json, "y", std::numeric_limits<int>::min());
    layer.opacity = json.at("opacity").asDouble();
    layer.blendMode = json.at("blend-mode").asString();
    layer.visible = json.at("visible").asBool();
    return layer;
}

/// A name that stays in the folder.
fs::path layerFile(const fs::path& folder, const Json& json) {
    const fs::path name = json.at("file").asString();
    if (name.empty() || name.has_parent_path() || name == "." || name == "..")
        throw Failure(ErrorCode::InvalidArgument,
                      cat("the file name '", printable(name.string()), "' leaves the folder"));
    return folder / name;
}

LayerStack stackFromJson(const Json& index) {
    LayerStack stack;
    stack.width = wholeAt(index, "width", 1);
    stack.height = wholeAt(index, "height", 1);
    if (!index.at("resolution").isNull())
        stack.resolution = index.at("resolution").asDouble();
    stack.recipe = index.at("recipe");
    return stack;
}

} // namespace

std::vector<fs::path> writeLayerFolder(const fs::path& folder, const LayerStack& given) {
    checkStack(given);
    LayerStack stack = given;
    stack.layers = plainLayers(given);
    checkIds(stack.layers);
    ensureWritableFolder(folder);
    const Staging staging(folder);
    try {
        writeStaged(staging.path(), stack);
        return moveIntoPlace(staging.path(), folder, stack);
    } catch (const Failure& failure) {
        failForTarget(failure, staging.path(), folder);
    } catch (const fs::filesystem_error& error) {
        throw Failure(ErrorCode::Io,
                      cat("Cannot write into '", folder.string(), "': ", error.code().message()));
    }
}

LayerStack readLayerFolder(const fs::path& path) {
    std::error_code ignored;
    const fs::path index = fs::is_directory(path, ignored) ? path / indexName : path;
    const std::string text = readTextFile(index);
    try {
        const Json json = Json::parse(text);
        checkFormat(index, json);
        LayerStack stack = stackFromJson(json);
        for (const Json& item : json.at("layers").asArray()) {
            Layer layer = layerFromJson(item);
            layer.image = readImage(layerFile(index.parent_path(), item)).withResolution(stack.resolution);
            stack.layers.push_back(std::move(layer));
        }
        return stack;
    } catch (const Failure& failure) {
        if (failure.error().code != ErrorCode::InvalidArgument)
            throw;
        failIndex(index, failure.error().message);
    }
}

} // namespace cameo
