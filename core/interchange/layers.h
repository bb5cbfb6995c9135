// SPDX-License-Identifier: Apache-2.0
// One layer model for every layered format, and the folder of PNGs with layers.json (format "cameo-layers",
// version 1). Any thread. Errors are Failure naming the file or the layer.
#pragma once

#include "core/base/json.h"
#include "core/image/image.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cameo {

/// Multiplied with the layer's alpha. Grey, U8 or U16; hides everything outside of its picture.
struct LayerMask {
    Image image;
    int x = 0, y = 0; // offset on the canvas
};

/// A picture, or a group of further layers, which is composed on its own and then set on what lies below.
struct Layer {
    std::string name; // on screen, UTF-8; may be empty
    std::string id;   // file stem: "ground", "person", "mask", "composite"
    Image image;      // RGB, RGBA (straight) or grey, U8 or U16; empty in a group
    int x = 0, y = 0; // offset on the canvas, whatever group it is in
    double opacity = 1;
    std::string blendMode = "normal"; // see blend_modes.h
    bool visible = true;
    std::optional<LayerMask> mask; // not in a group
    bool isGroup = false;
    std::vector<Layer> children; // of a group, bottom first
};

/// How the picture came about: IPTC's DigitalSourceType.
enum class Provenance {
    Unknown,   // says nothing
    Generated, // trainedAlgorithmicMedia: by a model alone
    Composite, // compositeWithTrainedAlgorithmicMedia: a photograph with generated parts
};

struct LayerStack {
    int width = 0, height = 0;
    std::optional<double> resolution; // pixels per inch
    std::vector<Layer> layers;        // bottom first
    Json recipe;                      // EditState and what else makes the work reproducible
    Provenance provenance = Provenance::Unknown;
};

/// Writes ground.png, person.png, mask.png, composite.png (as the ids say) and layers.json last, so that a
/// folder with layers.json is complete. Every file is written whole or not at all. Groups are dissolved and
/// masks multiplied into alpha. Returns the paths written.
std::vector<std::filesystem::path> writeLayerFolder(const std::filesystem::path& folder,
                                                    const LayerStack& stack);

/// Reads such a folder back (the folder, or its layers.json).
LayerStack readLayerFolder(const std::filesystem::path& path);

} // namespace cameo
