// SPDX-License-Identifier: Apache-2.0
// What every layered format asks of a stack: checks, depth, the merged picture, and layers without groups or
// masks for formats that have neither. Pure functions on values, any thread.
#pragma once

#include "core/interchange/layers.h"

namespace cameo {

/// Throws InvalidArgument, naming the layer, for a canvas without pixels, a layer without picture, floating
/// point pixels, opacity outside of 0..1, names that are no UTF-8, masks that are not grey, and masks on
/// groups (Krita 5.1.5 shows them wrongly).
void checkStack(const LayerStack& stack);

/// U16 when any picture or mask has 16 bit, else U8.
PixelType depthOf(const LayerStack& stack);

/// The visible layers as editors show them (blended in sRGB values, not in linear light, because that is
/// what they do): RGBA, straight alpha, of the canvas's size.
Image mergeLayers(const LayerStack& stack, PixelType type);

bool isOpaque(const Image& image);

/// The layer's picture with its mask multiplied into alpha; the layer's own picture where it has none.
Image withMaskApplied(const Layer& layer);

/// All pictures, bottom first, without groups and masks; a group's opacity and visibility go to its layers.
std::vector<Layer> plainLayers(const LayerStack& stack);

/// The picture on an otherwise clear canvas: RGBA of `type`, straight alpha.
Image onCanvas(const Layer& layer, const LayerStack& stack, PixelType type);

/// Every picture and mask in 8 or 16 bit.
LayerStack withDepth(LayerStack stack, PixelType type);

} // namespace cameo
