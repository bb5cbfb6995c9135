// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.h"
#include "core/checkpoint/convert.h"
#include "core/engine/boundary.h"
#include "core/engine/tasks.h"

namespace cameo {
namespace {

using checkpoint::ModelLayout;

template <typename T>
T chosen(const std::string& what, const std::string& name,
         const std::vector<std::pair<std::string, T>>& choices) {
    std::string list;
    for (const auto& [known, value] : choices) {
        if (known == name)
            return value;
        list += cat(list.empty() ? "" : ", ", known);
    }
    throw Failure(ErrorCode::InvalidArgument, cat("Unknown ", what, " '", name, "'"), cat("Choose ", list));
}

const std::vector<std::pair<std::string, ModelLayout>>& layouts() {
    static const std::vector<std::pair<std::string, ModelLayout>> table = {
        {"cameo", ModelLayout::Cameo},
        {"nvidia", ModelLayout::Nvidia},
        {"rosinality", ModelLayout::Rosinality}};
    return table;
}

checkpoint::WantedNetworks wantedNetworks(const std::string& only) {
    if (only.empty())
        return checkpoint::WantedNetworks::All;
    return chosen<checkpoint::WantedNetworks>("network", only,
                                              {{"generator", checkpoint::WantedNetworks::Generator},
                                               {"discriminator", checkpoint::WantedNetworks::Discriminator}});
}

Json describe(const checkpoint::GeneratorSpec& spec) {
    Json channels = Json::object();
    for (const auto& block : spec.blocks)
        channels.set(std::to_string(block.resolution), block.outChannels);
    return Json::object({{"resolution", spec.resolution},
                         {"latent-size", spec.mapping.wDim},
                         {"mapping-layers", static_cast<long>(spec.mapping.layers.size())},
                         {"channels", std::move(channels)}});
}

Json describe(const checkpoint::DiscriminatorSpec& spec) {
    Json channels = Json::object({{"4", spec.epilogueConv.outChannels}});
    for (auto block = spec.blocks.rbegin(); block != spec.blocks.rend(); ++block)
        channels.set(std::to_string(block->resolution), block->conv0.inChannels);
    return Json::object({{"resolution", spec.resolution}, {"channels", std::move(channels)}});
}

Json convert(const ModelConversion& request) {
    const checkpoint::ConversionReport report = checkpoint::convertModel(
        {.files = request.files,
         .output = request.output,
         .layout = chosen("layout", request.layout, layouts()),
         .type = chosen<checkpoint::DType>(
             "data type", request.dataType,
             {{"float32", checkpoint::DType::F32}, {"float16", checkpoint::DType::F16}}),
         .wanted = wantedNetworks(request.only),
         .clamps = request.isWithoutClamps ? checkpoint::Clamps::Drop : checkpoint::Clamps::Keep});
    Json files = Json::array();
    for (const auto& file : report.files)
        files.append(file.string());
    Json json = Json::object({{"files", std::move(files)}});
    if (report.generator)
        json.set("generator", describe(*report.generator));
    if (report.discriminator)
        json.set("discriminator", describe(*report.discriminator));
    return json;
}

} // namespace

std::vector<std::string> modelLayouts() {
    std::vector<std::string> names;
    for (const auto& [name, layout] : layouts())
        names.push_back(name);
    return names;
}

Result<Json> convertModel(const ModelConversion& request) {
    return resultOf([&] { return convert(request); });
}

} // namespace cameo
