// SPDX-License-Identifier: Apache-2.0
// The readers behind readLayeredFileInfo, one a format. Internal to this folder. Any thread. Each throws
// Failure(BadImage) naming the file.
#pragma once

#include "core/base/file.h"
#include "core/interchange/layered_file.h"

namespace cameo {

inline constexpr const char* recipeEntry = "cameo/recipe.json"; // in OpenRaster
inline constexpr const char* recipeKeyword = "cameo:recipe";    // in PNG
inline constexpr const char* xmpKeyword = "XML:com.adobe.xmp";  // in PNG

LayeredFileInfo openRasterInfo(const Bytes& bytes, const std::string& file);
LayeredFileInfo psdInfo(const Bytes& bytes, const std::string& file);
LayeredFileInfo tiffInfo(const Bytes& bytes, const std::string& file);
/// From the chunks alone; no pixel is unpacked.
LayeredFileInfo pngInfo(const Bytes& bytes, const std::string& file);

} // namespace cameo
