// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/tensorflow_pickle.h"

#include "core/checkpoint/python_values.h"
#include "core/checkpoint/refuse.h"
#include "core/checkpoint/torch_roles.h"
#include "core/checkpoint/utf8.h"

namespace cameo::checkpoint {
namespace {

using pickle::Global;
using pickle::Kind;
using pickle::Value;

constexpr std::int64_t oldestVersion = 4; // of dnnlib's Network; StyleGAN1 has 2 and 3
constexpr int maxDepth = 8;
constexpr std::size_t maxComponents = 100;

class Reader {
  public:
    explicit Reader(const std::string& file) : m_file(file) {}

    NetworkSource network(const std::string& role, const Value& object) {
        NetworkSource network;
        network.role = role;
        const Value state = object.state();
        if (const std::int64_t version = state.find("version").integer(); version < oldestVersion)
            refuseUnsupported(m_file, "its network '", role, "' has the version ", version,
                              ", which is older than StyleGAN2 (", oldestVersion, ")");
        network.className = std::string(utf8Prefix(state.find("build_func_name").text(), maxNameLength));
        network.attributes[""] = plainEntries(state.find("static_kwargs"));
        component(network, object, "", 0);
        classify(network);
        return network;
    }

  private:
    void component(NetworkSource& network, const Value& object, const std::string& prefix, int depth) {
        if (depth > maxDepth || ++m_componentCount > maxComponents || prefix.size() > maxNameLength)
            refuse(m_file, "the parts of the network '", network.role, "' are nested beyond all reason");
        if (!object.isObject(Global::TensorFlowNetwork) || !object.state().isDict())
            refuse(m_file, "the part '", printable(prefix), "' of the network '", network.role,
                   "' is of an unknown form");
        const Value variables = object.state().find("variables");
        for (std::size_t i = 0; i < variables.size(); ++i)
            variable(network, variables.item(i), prefix);
        const Value components = object.state().find("components");
        for (std::size_t i = 0; i < components.entryCount(); ++i)
            component(network, components.entry(i), prefix + tensorName(components.key(i), m_file) + "/",
                      depth + 1);
    }

    /// (name, array or scalar). Scalars: noise_strength, lod.
    void variable(NetworkSource& network, const Value& pair, const std::string& prefix) {
        const std::string name = prefix + tensorName(pair.itemOrNone(0), m_file);
        const Value value = pair.itemOrNone(1);
        if (name.size() > maxNameLength)
            refuse(m_file, "the tensor name '", printable(name), "' is too long");
        if (isNumpyArray(value))
            return addTensor(network.tensors, name, numpyArray(value, name, m_file), m_file);
        const std::optional<Json> number = plainJson(value);
        if (!number || !number->isNumber())
            refuse(m_file, "the variable '", printable(name), "' is neither an array nor a number");
        addTensor(network.tensors, name, fromFloats({}, {static_cast<float>(number->asDouble())}), m_file);
    }

    const std::string& m_file;
    std::size_t m_componentCount = 0;
};

} // namespace

bool looksLikeTensorFlow(const Value& root) {
    return root.kind() == Kind::Tuple && root.itemOrNone(0).isObject(Global::TensorFlowNetwork);
}

FileContents readTensorFlowPickle(const Value& root, const std::string& file) {
    if (root.size() != 3)
        refuse(file, "the pickle holds ", root.size(), " TensorFlow networks, expected G, D and Gs");
    FileContents contents;
    contents.container = Container::TensorFlowPickle;
    contents.metadata = Json::object();
    Reader reader(file);
    const char* roles[] = {"G", "D", "Gs"};
    for (std::size_t i = 0; i < root.size(); ++i)
        contents.networks.push_back(reader.network(roles[i], root.item(i)));
    return contents;
}

} // namespace cameo::checkpoint
