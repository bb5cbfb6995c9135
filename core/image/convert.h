// SPDX-License-Identifier: Apache-2.0
// Between pixel types, sizes and channel counts. Pure functions, any thread.
#pragma once

#include "core/image/image.h"

namespace cameo {

Image toU8(const Image& image); // rounds; F32 is clamped
Image toU16(const Image& image);
Image toF32(const Image& image);                       // U8 / 255, U16 / 65535
Image toRgb(const Image& image);                       // grey is repeated; alpha is dropped (not composited)
Image withAlpha(const Image& rgb, const Mask& alpha);  // same size; RGBA of the image's type
Mask maskFromImage(const Image& grey);                 // grey or luma of RGB; alpha where the image has it
Image imageFromMask(const Mask& mask, PixelType type); // one channel

/// Area average when shrinking, Catmull-Rom when enlarging; straight alpha is weighted so that no colour
/// bleeds.
Image resize(const Image& image, int width, int height);
Mask resize(const Mask& mask, int width, int height); // area average or bilinear

/// The rectangle; parts outside of the picture repeat the nearest edge pixel.
Image crop(const Image& image, const Rect& rect);
Mask crop(const Mask& mask, const Rect& rect);

/// sRGB transfer curve, 0..1 (IEC 61966-2-1).
float linearFromSrgb(float value);
float srgbFromLinear(float value);

} // namespace cameo
