// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/image/codec.h"
#include "core/interchange/blend_modes.h"
#include "core/interchange/readers.h"
#include "core/interchange/xml.h"
#include "core/interchange/xmp.h"
#include "core/interchange/zip.h"

#include <charconv>
#include <cmath>

namespace cameo {
namespace {

constexpr std::size_t longestXml = std::size_t{16} << 20;    // some 100,000 layers
constexpr std::size_t longestRecipe = std::size_t{64} << 20; // as FILE.cameo
/// All layers together: a small zip may name one picture a thousand times.
constexpr long long mostPixels = 1'000'000'000;

[[noreturn]] void failFile(const std::string& file, const std::string& why) {
    throw Failure(ErrorCode::BadImage, cat("'", file, "' is no usable OpenRaster file: ", why),
                  "Save or copy the file again");
}

std::string textOf(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// from_chars, because the program's locale must not matter.
template <typename T>
std::optional<T> numberIn(const XmlElement& element, const char* name) {
    const std::string* text = element.attribute(name);
    if (!text)
        return std::nullopt;
    T value{};
    const auto result = std::from_chars(text->data(), text->data() + text->size(), value);
    return result.ec == std::errc() ? std::optional(value) : std::nullopt;
}

class OpenRasterFile {
  public:
    OpenRasterFile(const Bytes& bytes, const std::string& file)
        : m_file(file), m_fileSize(bytes.size()), m_zip(bytes, file) {
        if (!m_zip.has("mimetype") || textOf(m_zip.read("mimetype", 1024)) != "image/openraster")
            failFile(file, "its mimetype is not image/openraster");
        try {
            m_image = parseXml(textOf(m_zip.read("stack.xml", longestXml)));
        } catch (const Failure& failure) {
            if (failure.error().code != ErrorCode::InvalidArgument)
                throw;
            failFile(file, cat("stack.xml: ", failure.error().message));
        }
        if (m_image.name != "image" || m_image.children.empty() || m_image.children.front().name != "stack")
            failFile(file, "stack.xml holds no <image> with a <stack>");
        const ImageLimits limits;
        m_width = numberIn<int>(m_image, "w").value_or(0);
        m_height = numberIn<int>(m_image, "h").value_or(0);
        if (m_width <= 0 || m_height <= 0 || m_width > limits.maxSide || m_height > limits.maxSide)
            failFile(file, cat("its canvas is ", m_width, " x ", m_height, " pixels large"));
    }

    LayeredFileInfo info() {
        LayeredFileInfo out{.format = "openraster", .width = m_width, .height = m_height};
        out.resolution = resolution();
        addInfo(layersOf(root()), 0, out);
        if (m_zip.has(recipeEntry))
            out.recipe = textOf(m_zip.read(recipeEntry, longestRecipe));
        if (m_zip.has("mergedimage.png")) {
            const LayeredFileInfo& picture = head("mergedimage.png");
            out.bits = picture.bits;
            out.provenance = picture.provenance;
        }
        return out;
    }

    LayerStack stack() {
        LayerStack out{.width = m_width, .height = m_height, .resolution = resolution()};
        out.layers = layersOf(root());
        readPictures(out.layers);
        const LayeredFileInfo about = info();
        out.provenance = about.provenance;
        if (!about.recipe.empty())
            out.recipe = recipeFrom(about.recipe);
        return out;
    }

  private:
    const XmlElement& root() const { return m_image.children.front(); }

    std::optional<double> resolution() const {
        const std::optional<int> dots = numberIn<int>(m_image, "xres");
        return dots && *dots > 0 ? std::optional<double>(*dots) : std::nullopt;
    }

    Json recipeFrom(const std::string& text) const {
        try {
            return Json::parse(text);
        } catch (const Failure& failure) {
            failFile(m_file, cat(recipeEntry, ": ", failure.error().message));
        }
    }

    /// Without pictures: `id` is the name of the entry that holds it.
    std::vector<Layer> layersOf(const XmlElement& stack) const {
        std::vector<Layer> layers;
        for (auto child = stack.children.rbegin(); child != stack.children.rend(); ++child) {
            if (child->name != "layer" && child->name != "stack")
                continue;
            Layer layer;
            if (const std::string* name = child->attribute("name"))
                layer.name = isUtf8(*name) ? *name : printable(*name);
            const double opacity = numberIn<double>(*child, "opacity").value_or(1);
            layer.opacity = opacity >= 0 && opacity <= 1 ? opacity : 1;
            if (const std::string* operation = child->attribute("composite-op"))
                layer.blendMode = blendModeFromOpenRaster(*operation);
            if (const std::string* visibility = child->attribute("visibility"))
                layer.visible = *visibility != "hidden";
            layer.isGroup = child->name == "stack";
            if (layer.isGroup) {
                layer.children = layersOf(*child);
            } else {
                layer.x = numberIn<int>(*child, "x").value_or(0);
                layer.y = numberIn<int>(*child, "y").value_or(0);
                if (const std::string* source = child->attribute("src"))
                    layer.id = *source;
            }
            layers.push_back(std::move(layer));
        }
        return layers;
    }

    /// A PNG is hardly compressed further: one that claims it is meant to fill the memory.
    std::vector<std::byte> readPng(const std::string& entry) const {
        return m_zip.read(entry, (std::size_t{64} << 20) + 4 * m_fileSize);
    }

    /// Kept, because many layers may share one picture.
    const LayeredFileInfo& head(const std::string& entry) {
        const auto found = m_heads.find(entry);
        if (found != m_heads.end())
            return found->second;
        const std::vector<std::byte> png = readPng(entry);
        return m_heads.emplace(entry, pngInfo({nullptr, png}, m_file)).first->second;
    }

    void addInfo(const std::vector<Layer>& layers, int depth, LayeredFileInfo& out) {
        for (const Layer& layer : layers) {
            addInfo(layer.children, depth + 1, out);
            LayerInfo about{.name = layer.name,
                            .opacity = layer.opacity,
                            .blendMode = layer.blendMode,
                            .visible = layer.visible,
                            .isGroup = layer.isGroup,
                            .depth = depth};
            if (!layer.isGroup) {
                const LayeredFileInfo& picture = head(layer.id);
                about.bounds = {layer.x, layer.y, picture.width, picture.height};
            }
            out.layers.push_back(std::move(about));
        }
    }

    void readPictures(std::vector<Layer>& layers) {
        for (Layer& layer : layers) {
            readPictures(layer.children);
            if (layer.isGroup)
                continue;
            m_pixels += 1LL * head(layer.id).width * head(layer.id).height;
            if (m_pixels > mostPixels)
                failFile(m_file, "its layers have more pixels in all than can be read");
            const std::vector<std::byte> png = readPng(layer.id);
            layer.image =
                readImage(png, std::filesystem::path(m_file) / layer.id).withResolution(resolution());
        }
    }

    std::string m_file;
    std::size_t m_fileSize;
    ZipReader m_zip;
    std::map<std::string, LayeredFileInfo> m_heads;
    XmlElement m_image;
    int m_width = 0, m_height = 0;
    long long m_pixels = 0;
};

} // namespace

LayeredFileInfo openRasterInfo(const Bytes& bytes, const std::string& file) {
    return OpenRasterFile(bytes, file).info();
}

LayerStack readOpenRaster(const std::filesystem::path& file) {
    return OpenRasterFile(mapFile(file), file.string()).stack();
}

} // namespace cameo
