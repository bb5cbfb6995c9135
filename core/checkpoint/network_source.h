// SPDX-License-Identifier: Apache-2.0
// What every container reader hands to Checkpoint: the networks of a file with their own tensor names, before
// anything is said about StyleGAN2. Internal to this folder. Values, any thread.
#pragma once

#include "core/checkpoint/checkpoint.h"

#include <functional>

namespace cameo::checkpoint {

/// Whose names and conventions the tensors of a network follow.
enum class Naming { Nvidia, Rosinality, TensorFlow, AliasFree, Labels4Free, StyleFlow, Other };

/// Plain attributes of modules (conv_clamp, weight_gain, ...) by module prefix; "" is the network itself.
using Attributes = std::map<std::string, Json>;

struct NetworkSource {
    std::string role;
    NetworkKind kind = NetworkKind::Unknown;
    Naming naming = Naming::Other;
    std::string className; // of the pickled object, where there is one
    TensorMap tensors;
    Attributes attributes;
    bool isEmpty = false; // the role is there, but holds nothing (None)
};

struct FileContents {
    Container container = Container::Safetensors;
    std::vector<NetworkSource> networks;
    Json metadata;
    /// rosinality's latent_avg, which lies beside the networks.
    std::optional<TensorRecord> latentAverage;
    /// Checks what is too costly to check at opening (CRC of zip entries); may be empty. Throws Failure.
    std::function<void(const TensorMap&)> verify;
};

/// No published generator comes near these; they bound memory and time on hostile files.
constexpr std::size_t maxTensors = 20000;
constexpr std::size_t maxNameLength = 256;

/// Tells from tensor names what a network is; sets kind and naming.
void classify(NetworkSource& network);

/// Splits names like "G_ema.mapping.fc0.weight" by their role when every name has one; else one network.
std::vector<NetworkSource> splitRoles(TensorMap tensors);

} // namespace cameo::checkpoint
