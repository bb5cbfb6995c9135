// SPDX-License-Identifier: Apache-2.0
// FILE.cameo: the recipe of a picture as JSON. Layers that were exported carry the same recipe in
// layers.json. Any thread.
#pragma once

#include "core/document/edit_state.h"

#include <filesystem>
#include <optional>

namespace cameo {

/// The JSON of a Cameo file (or of the layers.json in a folder); nothing when the file is something else.
/// Throws Failure for a file that cannot be read, and for a broken Cameo file.
std::optional<Json> readCameoJson(const std::filesystem::path& file);

/// The recipe in a FILE.cameo or in exported layers; nothing when the file is something else, such as a
/// photograph.
std::optional<EditState> readRecipe(const std::filesystem::path& file);

void writeRecipe(const std::filesystem::path& file, const EditState& state);

} // namespace cameo
