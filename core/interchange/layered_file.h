// SPDX-License-Identifier: Apache-2.0
// Layered files of every format: written from one LayerStack, recognised by content, and asked for what they
// hold and for the work that made them. Any thread. Errors are Failure naming the file; readers are fit for
// files of strangers: bounds are checked and memory follows the file's size.
#pragma once

#include "core/document/edit_state.h"
#include "core/interchange/layers.h"

#include <optional>

namespace cameo {

enum class LayerFormat { PngFolder, OpenRaster, Psd, Tiff };

/// By the ending: .ora, .psd, .tif and .tiff; everything else is a folder of PNGs.
LayerFormat layerFormatOf(const std::filesystem::path& target);

/// OpenRaster 0.0.3: mimetype, stack.xml, layers as PNG, mergedimage.png, a thumbnail, and cameo/recipe.json.
/// A layer's mask is multiplied into its alpha, because the format has none.
void writeOpenRaster(const std::filesystem::path& file, const LayerStack& stack);
/// PSD with groups, layer masks, Unicode names, merged picture, sRGB profile and XMP. 16 bit when any layer
/// has 16 bit. At most 30,000 px a side, layers too, and 2 GB.
void writePsd(const std::filesystem::path& file, const LayerStack& stack);
/// A page for the merged picture and one for each layer, bottom first, all of the canvas's size, RGBA with
/// straight alpha. Groups are dissolved; TIFF has no visibility, opacity or blend modes.
void writeTiffPages(const std::filesystem::path& file, const LayerStack& stack);
/// Any of these, or writeLayerFolder. Returns the paths written.
std::vector<std::filesystem::path> writeLayers(const std::filesystem::path& target, LayerFormat format,
                                               const LayerStack& stack);

/// With pixels and recipe; unknown blend modes become normal.
LayerStack readOpenRaster(const std::filesystem::path& file);

struct LayerInfo {
    std::string name;
    Rect bounds; // on the canvas; empty in a group
    double opacity = 1;
    std::string blendMode = "normal";
    bool visible = true;
    bool isGroup = false, hasMask = false;
    int depth = 0; // how many groups it lies in
};

/// What a layered file says about itself, without its pixels.
struct LayeredFileInfo {
    std::string format; // "openraster", "psd", "tiff", "png"
    int width = 0, height = 0;
    int bits = 8; // a channel
    std::optional<double> resolution;
    std::vector<LayerInfo> layers; // bottom first; a group stands above its layers
    Provenance provenance = Provenance::Unknown;
    std::string recipe; // JSON as it stands in the file; empty: none
};

/// Nothing when the file is of none of these formats. A PNG counts: it may carry a recipe.
std::optional<LayeredFileInfo> readLayeredFileInfo(const std::filesystem::path& file);

/// For `cameo info`.
Json toJson(const LayeredFileInfo& info);

/// The work in a FILE.cameo, in a folder of layers, or in a PNG, OpenRaster, PSD or TIFF that Cameo wrote;
/// nothing when the file is something else, such as a photograph.
std::optional<EditState> readWork(const std::filesystem::path& file);

} // namespace cameo
