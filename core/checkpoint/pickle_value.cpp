// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/pickle_value.h"

#include <bit>

namespace cameo::checkpoint::pickle {

std::int64_t Value::integer() const {
    return kind() == Kind::Integer || kind() == Kind::Bool ? static_cast<std::int64_t>(node().a) : 0;
}

double Value::real() const {
    return kind() == Kind::Real ? std::bit_cast<double>(node().a) : static_cast<double>(integer());
}

std::string_view Value::text() const {
    if (kind() != Kind::Text)
        return {};
    const std::span<const std::byte> view = m_arena->source().view.subspan(node().a, node().b);
    return {reinterpret_cast<const char*>(view.data()), view.size()};
}

Bytes Value::data() const {
    return kind() == Kind::Data ? m_arena->source().part(node().a, node().b) : Bytes{};
}

bool Value::isDict() const {
    return kind() == Kind::Dict || isObject(Global::OrderedDict) || isObject(Global::EasyDict);
}

std::ptrdiff_t Value::indexOf(std::string_view key) const {
    const std::span<const Id> items = m_arena->children(m_id);
    for (std::size_t i = entryCount(); i-- > 0;)
        if (at(items[2 * i]).kind() == Kind::Text && at(items[2 * i]).text() == key)
            return static_cast<std::ptrdiff_t>(2 * i + 1);
    return -1;
}

Value Value::find(std::string_view key) const {
    const std::ptrdiff_t index = indexOf(key);
    return index < 0 ? at(0) : item(static_cast<std::size_t>(index));
}

std::vector<Value> Value::persistents() const {
    std::vector<Value> found;
    for (Id id = 0; id < m_arena->size(); ++id)
        if (m_arena->node(id).kind == Kind::Persistent)
            found.push_back(at(id));
    return found;
}

bool Value::has(std::string_view key) const {
    return indexOf(key) >= 0;
}

} // namespace cameo::checkpoint::pickle
