// SPDX-License-Identifier: Apache-2.0
// Networks under the names and shapes of rosinality's stylegan2-pytorch: what its load_state_dict takes, blur
// kernels and noise maps included. The way back is rosinality.cpp. Any thread.
#pragma once

#include "core/checkpoint/stylegan2_record.h"

namespace cameo::checkpoint {

/// State dictionary of `g_ema`; the mean of W is not in it (rosinality keeps it beside, as `latent_avg`).
/// Layers without noise get a noise strength of zero. Throws UnsupportedModel, naming what rosinality's code
/// has no place for: another architecture than 'skip', class labels, other images than colour, Z and W of
/// different sizes, clamps, other filters or gains.
TensorMap rosinalityTensors(const GeneratorRecord& record);
/// State dictionary of `d`; the architecture must be 'resnet'.
TensorMap rosinalityTensors(const DiscriminatorRecord& record);

/// The same network with no limits on its features (conv_clamp), which only mixed precision needs.
GeneratorRecord withoutClamps(GeneratorRecord record);
DiscriminatorRecord withoutClamps(DiscriminatorRecord record);

} // namespace cameo::checkpoint
