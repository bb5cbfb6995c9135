// SPDX-License-Identifier: Apache-2.0
// Layers that show every way a layered file can go wrong. Any thread.
#pragma once

#include "core/interchange/layers.h"

namespace cameo::test {

/// 64 x 48: an opaque ground, a group of half opacity with a masked picture and a hidden one, a multiplied
/// picture with alpha that reaches outside of the canvas, names from several scripts, with quotes, slashes
/// and nothing at all. `type` U8 or U16.
LayerStack makeLayerStack(PixelType type);

/// One picture, named, on a canvas of its size.
LayerStack makeStackOf(const Image& image);

/// A recipe as the engine writes it.
Json makeRecipe();

} // namespace cameo::test
