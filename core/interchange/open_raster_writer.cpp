// SPDX-License-Identifier: Apache-2.0
// OpenRaster 0.0.3, https://www.openraster.org/baseline/.
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/zip_writer.h"
#include "core/image/codec.h"
#include "core/image/convert.h"
#include "core/interchange/blend_modes.h"
#include "core/interchange/flatten.h"
#include "core/interchange/readers.h"
#include "core/interchange/xml.h"
#include "core/interchange/xmp.h"
#include "core/interchange/zip.h"

#include <algorithm>
#include <cmath>

namespace cameo {
namespace {

constexpr int largestThumbnail = 256; // baseline, "Thumbnail"

std::span<const std::byte> bytesOf(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

std::string attributesOf(const Layer& layer) {
    return cat(" name=\"", xmlEscaped(layer.name), "\" opacity=\"", Json(layer.opacity).dump(),
               "\" visibility=\"", layer.visible ? "visible" : "hidden", "\" composite-op=\"",
               blendModeOf(layer.blendMode, layer.name).openRaster, "\"");
}

/// The elements of `layers` and their pictures; the format wants the topmost first.
void addLayers(const std::vector<Layer>& layers, int& count, ZipWriter& zip, std::string& xml) {
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
        if (layer->isGroup) {
            xml += cat("<stack", attributesOf(*layer), " isolation=\"isolate\">\n");
            addLayers(layer->children, count, zip, xml);
            xml += "</stack>\n";
            continue;
        }
        const std::string source = cat("data/layer", count++, ".png");
        const Image picture = withMaskApplied(*layer).withResolution(std::nullopt);
        zip.add(source, encodePng(picture));
        xml += cat("<layer src=\"", source, "\" x=\"", layer->x, "\" y=\"", layer->y, "\"",
                   attributesOf(*layer), "/>\n");
    }
}

std::string imageAttributes(const LayerStack& stack) {
    std::string out = cat(" version=\"0.0.3\" w=\"", stack.width, "\" h=\"", stack.height, "\"");
    if (stack.resolution) {
        const long dots = std::max(1L, std::lround(*stack.resolution));
        out += cat(" xres=\"", dots, "\" yres=\"", dots, "\"");
    }
    return out;
}

Image thumbnailOf(const Image& merged) {
    const Image small = toU8(merged);
    const double scale = std::min(1.0, double{largestThumbnail} / std::max(small.width(), small.height()));
    const auto side = [&](int length) { return std::max(1, static_cast<int>(std::lround(length * scale))); };
    return resize(small, side(small.width()), side(small.height()));
}

} // namespace

void writeOpenRaster(const std::filesystem::path& file, const LayerStack& stack) {
    checkStack(stack);
    writeFileAtomically(file, [&](const auto& append) {
        ZipWriter zip(append,
                      {.advice = "Export the layers as a folder of PNGs, or make the picture smaller"});
        zip.add("mimetype", bytesOf("image/openraster")); // first and stored: how it is recognised
        std::string xml =
            cat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<image", imageAttributes(stack), ">\n<stack>\n");
        int count = 0;
        addLayers(stack.layers, count, zip, xml);
        xml += "</stack>\n</image>\n";
        zip.addDeflated("stack.xml", bytesOf(xml), deflated(bytesOf(xml)));
        const Image merged = mergeLayers(stack, depthOf(stack));
        PngOptions options;
        if (const std::string xmp = makeXmp(stack.provenance, Json()); !xmp.empty())
            options.text[xmpKeyword] = xmp;
        zip.add("mergedimage.png", encodePng(merged, options));
        zip.add("Thumbnails/thumbnail.png", encodePng(thumbnailOf(merged)));
        if (!stack.recipe.isNull()) {
            const std::string recipe = stack.recipe.dump() + "\n";
            zip.addDeflated(recipeEntry, bytesOf(recipe), deflated(bytesOf(recipe)));
        }
        zip.finish();
    });
}

} // namespace cameo
