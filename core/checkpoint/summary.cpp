// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/summary.h"

#include "core/base/text.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace cameo::checkpoint {
namespace {

/// Noise maps, running means and filters are not trained.
bool isBuffer(std::string_view name) {
    return name.ends_with("noise_const") || name.ends_with("w_avg") || name.ends_with("resample_filter") ||
           name.ends_with(".kernel") || name.starts_with("noises.") || name.ends_with("running_mean") ||
           name.ends_with("running_var") || name.ends_with(".step") || name.ends_with("_num_evals");
}

Json optionalNumber(const std::optional<double>& value) {
    return value ? Json(*value) : Json();
}

/// One number when all layers agree, otherwise a list of what occurs (null: no clamp).
Json clampSummary(const std::set<std::optional<double>>& clamps) {
    if (clamps.size() == 1)
        return optionalNumber(*clamps.begin());
    Json list = Json::array();
    for (const std::optional<double>& clamp : clamps)
        list.append(optionalNumber(clamp));
    return list;
}

Json filterJson(const std::vector<float>& filter) {
    Json list = Json::array();
    for (const float value : filter)
        list.append(static_cast<double>(value));
    return list;
}

} // namespace

const char* kindName(NetworkKind kind) {
    switch (kind) {
    case NetworkKind::Generator:
        return "generator";
    case NetworkKind::Discriminator:
        return "discriminator";
    case NetworkKind::AlphaNetwork:
        return "alpha network";
    case NetworkKind::Flow:
        return "flow";
    case NetworkKind::Unknown:
        break;
    }
    return "unknown network";
}

NetworkSummary summarise(const NetworkSource& network, Json details) {
    NetworkSummary summary;
    summary.role = network.role;
    summary.kind = network.kind;
    summary.tensorCount = static_cast<long>(network.tensors.size());
    std::set<std::string> types;
    for (const auto& [name, record] : network.tensors) {
        types.insert(dtypeName(record.dtype));
        if (!isBuffer(name))
            summary.parameterCount += static_cast<long>(record.elementCount());
    }
    summary.details = std::move(details);
    Json list = Json::array();
    for (const std::string& type : types)
        list.append(type);
    summary.details.set("types", std::move(list));
    if (!network.className.empty())
        summary.details.set("class", printable(network.className));
    return summary;
}

Json generatorDetails(const GeneratorSpec& spec) {
    Json channels = Json::object();
    std::set<std::optional<double>> clamps;
    bool noise = false;
    for (const SynthesisBlockSpec& block : spec.blocks) {
        channels.set(std::to_string(block.resolution), block.outChannels);
        clamps.insert(block.conv1.convClamp);
        noise = noise || block.conv1.useNoise;
    }
    return Json::object({{"resolution", spec.resolution},
                         {"image_channels", spec.imageChannels},
                         {"architecture", architectureName(spec.architecture)},
                         {"z_dim", spec.mapping.zDim},
                         {"w_dim", spec.mapping.wDim},
                         {"c_dim", spec.mapping.cDim},
                         {"conditional", spec.mapping.cDim > 0},
                         {"num_ws", spec.mapping.numWs},
                         {"mapping_layers", spec.mapping.layers.size()},
                         {"w_avg", spec.mapping.hasWAvg},
                         {"noise", noise},
                         {"channels", std::move(channels)},
                         {"conv_clamp", clampSummary(clamps)},
                         {"resample_filter", filterJson(spec.resampleFilter)}});
}

Json discriminatorDetails(const DiscriminatorSpec& spec) {
    Json channels = Json::object();
    std::set<std::optional<double>> clamps;
    for (const DiscriminatorBlockSpec& block : spec.blocks) {
        channels.set(std::to_string(block.resolution), block.conv0.inChannels);
        clamps.insert(block.conv0.convClamp);
    }
    channels.set("4", spec.epilogueConv.outChannels);
    return Json::object({{"resolution", spec.resolution},
                         {"image_channels", spec.imageChannels},
                         {"architecture", architectureName(spec.architecture)},
                         {"c_dim", spec.cDim},
                         {"conditional", spec.cDim > 0},
                         {"channels", std::move(channels)},
                         {"conv_clamp", clampSummary(clamps)},
                         {"mbstd_group_size", spec.mbstdGroupSize ? Json(*spec.mbstdGroupSize) : Json()},
                         {"mbstd_channels", spec.mbstdChannels},
                         {"resample_filter", filterJson(spec.resampleFilter)}});
}

namespace {

long sideOf(const TensorMap& tensors, const std::string& name, std::size_t axis) {
    const auto found = tensors.find(name);
    return found == tensors.end() || found->second.shape.size() <= axis ? 0 : found->second.shape[axis];
}

/// Labels4Free has two classes; the features that they read come in pairs per resolution.
Json alphaDetails(const TensorMap& tensors) {
    const bool isPublished = tensors.contains("conv_next.weight");
    Json channels = Json::array();
    for (long i = 0; i < 12; ++i) {
        const std::string name =
            isPublished ? cat("conv", i + 1, ".weight") : cat("conv_fns", i % 2, ".", i / 2, ".weight");
        channels.append(sideOf(tensors, name, 1));
    }
    return Json::object({{"variant", isPublished ? "bg_extractor_repro" : "bg_extractor"},
                         {"feature_channels", std::move(channels)}});
}

Json flowDetails(const TensorMap& tensors) {
    const std::string layer = "chain.1.odefunc.diffeq.layers.";
    long layers = 0;
    while (tensors.contains(cat(layer, layers, "._layer.weight")))
        ++layers;
    // The gate sees the time and the conditions.
    const long conditions = std::max(0L, sideOf(tensors, layer + "0._hyper_gate.weight", 1) - 1);
    return Json::object({{"latent", sideOf(tensors, "chain.0.running_mean", 0)},
                         {"conditions", conditions},
                         {"layers", layers}});
}

} // namespace

Json otherDetails(const NetworkSource& network) {
    if (network.kind == NetworkKind::AlphaNetwork)
        return alphaDetails(network.tensors);
    if (network.kind == NetworkKind::Flow)
        return flowDetails(network.tensors);
    return Json::object();
}

Json toJson(const NetworkSummary& summary) {
    return Json::object({{"role", summary.role},
                         {"kind", kindName(summary.kind)},
                         {"tensors", summary.tensorCount},
                         {"parameters", summary.parameterCount},
                         {"details", summary.details}});
}

} // namespace cameo::checkpoint
