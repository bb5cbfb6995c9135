// SPDX-License-Identifier: Apache-2.0
// Writes pickles operation by operation, for tests and fuzzing seeds: good ones and any bad one. Any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace cameo::test {

class PickleWriter {
  public:
    explicit PickleWriter(int protocol) : m_protocol(protocol) { raw("\x80").byte(protocol); }

    PickleWriter& raw(std::string_view bytes) {
        m_out += bytes;
        return *this;
    }
    PickleWriter& byte(int value) {
        m_out += static_cast<char>(value);
        return *this;
    }
    template <typename T>
    PickleWriter& number(T value) {
        char bytes[sizeof(T)];
        std::memcpy(bytes, &value, sizeof(T));
        return raw({bytes, sizeof(T)});
    }

    PickleWriter& none() { return raw("N"); }
    PickleWriter& boolean(bool value) { return raw(value ? "\x88" : "\x89"); }
    PickleWriter& integer(std::int32_t value) { return raw("J").number(value); }
    PickleWriter& real(double value) {
        raw("G");
        const auto bits = std::bit_cast<std::uint64_t>(value);
        for (int shift = 56; shift >= 0; shift -= 8)
            byte(static_cast<int>((bits >> shift) & 255));
        return *this;
    }
    PickleWriter& text(std::string_view value) {
        return raw("X").number(static_cast<std::uint32_t>(value.size())).raw(value);
    }
    PickleWriter& bytes(std::string_view value) {
        return raw("B").number(static_cast<std::uint32_t>(value.size())).raw(value);
    }
    PickleWriter& global(std::string_view module, std::string_view name) {
        if (m_protocol >= 4)
            return text(module).text(name).raw("\x93");
        return raw("c").raw(module).raw("\n").raw(name).raw("\n");
    }

    PickleWriter& mark() { return raw("("); }
    PickleWriter& tuple() { return raw("t"); } // from the mark
    PickleWriter& tuple1() { return raw("\x85"); }
    PickleWriter& emptyTuple() { return raw(")"); }
    PickleWriter& emptyList() { return raw("]"); }
    PickleWriter& emptyDict() { return raw("}"); }
    PickleWriter& appends() { return raw("e"); }  // from the mark
    PickleWriter& setItems() { return raw("u"); } // from the mark
    PickleWriter& reduce() { return raw("R"); }
    PickleWriter& newObject() { return raw("\x81"); }
    PickleWriter& build() { return raw("b"); }
    PickleWriter& persistent() { return raw("Q"); }
    PickleWriter& put(std::uint32_t key) { return raw("r").number(key); }
    PickleWriter& get(std::uint32_t key) { return raw("j").number(key); }

    PickleWriter& integers(const std::vector<long>& values) {
        mark();
        for (const long value : values)
            integer(static_cast<std::int32_t>(value));
        return tuple();
    }
    PickleWriter& orderedDict() { return global("collections", "OrderedDict").emptyTuple().reduce(); }

    std::string stop() { return m_out + "."; }

  private:
    int m_protocol;
    std::string m_out;
};

} // namespace cameo::test
