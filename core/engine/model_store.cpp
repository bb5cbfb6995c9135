// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model_store.h"

#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"

#include <algorithm>

namespace cameo {
namespace {

constexpr std::size_t kKeptModels = 2;
constexpr long kPcaSamples = 4096; // the mean of each component is then stable to about 2 %
constexpr long kDirections = 12;

std::filesystem::path resolve(const std::string& name) {
    std::filesystem::path path = name;
    if (name.empty())
        path = embeddedModelFolder().value() / "portraits";
    if (std::filesystem::is_directory(path))
        path /= "generator.safetensors";
    return path;
}

std::vector<DirectionInfo> describeDirections(const edit::PrincipalDirections& directions) {
    std::vector<DirectionInfo> infos;
    for (long i = 0; i < directions.components.size(0); ++i)
        infos.push_back({.id = cat("pc", i + 1),
                         .label = cat("Component ", i + 1),
                         .explained = directions.explained[i].item<double>()});
    return infos;
}

std::optional<net::Discriminator> findDiscriminator(const checkpoint::Checkpoint& file,
                                                    const at::Device& device) {
    if (file.hasDiscriminator())
        return net::Discriminator::fromRecord(file.discriminator(), device);
    const auto beside = file.file().parent_path() / "discriminator.safetensors";
    if (beside == file.file() || !std::filesystem::exists(beside))
        return std::nullopt;
    return net::Discriminator::fromRecord(checkpoint::Checkpoint::open(beside).discriminator(), device);
}

std::string titleOf(const std::string& name, const std::filesystem::path& file) {
    if (name.empty())
        return "Embedded portraits";
    return file.filename() == "generator.safetensors" ? file.parent_path().filename().string()
                                                      : file.filename().string();
}

} // namespace

std::shared_ptr<const LoadedModel> ModelStore::get(const std::string& name) {
    const auto found = std::find_if(m_models.begin(), m_models.end(),
                                    [&](const auto& model) { return model->name == name; });
    if (found != m_models.end()) {
        m_models.splice(m_models.begin(), m_models, found);
        return m_models.front();
    }
    m_models.push_front(load(name));
    if (m_models.size() > kKeptModels)
        m_models.pop_back();
    return m_models.front();
}

std::shared_ptr<const LoadedModel> ModelStore::open(const std::string& name) {
    std::error_code missing; // load() has the better words for that
    const auto written = std::filesystem::last_write_time(resolve(name), missing);
    m_models.remove_if([&](const auto& model) { return model->name == name && model->written != written; });
    return get(name);
}

std::shared_ptr<const LoadedModel> ModelStore::load(const std::string& name) const {
    const at::NoGradGuard noGrad;
    const std::filesystem::path path = resolve(name);
    std::error_code missing;
    const auto written = std::filesystem::last_write_time(path, missing); // before it is read
    const checkpoint::Checkpoint file = checkpoint::Checkpoint::open(path);
    if (!file.hasGenerator())
        throw Failure(ErrorCode::UnsupportedModel, cat("'", path.string(), "' holds no StyleGAN2 generator"),
                      "See what it holds with: cameo info FILE");
    const net::Generator generator = net::Generator::fromRecord(file.generator(), m_device.device);
    const checkpoint::GeneratorSpec& spec = generator.spec();
    const edit::PrincipalDirections directions =
        edit::principalDirections(generator, kPcaSamples, std::min(kDirections, spec.mapping.wDim), 0);
    auto discriminator = findDiscriminator(file, m_device.device);
    if (discriminator && (discriminator->spec().resolution != spec.resolution ||
                          discriminator->spec().imageChannels != spec.imageChannels))
        discriminator.reset(); // belongs to another generator
    long parameters = 0;
    for (const auto& [tensorName, tensor] : generator.tensors())
        parameters += net::Generator::isParameter(tensorName) ? tensor.numel() : 0;
    ModelInfo info{.file = name.empty() ? std::filesystem::path() : path,
                   .title = titleOf(name, path),
                   .container = checkpoint::containerName(file.container()),
                   .resolution = spec.resolution,
                   .imageChannels = spec.imageChannels,
                   .zDim = spec.mapping.zDim,
                   .wDim = spec.mapping.wDim,
                   .cDim = spec.mapping.cDim,
                   .numWs = spec.mapping.numWs,
                   .parameterCount = parameters,
                   .hasDiscriminator = discriminator.has_value(),
                   .architecture = checkpoint::architectureName(spec.architecture),
                   .directions = describeDirections(directions),
                   .details = file.describe()};
    return std::make_shared<const LoadedModel>(
        LoadedModel{name, written, generator, std::move(discriminator), directions, std::move(info)});
}

} // namespace cameo
