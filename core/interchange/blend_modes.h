// SPDX-License-Identifier: Apache-2.0
// The blend modes that OpenRaster, PSD and our own merging all have in the same sense. W3C, Compositing and
// Blending Level 1, section 10. Any thread.
#pragma once

#include <string>

namespace cameo {

struct BlendMode {
    const char* name;                       // in Layer::blendMode and layers.json
    const char* psdKey;                     // four characters
    const char* openRaster;                 // composite-op
    float (*mix)(float below, float above); // of one colour value, 0..1
};

/// Throws InvalidArgument naming the layer when there is no such mode.
const BlendMode& blendModeOf(const std::string& mode, const std::string& layer);

/// The name of a PSD key or of a composite-op; "normal" for those that are not known.
std::string blendModeFromPsd(const std::string& key);
std::string blendModeFromOpenRaster(const std::string& operation);

} // namespace cameo
