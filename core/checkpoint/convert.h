// SPDX-License-Identifier: Apache-2.0
// A model of any layout that Cameo opens, written in another one. Any thread.
#pragma once

#include "core/checkpoint/checkpoint.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace cameo::checkpoint {

enum class ModelLayout {
    Cameo,     // a folder with generator.safetensors and discriminator.safetensors: what a training leaves
    Nvidia,    // one safetensors file under NVIDIA's names; with both networks behind "G_ema." and "D."
    Rosinality // {"g_ema", "d", "latent_avg"}: torch zip for .pt and .pth, else safetensors "g_ema.", "d."
};
enum class WantedNetworks { All, Generator, Discriminator };
enum class Clamps { Keep, Drop };

struct Conversion {
    std::vector<std::filesystem::path> files; // together at most one generator and one discriminator
    std::filesystem::path output;
    ModelLayout layout = ModelLayout::Cameo;
    DType type = DType::F32; // or F16
    WantedNetworks wanted = WantedNetworks::All;
    Clamps clamps = Clamps::Keep;
};

struct ConversionReport {
    std::vector<std::filesystem::path> files;
    std::optional<GeneratorSpec> generator; // as written
    std::optional<DiscriminatorSpec> discriminator;
};

/// Values are written as they are, rounded where `type` is smaller than theirs. Throws what Checkpoint
/// throws, UnsupportedModel for a network that the layout cannot hold, and InvalidArgument for two networks
/// of a kind, a file name that does not suit the layout or a value too large for `type`. Files are written
/// whole or not at all.
ConversionReport convertModel(const Conversion& conversion);

} // namespace cameo::checkpoint
