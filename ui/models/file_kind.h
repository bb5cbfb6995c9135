// SPDX-License-Identifier: Apache-2.0
// Whether a file that was dropped is a picture, a recipe or, as everything else, a model to try: by content,
// not by name.
#pragma once

#include <QString>

namespace cameo::ui {

enum class FileKind { Picture, Recipe, PackedPictures, Model };

/// A folder, an OpenRaster file and a PSD count as recipes: those of the layers in them. PNG and TIFF are
/// pictures that may carry one.
FileKind fileKind(const QString& file);

} // namespace cameo::ui
