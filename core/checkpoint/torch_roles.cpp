// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/torch_roles.h"

#include "core/checkpoint/python_values.h"
#include "core/checkpoint/refuse.h"

#include <algorithm>

namespace cameo::checkpoint {

using pickle::Global;
using pickle::Value;

std::string tensorName(const Value& key, const std::string& file) {
    if (!key.isText() || key.text().empty() || key.text().size() > maxNameLength)
        refuse(file, "a tensor has no proper name");
    return std::string(key.text());
}

void addTensor(TensorMap& tensors, const std::string& name, TensorRecord record, const std::string& file) {
    if (tensors.size() >= maxTensors)
        refuse(file, "it holds more than ", maxTensors, " tensors, which no generator does");
    if (!tensors.emplace(name, std::move(record)).second)
        refuse(file, "the tensor '", printable(name), "' is there twice");
}

namespace {

constexpr std::size_t maxRoles = 64;

/// A state dictionary: names to tensors and nothing else.
bool isStateDict(const Value& value) {
    if (value.entryCount() == 0)
        return false;
    for (std::size_t i = 0; i < value.entryCount(); ++i)
        if (!value.key(i).isText() || !isTorchTensor(value.entry(i)))
            return false;
    return true;
}

/// DistributedDataParallel puts "module." before every name.
TensorMap withoutModulePrefix(TensorMap tensors) {
    constexpr std::string_view prefix = "module.";
    if (!std::all_of(tensors.begin(), tensors.end(),
                     [&](const auto& item) { return item.first.starts_with(prefix); }))
        return tensors;
    TensorMap shorter;
    for (auto& [name, record] : tensors)
        shorter.emplace(name.substr(prefix.size()), std::move(record));
    return shorter;
}

} // namespace

FileContents readTorchRoles(const Value& root, const std::string& file,
                            const std::function<TorchStorage(const Value&)>& storage) {
    if (!root.isDict())
        refuse(file, "its top object is not a dictionary of tensors");
    FileContents contents;
    contents.metadata = Json::object();
    std::size_t tensorCount = 0;
    const auto addNetwork = [&](const std::string& role, const Value& dict) {
        NetworkSource network;
        network.role = role;
        if ((tensorCount += dict.entryCount()) > maxTensors)
            refuse(file, "it holds more than ", maxTensors, " tensors, which no generator does");
        for (std::size_t i = 0; i < dict.entryCount(); ++i) {
            const std::string name = tensorName(dict.key(i), file);
            addTensor(network.tensors, name, torchTensor(dict.entry(i), name, file, storage), file);
        }
        network.tensors = withoutModulePrefix(std::move(network.tensors));
        classify(network);
        contents.networks.push_back(std::move(network));
    };
    if (isStateDict(root)) {
        addNetwork("", root);
        return contents;
    }
    for (std::size_t i = 0; i < std::min(root.entryCount(), maxRoles); ++i) {
        if (!root.key(i).isText())
            continue;
        const std::string role = tensorName(root.key(i), file);
        const Value value = root.entry(i);
        if (role == "latent_avg" && isTorchTensor(value))
            contents.latentAverage = torchTensor(value, role, file, storage);
        else if (isStateDict(value))
            addNetwork(role, value);
        else if (value.isObject(Global::Namespace))
            contents.metadata.set(role, plainEntries(value.state()));
        else if (const std::optional<Json> plain = plainJson(value))
            contents.metadata.set(role, *plain);
    }
    return contents;
}

} // namespace cameo::checkpoint
