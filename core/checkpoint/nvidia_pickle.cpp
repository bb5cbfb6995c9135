// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/nvidia_pickle.h"

#include "core/checkpoint/python_values.h"
#include "core/checkpoint/refuse.h"
#include "core/checkpoint/torch_legacy.h"
#include "core/checkpoint/torch_roles.h"
#include "core/checkpoint/utf8.h"

#include <algorithm>
#include <array>

namespace cameo::checkpoint {
namespace {

using pickle::Global;
using pickle::Value;

constexpr int maxDepth = 16;             // nested modules; real ones have 4
constexpr std::size_t maxModules = 2000; // per file; a real snapshot has about 500
constexpr std::size_t maxEntries = 500000;
constexpr std::int64_t knownVersion = 6; // of the persistence format, the only one published

constexpr std::array<std::string_view, 3> networkRoles = {"G", "D", "G_ema"};

/// The plain attributes that say something about the mathematics or the sizes.
constexpr std::array<std::string_view, 26> keptAttributes = {
    "activation", "act_gain",     "architecture", "bias_gain",    "c_dim",       "cmap_dim",
    "conv_clamp", "down",         "group_size",   "img_channels", "in_channels", "img_resolution",
    "is_last",    "num_channels", "num_fp16_res", "num_layers",   "num_ws",      "resolution",
    "up",         "use_fp16",     "use_noise",    "w_avg_beta",   "w_dim",       "weight_gain",
    "z_dim",      "padding"};

class Snapshot {
  public:
    Snapshot(const std::string& file, pickle::Budget& budget) : m_file(file), m_budget(budget) {}

    NetworkSource network(const std::string& role, const Value& object) {
        NetworkSource network;
        network.role = role;
        network.kind = role == "D" ? NetworkKind::Discriminator : NetworkKind::Generator;
        network.naming = Naming::Nvidia;
        if (object.isNone()) {
            network.isEmpty = true;
            return network;
        }
        if (!object.isObject(Global::PersistentObject))
            refuse(m_file, "its entry '", role, "' is not a network");
        module(network, object, "", 0);
        classify(network);
        return network;
    }

    std::string className(const Value& object) const {
        const Value name = object.arguments().itemOrNone(0).find("class_name");
        return std::string(utf8Prefix(name.text(), maxNameLength));
    }

  private:
    /// Adds a module's tensors and attributes, then those of its submodules: the names of PyTorch's
    /// state_dict.
    void module(NetworkSource& network, const Value& object, const std::string& prefix, int depth) {
        if (depth > maxDepth || ++m_moduleCount > maxModules)
            refuse(m_file, "the modules of '", network.role, "' are nested or repeated beyond all reason");
        const Value meta = object.arguments().itemOrNone(0);
        if (!object.isObject(Global::PersistentObject) || !meta.isDict())
            refuse(m_file, "the module '", printable(prefix), "' of '", network.role,
                   "' is of an unknown form");
        if (meta.find("version").integer() != knownVersion)
            refuseUnsupported(m_file, "it uses version ", meta.find("version").integer(),
                              " of NVIDIA's persistence format; Cameo knows version ", knownVersion);
        if (depth == 0)
            network.className = className(object);
        const Value state = meta.find("state");
        countEntries(meta, network);
        countEntries(state, network);
        tensors(network, state.find("_parameters"), prefix);
        tensors(network, state.find("_buffers"), prefix);
        attributes(network, state, prefix);
        const Value modules = state.find("_modules");
        countEntries(modules, network);
        for (std::size_t i = 0; i < modules.entryCount(); ++i)
            if (!modules.entry(i).isNone())
                module(network, modules.entry(i), fullName(prefix, modules.key(i)), depth + 1);
    }

    /// Looking through a dictionary costs its length, also when thousands of modules share a long one.
    void countEntries(const Value& dict, const NetworkSource& network) {
        if ((m_entryCount += dict.entryCount()) > maxEntries)
            refuse(m_file, "the modules of '", network.role, "' have entries beyond all reason");
    }

    std::string fullName(const std::string& prefix, const Value& key) const {
        std::string name = prefix + (prefix.empty() ? "" : ".") + tensorName(key, m_file);
        if (name.size() > maxNameLength)
            refuse(m_file, "the tensor name '", printable(name), "' is too long");
        return name;
    }

    void tensors(NetworkSource& network, const Value& dict, const std::string& prefix) {
        countEntries(dict, network);
        for (std::size_t i = 0; i < dict.entryCount(); ++i) {
            const Value entry = dict.entry(i);
            if (entry.isNone()) // a layer without bias
                continue;
            const std::string name = fullName(prefix, dict.key(i));
            if (!isTorchTensor(entry))
                refuse(m_file, "'", printable(name), "' of '", network.role, "' is not a tensor");
            addTensor(network.tensors, name,
                      torchTensor(entry, name, m_file, [this](const Value& value) { return storage(value); }),
                      m_file);
        }
    }

    void attributes(NetworkSource& network, const Value& state, const std::string& prefix) const {
        Json kept = Json::object();
        for (std::size_t i = 0; i < state.entryCount(); ++i) {
            const std::string_view name = state.key(i).text();
            if (std::find(keptAttributes.begin(), keptAttributes.end(), name) != keptAttributes.end())
                if (std::optional<Json> value = plainJson(state.entry(i)))
                    kept.set(std::string(name), std::move(*value));
        }
        network.attributes[prefix] = std::move(kept);
    }

    /// torch.storage._load_from_bytes(payload); shared storages are parsed once.
    TorchStorage storage(const Value& value) {
        if (const auto known = m_storages.find(value.id()); known != m_storages.end())
            return known->second;
        const Bytes payload = value.arguments().itemOrNone(0).data();
        if (!value.isObject(Global::LoadFromBytes))
            refuse(m_file, "a tensor has no data");
        return m_storages.emplace(value.id(), readStoragePayload(payload, m_file, m_budget)).first->second;
    }

    const std::string& m_file;
    pickle::Budget& m_budget;
    std::size_t m_moduleCount = 0;
    std::size_t m_entryCount = 0;
    std::map<pickle::Id, TorchStorage> m_storages;
};

} // namespace

bool looksLikeNvidia(const Value& root) {
    return root.isDict();
}

FileContents readNvidiaPickle(const Value& root, const std::string& file, pickle::Budget& budget) {
    FileContents contents;
    contents.container = Container::NvidiaPickle;
    contents.metadata = Json::object();
    Snapshot snapshot(file, budget);
    for (const std::string_view role : networkRoles)
        if (root.has(role))
            contents.networks.push_back(snapshot.network(std::string(role), root.find(role)));
    if (contents.networks.empty())
        refuse(file, "the pickle is not a StyleGAN snapshot: it has none of the entries G_ema, G and D");
    if (const Value kwargs = root.find("training_set_kwargs"); kwargs.isDict())
        contents.metadata.set("training_set_kwargs", plainEntries(kwargs));
    if (const Value pipe = root.find("augment_pipe"); pipe.isObject(Global::PersistentObject))
        contents.metadata.set("augment_pipe", snapshot.className(pipe));
    return contents;
}

} // namespace cameo::checkpoint
