// SPDX-License-Identifier: Apache-2.0
// Between the values of the document and what the networks take. Any thread.
#pragma once

#include "core/document/edit_state.h"
#include "core/image/image.h"
#include "core/net/generator.h"

namespace cameo {

/// [1, 1 or 3, H, W] nominally -1..1 -> RGB U8, NVIDIA's rounding: clamp(x * 127.5 + 128), truncated.
Image imageFromTensor(const at::Tensor& picture);
/// RGB picture of any type -> [1, channels, H, W] float32 in -1..1; channels 1 or 3.
at::Tensor tensorFromImage(const Image& image, long channels);

net::Noise noiseOf(NoiseMode mode);

} // namespace cameo
