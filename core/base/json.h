// SPDX-License-Identifier: Apache-2.0
// JSON values, a parser fit for hostile input (depth, duplicate keys, UTF-8) and a writer whose output is
// byte-for-byte reproducible. Objects keep their order. Our own because `base` must build with LibTorch
// alone. Any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cameo {

class Json {
  public:
    using Array = std::vector<Json>;
    using Member = std::pair<std::string, Json>;
    using Object = std::vector<Member>;

    Json() = default;
    Json(std::nullptr_t) {}
    Json(bool value) : m_value(value) {}
    Json(double value) : m_value(value) {}
    Json(int value) : m_value(std::int64_t{value}) {}
    Json(unsigned value) : m_value(std::int64_t{value}) {}
    Json(long value) : m_value(std::int64_t{value}) {}
    Json(long long value) : m_value(std::int64_t{value}) {}
    Json(unsigned long value) : m_value(static_cast<std::int64_t>(value)) {}
    Json(const char* value) : m_value(std::string(value)) {}
    Json(std::string value) : m_value(std::move(value)) {}
    Json(std::string_view value) : m_value(std::string(value)) {}
    Json(Array value) : m_value(std::move(value)) {}
    Json(Object value) : m_value(std::move(value)) {}
    static Json array(std::initializer_list<Json> items = {}) { return Json(Array(items)); }
    static Json object(std::initializer_list<Member> members = {}) { return Json(Object(members)); }

    bool isNull() const { return m_value.index() == 0; }
    bool isBool() const { return m_value.index() == 1; }
    bool isNumber() const { return m_value.index() == 2 || m_value.index() == 3; }
    bool isInteger() const { return m_value.index() == 2; }
    bool isString() const { return m_value.index() == 4; }
    bool isArray() const { return m_value.index() == 5; }
    bool isObject() const { return m_value.index() == 6; }

    /// Typed access; throws Failure(InvalidArgument) that says what was expected when the type differs.
    bool asBool() const;
    double asDouble() const;
    std::int64_t asInteger() const; // also a double without fraction
    const std::string& asString() const;
    const Array& asArray() const;
    const Object& asObject() const;
    Array& asArray();
    Object& asObject();

    /// Member of an object or nullptr.
    const Json* find(std::string_view key) const;
    /// Member of an object; throws Failure(InvalidArgument) naming the key when it is missing.
    const Json& at(std::string_view key) const;
    /// Adds or replaces a member; a null value becomes an object first.
    Json& set(std::string key, Json value);
    Json& append(Json value);

    bool operator==(const Json&) const = default;

    struct ParseOptions {
        int maxDepth = 64;
        bool allowDuplicateKeys = false;
    };
    /// Throws Failure(InvalidArgument) with the byte offset and the reason.
    static Json parse(std::string_view text, ParseOptions options);
    static Json parse(std::string_view text) { return parse(text, ParseOptions{}); }

    /// indent < 0: one line. Numbers are written with the fewest digits that read back the same.
    std::string dump(int indent = -1) const;

  private:
    void write(std::string& out, int indent, int depth) const;
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> m_value;
};

} // namespace cameo
