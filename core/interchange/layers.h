// SPDX-License-Identifier: Apache-2.0
// One layer model for every layered format, and the folder of PNGs with layers.json (format "cameo-layers",
// version 1). Any thread. Errors are Failure naming the file.
#pragma once

#include "core/base/json.h"
#include "core/image/image.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cameo {

struct Layer {
    std::string name; // on screen, UTF-8
    std::string id;   // file stem: "ground", "person", "mask", "composite"
    Image image;      // RGB, RGBA (straight) or grey
    int x = 0, y = 0; // offset on the canvas
    double opacity = 1;
    std::string blendMode = "normal";
    bool visible = true;
};

struct LayerStack {
    int width = 0, height = 0;
    std::optional<double> resolution; // pixels per inch
    std::vector<Layer> layers;        // bottom first
    Json recipe;                      // EditState and what else makes the work reproducible
};

/// Writes ground.png, person.png, mask.png, composite.png (as the ids say) and layers.json last, so that a
/// folder with layers.json is complete. Every file is written whole or not at all. Returns the paths written.
std::vector<std::filesystem::path> writeLayerFolder(const std::filesystem::path& folder,
                                                    const LayerStack& stack);

/// Reads such a folder back (the folder, or its layers.json).
LayerStack readLayerFolder(const std::filesystem::path& path);

} // namespace cameo
