// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/network_source.h"

#include <algorithm>
#include <array>

namespace cameo::checkpoint {
namespace {

bool hasPrefix(const TensorMap& tensors, const std::string& prefix) {
    const auto it = tensors.lower_bound(prefix);
    return it != tensors.end() && it->first.starts_with(prefix);
}

struct Rule {
    const char* prefix; // of one of its tensors
    NetworkKind kind;
    Naming naming;
};

// The first rule that fits decides, so the names that only one network has come first. Few tensors suffice: a
// network that lacks one must be told apart, so that the missing tensor can be named.
constexpr Rule rules[] = {
    {"synthesis.input.", NetworkKind::Generator, Naming::AliasFree},
    {"synthesis.b4.", NetworkKind::Generator, Naming::Nvidia},
    {"synthesis/4x4/", NetworkKind::Generator, Naming::TensorFlow},
    {"input.input", NetworkKind::Generator, Naming::Rosinality},
    {"to_rgb1.", NetworkKind::Generator, Naming::Rosinality},
    {"conv_fns0.", NetworkKind::AlphaNetwork, Naming::Labels4Free},
    {"conv_next.", NetworkKind::AlphaNetwork, Naming::Labels4Free},
    {"chain.0.running_mean", NetworkKind::Flow, Naming::StyleFlow},
    {"final_linear.", NetworkKind::Discriminator, Naming::Rosinality},
    {"b4.fc.", NetworkKind::Discriminator, Naming::Nvidia},
    {"b4.conv.", NetworkKind::Discriminator, Naming::Nvidia},
    {"4x4/Dense0/", NetworkKind::Discriminator, Naming::TensorFlow},
    {"b4.out.", NetworkKind::Discriminator, Naming::Nvidia},
};

constexpr std::array<std::string_view, 10> knownRoles = {
    "G_ema", "G", "D", "g_ema", "g", "d", "generator", "discriminator", "bg_extractor", "bg_extractor_ema"};

} // namespace

void classify(NetworkSource& network) {
    for (const Rule& rule : rules)
        if (hasPrefix(network.tensors, rule.prefix)) {
            network.kind = rule.kind;
            network.naming = rule.naming;
            return;
        }
}

std::vector<NetworkSource> splitRoles(TensorMap tensors) {
    const bool allHaveRoles =
        !tensors.empty() && std::all_of(tensors.begin(), tensors.end(), [](const auto& item) {
            const std::string_view role = std::string_view(item.first).substr(0, item.first.find('.'));
            return std::find(knownRoles.begin(), knownRoles.end(), role) != knownRoles.end() &&
                   role.size() < item.first.size();
        });
    std::map<std::string, NetworkSource> byRole;
    for (auto& [name, record] : tensors) {
        const std::size_t dot = allHaveRoles ? name.find('.') : std::string::npos;
        const std::string role = allHaveRoles ? name.substr(0, dot) : "";
        NetworkSource& network = byRole[role];
        network.role = role;
        network.tensors.emplace(allHaveRoles ? name.substr(dot + 1) : name, std::move(record));
    }
    std::vector<NetworkSource> networks;
    for (auto& [role, network] : byRole) {
        classify(network);
        networks.push_back(std::move(network));
    }
    return networks;
}

} // namespace cameo::checkpoint
