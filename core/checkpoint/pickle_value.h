// SPDX-License-Identifier: Apache-2.0
// What a pickle describes, as inert nodes in an arena: nothing of it is ever executed. Children are indices,
// so that shared and cyclic structures cost nothing, a million nested tuples are freed without recursion, and
// nothing is copied. Text and bytes are views into the file. Internal to this folder. Any thread once built.
#pragma once

#include "core/checkpoint/tensor_record.h"

#include <memory>
#include <span>
#include <string_view>

namespace cameo::checkpoint::pickle {

using Id = std::uint32_t;

enum class Kind : std::uint8_t {
    None,
    Bool,
    Integer,
    Real,
    Text,
    Data,
    Tuple,
    List,
    Set,
    Dict,
    Global,    // a name of the allow-list
    Object,    // what calling a global would make: arguments, items and state, uncalled
    Persistent // a storage outside the pickle
};

/// Every name that published model files use. Anything else is refused by name.
enum class Global : std::uint8_t {
    PersistentObject,  // torch_utils.persistence._reconstruct_persistent_obj
    OrderedDict,       // collections.OrderedDict
    Parameter,         // torch._utils._rebuild_parameter
    Tensor,            // torch._utils._rebuild_tensor_v2
    LoadFromBytes,     // torch.storage._load_from_bytes
    Size,              // torch.Size
    Device,            // torch.device
    NumpyScalar,       // numpy.core.multiarray.scalar
    NumpyReconstruct,  // numpy.core.multiarray._reconstruct
    NumpyArray,        // numpy.ndarray
    NumpyDtype,        // numpy.dtype
    EasyDict,          // dnnlib.util.EasyDict
    PythonSet,         // builtins.set
    Namespace,         // argparse.Namespace
    TensorFlowNetwork, // dnnlib.tflib.network.Network
    Storage            // torch.FloatStorage, ...: `dtype` says which
};

struct Node {
    Kind kind = Kind::None;
    Global global{};          // Global, Object
    DType dtype = DType::F32; // Global::Storage
    Id arguments = 0;         // Object, Persistent
    Id state = 0;             // Object: what BUILD gave; 0 (None) otherwise
    std::uint64_t a = 0;      // number, first byte, first child or index of the growable list
    std::uint64_t b = 0;      // number of bytes or children
};

/// Nodes of one pickle. Node 0 is None.
class Arena {
  public:
    explicit Arena(Bytes source) : m_source(std::move(source)), m_nodes(1) {}

    Id add(const Node& node) {
        m_nodes.push_back(node);
        return static_cast<Id>(m_nodes.size() - 1);
    }
    Id addTuple(std::span<const Id> items) {
        const Node node{.kind = Kind::Tuple, .a = m_tuples.size(), .b = items.size()};
        m_tuples.insert(m_tuples.end(), items.begin(), items.end());
        return add(node);
    }
    Id addGrowable(Node node) {
        node.a = m_lists.size();
        m_lists.emplace_back();
        return add(node);
    }

    Node& node(Id id) { return m_nodes[id]; }
    const Node& node(Id id) const { return m_nodes[id]; }
    std::vector<Id>& growable(Id id) { return m_lists[m_nodes[id].a]; }
    std::size_t size() const { return m_nodes.size(); }
    const Bytes& source() const { return m_source; }

    bool isGrowable(Id id) const {
        const Kind kind = m_nodes[id].kind;
        return kind == Kind::List || kind == Kind::Set || kind == Kind::Dict || kind == Kind::Object;
    }
    std::span<const Id> children(Id id) const {
        const Node& n = m_nodes[id];
        if (n.kind == Kind::Tuple)
            return std::span(m_tuples).subspan(n.a, n.b);
        return isGrowable(id) ? std::span<const Id>(m_lists[n.a]) : std::span<const Id>();
    }

  private:
    Bytes m_source;
    std::vector<Node> m_nodes;
    std::vector<Id> m_tuples;
    std::vector<std::vector<Id>> m_lists;
};

/// A node to look at. Asking for what a node is not gives an empty answer, so that readers check once, where
/// it counts.
class Value {
  public:
    Value(std::shared_ptr<const Arena> arena, Id id) : m_arena(std::move(arena)), m_id(id) {}

    Id id() const { return m_id; }
    Kind kind() const { return node().kind; }
    bool isNone() const { return kind() == Kind::None; }
    bool isText() const { return kind() == Kind::Text; }
    bool isInteger() const { return kind() == Kind::Integer; }
    bool isObject(Global global) const { return kind() == Kind::Object && node().global == global; }
    bool isGlobal(Global global) const { return kind() == Kind::Global && node().global == global; }
    DType storageType() const { return node().dtype; }

    bool boolean() const { return kind() == Kind::Bool && node().a != 0; }
    std::int64_t integer() const;
    double real() const; // Integer and Bool too
    std::string_view text() const;
    Bytes data() const; // keeps the file alive

    /// Items of a tuple, list or set.
    std::size_t size() const { return m_arena->children(m_id).size(); }
    Value item(std::size_t index) const { return at(m_arena->children(m_id)[index]); }
    /// The i-th item when this is a tuple or list of that length at least, otherwise None.
    Value itemOrNone(std::size_t index) const {
        return at(index < size() ? m_arena->children(m_id)[index] : 0);
    }

    /// A dict, or an object that is one (OrderedDict, EasyDict).
    bool isDict() const;
    std::size_t entryCount() const { return isDict() ? size() / 2 : 0; }
    Value key(std::size_t entry) const { return item(2 * entry); }
    Value entry(std::size_t entry) const { return item(2 * entry + 1); }
    /// The entry of a text key, the last one as in Python; None when there is none.
    Value find(std::string_view key) const;
    bool has(std::string_view key) const;

    /// Of an Object or Persistent.
    Value arguments() const { return at(node().arguments); }
    Value state() const { return at(node().state); }

    /// Every storage reference of the whole pickle.
    std::vector<Value> persistents() const;

  private:
    const Node& node() const { return m_arena->node(m_id); }
    Value at(Id id) const { return {m_arena, id}; }
    std::ptrdiff_t indexOf(std::string_view key) const;

    std::shared_ptr<const Arena> m_arena;
    Id m_id;
};

} // namespace cameo::checkpoint::pickle
