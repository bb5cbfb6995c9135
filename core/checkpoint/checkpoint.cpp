// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/checkpoint.h"

#include "core/checkpoint/file_kind.h"
#include "core/checkpoint/nvidia_pickle.h"
#include "core/checkpoint/refuse.h"
#include "core/checkpoint/safetensors.h"
#include "core/checkpoint/spec_build.h"
#include "core/checkpoint/spec_json.h"
#include "core/checkpoint/summary.h"
#include "core/checkpoint/tensorflow_pickle.h"
#include "core/checkpoint/torch_legacy.h"
#include "core/checkpoint/torch_zip.h"

#include <algorithm>
#include <array>

namespace cameo::checkpoint {
namespace {

constexpr std::size_t maxSpecText = 1'000'000;
constexpr const char* specKey = "cameo.spec";

/// Which network to take when a file holds several of a kind: the moving average first.
constexpr std::array<std::string_view, 7> rolePreference = {"G_ema", "g_ema", "Gs",           "generator",
                                                            "D",     "d",     "discriminator"};

FileContents readPickle(const Bytes& bytes, const std::string& file) {
    pickle::Budget budget;
    const pickle::Document document = pickle::read(bytes, 0, {.file = file, .budget = budget});
    if (looksLikeTensorFlow(document.root))
        return readTensorFlowPickle(document.root, file);
    if (looksLikeNvidia(document.root))
        return readNvidiaPickle(document.root, file, budget);
    refuse(file,
           "the pickle is neither an NVIDIA snapshot (a dictionary) nor TensorFlow networks (G, D, Gs)");
}

FileContents readContents(const Bytes& bytes, const std::string& file) {
    switch (sniff(bytes.view)) {
    case FileKind::Safetensors:
        return readSafetensors(bytes, file);
    case FileKind::TorchZip:
        return readTorchZip(bytes, file);
    case FileKind::TorchLegacy:
        return readTorchLegacy(bytes, file);
    case FileKind::Pickle:
        return readPickle(bytes, file);
    case FileKind::Unknown:
        break;
    }
    const ForeignFile foreign = describeForeign(bytes.view);
    throw Failure(ErrorCode::BadCheckpoint,
                  cat("'", file, "' cannot be opened as a model: the file is ", foreign.looksLike),
                  foreign.advice);
}

const NetworkSource* preferred(const FileContents& contents, NetworkKind kind) {
    const auto rank = [](const NetworkSource& network) {
        return std::find(rolePreference.begin(), rolePreference.end(), network.role) - rolePreference.begin();
    };
    const NetworkSource* best = nullptr;
    for (const NetworkSource& network : contents.networks)
        if (network.kind == kind && (!best || rank(network) < rank(*best)))
            best = &network;
    return best;
}

std::string heldNetworks(const FileContents& contents) {
    std::string text;
    for (const NetworkSource& network : contents.networks) {
        const std::size_t count = network.tensors.size();
        text += cat(text.empty() ? "" : ", ", kindName(network.kind),
                    network.role.empty() ? "" : cat(" '", printable(network.role), "'"), " of ", count,
                    count == 1 ? " tensor" : " tensors");
    }
    return text.empty() ? "nothing" : text;
}

/// The specification that Cameo itself wrote into the file's metadata for a network of this kind.
template <typename Spec>
Spec withDeclared(const Spec& inferred, Spec (*fromJson)(const Json&), const Json& metadata, const char* kind,
                  const std::string& file) {
    const Json* text = metadata.find(specKey);
    if (!text || !text->isString())
        return inferred;
    if (text->asString().size() > maxSpecText)
        refuse(file, "its metadata 'cameo.spec' is too large");
    std::optional<Spec> declared;
    try {
        const Json json = Json::parse(text->asString());
        for (const Json& item : json.isArray() ? json.asArray() : Json::Array{json})
            if (item.at("kind").asString() == kind)
                declared = fromJson(item);
    } catch (const Failure& failure) {
        refuse(file, "its metadata 'cameo.spec' is damaged: ", failure.error().message);
    }
    return declared ? adoptDeclared(inferred, *declared, file) : inferred;
}

/// Without the specification, which the details of the networks show already.
Json shownMetadata(const Json& metadata) {
    Json::Object shown = metadata.asObject();
    std::erase_if(shown, [](const Json::Member& member) { return member.first == specKey; });
    return Json(std::move(shown));
}

} // namespace

const char* containerName(Container container) {
    switch (container) {
    case Container::NvidiaPickle:
        return "NVIDIA pickle";
    case Container::TensorFlowPickle:
        return "TensorFlow pickle";
    case Container::TorchZip:
        return "PyTorch zip";
    case Container::TorchLegacy:
        return "PyTorch legacy";
    case Container::Safetensors:
        return "safetensors";
    }
    return "unknown";
}

struct Checkpoint::Contents {
    std::filesystem::path path;
    std::string name; // for messages
    std::uint64_t byteCount = 0;
    FileContents file;
    std::vector<NetworkSummary> summaries;

    GeneratorSpec generatorSpec(const NvidiaForm& form) const {
        return withDeclared(buildGeneratorSpec({form, name}), generatorSpecFromJson, file.metadata,
                            "generator", name);
    }
    DiscriminatorSpec discriminatorSpec(const NvidiaForm& form) const {
        return withDeclared(buildDiscriminatorSpec({form, name}), discriminatorSpecFromJson, file.metadata,
                            "discriminator", name);
    }
    NvidiaForm form(const NetworkSource& network) const { return toNvidiaForm(network, file, name); }

    /// What `cameo info` tells; a network that is not sound says why instead.
    Json details(const NetworkSource& network) const {
        if (network.isEmpty)
            return Json::object({{"problem", "empty (None)"}});
        try {
            if (network.kind == NetworkKind::Generator)
                return generatorDetails(generatorSpec(form(network)));
            if (network.kind == NetworkKind::Discriminator)
                return discriminatorDetails(discriminatorSpec(form(network)));
        } catch (const Failure& failure) {
            return Json::object({{"problem", failure.error().message}});
        }
        return otherDetails(network);
    }

    const NetworkSource& require(NetworkKind kind) const {
        const NetworkSource* network = preferred(file, kind);
        if (!network)
            throw Failure(ErrorCode::UnsupportedModel, cat("'", name, "' holds no StyleGAN2 ", kindName(kind),
                                                           ", but ", heldNetworks(file)));
        if (network->isEmpty)
            refuse(name, "its entry '", network->role, "' is empty (None)");
        return *network;
    }

    void verify(const TensorMap& tensors) const {
        if (file.verify)
            file.verify(tensors);
    }

    /// The tensors that a specification needs, with everything checked and computed.
    TensorMap finished(const NvidiaForm& form, const std::vector<TensorShape>& required) const {
        verify(form.tensors);
        TensorMap selected = selectTensors({form, name}, required);
        applyChanges(selected, form.changes);
        return selected;
    }
};

Checkpoint::Checkpoint(std::shared_ptr<const Contents> contents) : m_contents(std::move(contents)) {}

Checkpoint Checkpoint::open(const std::filesystem::path& file) {
    return openBytes(mapFile(file), file);
}

Checkpoint Checkpoint::openBytes(const Bytes& bytes, const std::filesystem::path& name) {
    auto contents = std::make_shared<Contents>();
    contents->path = name;
    contents->name = name.string();
    contents->byteCount = bytes.size();
    contents->file = readContents(bytes, contents->name);
    for (const NetworkSource& network : contents->file.networks)
        contents->summaries.push_back(summarise(network, contents->details(network)));
    return Checkpoint(std::move(contents));
}

const std::filesystem::path& Checkpoint::file() const {
    return m_contents->path;
}
Container Checkpoint::container() const {
    return m_contents->file.container;
}
const std::vector<NetworkSummary>& Checkpoint::networks() const {
    return m_contents->summaries;
}
const Json& Checkpoint::metadata() const {
    return m_contents->file.metadata;
}

Json Checkpoint::describe() const {
    Json networks = Json::array();
    for (const NetworkSummary& summary : m_contents->summaries)
        networks.append(toJson(summary));
    return Json::object({{"file", m_contents->name},
                         {"bytes", m_contents->byteCount},
                         {"container", containerName(container())},
                         {"networks", std::move(networks)},
                         {"metadata", shownMetadata(metadata())}});
}

bool Checkpoint::hasGenerator() const {
    return preferred(m_contents->file, NetworkKind::Generator);
}
bool Checkpoint::hasDiscriminator() const {
    return preferred(m_contents->file, NetworkKind::Discriminator);
}

GeneratorRecord Checkpoint::generator() const {
    const NvidiaForm form = m_contents->form(m_contents->require(NetworkKind::Generator));
    GeneratorRecord record;
    record.spec = m_contents->generatorSpec(form);
    record.tensors = m_contents->finished(form, requiredTensors(record.spec));
    return record;
}

DiscriminatorRecord Checkpoint::discriminator() const {
    const NvidiaForm form = m_contents->form(m_contents->require(NetworkKind::Discriminator));
    DiscriminatorRecord record;
    record.spec = m_contents->discriminatorSpec(form);
    record.tensors = m_contents->finished(form, requiredTensors(record.spec));
    return record;
}

TensorMap Checkpoint::tensors(const std::string& role) const {
    std::vector<std::string> roles;
    for (const NetworkSource& network : m_contents->file.networks) {
        if (network.role == role) {
            m_contents->verify(network.tensors);
            return network.tensors;
        }
        roles.push_back(network.role);
    }
    const auto nearest = nearestWord(role, roles);
    throw Failure(ErrorCode::NotFound, cat("'", m_contents->name, "' holds no network '", role, "'"),
                  nearest ? cat("Did you mean '", *nearest, "'?")
                          : cat("It holds ", heldNetworks(m_contents->file)));
}

} // namespace cameo::checkpoint
