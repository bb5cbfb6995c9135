// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <charconv>
#include <cmath>
#include <unordered_set>

namespace cameo {
namespace {

[[noreturn]] void wrongType(const char* expected) {
    throw Failure(ErrorCode::InvalidArgument, cat("JSON: expected ", expected));
}

void appendUtf8(std::string& out, std::uint32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xc0 | (c >> 6));
        out += static_cast<char>(0x80 | (c & 63));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xe0 | (c >> 12));
        out += static_cast<char>(0x80 | ((c >> 6) & 63));
        out += static_cast<char>(0x80 | (c & 63));
    } else {
        out += static_cast<char>(0xf0 | (c >> 18));
        out += static_cast<char>(0x80 | ((c >> 12) & 63));
        out += static_cast<char>(0x80 | ((c >> 6) & 63));
        out += static_cast<char>(0x80 | (c & 63));
    }
}

/// RFC 8259, section 6: no leading zeros, digits on both sides of the point. std::from_chars allows more.
bool isJsonNumber(std::string_view text) {
    std::size_t at = 0;
    const auto digits = [&] {
        const std::size_t start = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9')
            ++at;
        return at - start;
    };
    const auto accept = [&](std::string_view any) {
        const bool isThere = at < text.size() && any.find(text[at]) != std::string_view::npos;
        at += isThere ? 1 : 0;
        return isThere;
    };
    accept("-");
    const bool isZero = at < text.size() && text[at] == '0';
    const std::size_t whole = digits();
    if (whole == 0 || (isZero && whole > 1) || (accept(".") && digits() == 0))
        return false;
    if (accept("eE")) {
        accept("+-");
        if (digits() == 0)
            return false;
    }
    return at == text.size();
}

/// Recursive descent; the depth limit bounds the recursion.
class Parser {
  public:
    Parser(std::string_view text, Json::ParseOptions options) : m_text(text), m_options(options) {}

    Json document() {
        Json value = element(0);
        skipSpace();
        if (m_at != m_text.size())
            fail("unexpected text after the value");
        return value;
    }

  private:
    [[noreturn]] void fail(const std::string& why) const {
        throw Failure(ErrorCode::InvalidArgument, cat("JSON at byte ", m_at, ": ", why));
    }
    void skipSpace() {
        while (m_at < m_text.size() &&
               (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\t' || m_text[m_at] == '\r'))
            ++m_at;
    }
    char peek() {
        if (m_at >= m_text.size())
            fail("unexpected end");
        return m_text[m_at];
    }
    void expect(char c) {
        if (peek() != c)
            fail(cat("expected '", c, "'"));
        ++m_at;
    }
    bool accept(char c) {
        skipSpace();
        if (peek() != c)
            return false;
        ++m_at;
        return true;
    }
    Json word(std::string_view text, Json value) {
        if (m_text.substr(m_at, text.size()) != text)
            fail("unknown word");
        m_at += text.size();
        return value;
    }

    Json element(int depth) {
        if (depth > m_options.maxDepth)
            fail(cat("nested more than ", m_options.maxDepth, " deep"));
        skipSpace();
        switch (peek()) {
        case '{':
            return object(depth);
        case '[':
            return array(depth);
        case '"':
            return Json(string());
        case 't':
            return word("true", Json(true));
        case 'f':
            return word("false", Json(false));
        case 'n':
            return word("null", Json());
        default:
            return number();
        }
    }

    Json object(int depth) {
        expect('{');
        Json::Object members;
        std::unordered_set<std::string> keys;
        if (accept('}'))
            return Json(std::move(members));
        do {
            skipSpace();
            std::string key = string();
            if (!m_options.allowDuplicateKeys && !keys.insert(key).second)
                fail(cat("duplicate key '", printable(key), "'"));
            skipSpace();
            expect(':');
            Json value = element(depth + 1);
            members.emplace_back(std::move(key), std::move(value));
        } while (accept(','));
        expect('}');
        return Json(std::move(members));
    }

    Json array(int depth) {
        expect('[');
        Json::Array items;
        if (accept(']'))
            return Json(std::move(items));
        do
            items.push_back(element(depth + 1));
        while (accept(','));
        expect(']');
        return Json(std::move(items));
    }

    std::uint32_t hex4() {
        if (m_text.size() - m_at < 4)
            fail("unexpected end in \\u");
        std::uint32_t value = 0;
        const auto [end, code] = std::from_chars(m_text.data() + m_at, m_text.data() + m_at + 4, value, 16);
        if (code != std::errc{} || end != m_text.data() + m_at + 4)
            fail("bad \\u escape");
        m_at += 4;
        return value;
    }

    void escape(std::string& out) {
        const char c = peek();
        ++m_at;
        switch (c) {
        case '"':
        case '\\':
        case '/':
            out += c;
            return;
        case 'b':
            out += '\b';
            return;
        case 'f':
            out += '\f';
            return;
        case 'n':
            out += '\n';
            return;
        case 'r':
            out += '\r';
            return;
        case 't':
            out += '\t';
            return;
        case 'u':
            break;
        default:
            fail("unknown escape");
        }
        std::uint32_t code = hex4();
        if (code >= 0xdc00 && code < 0xe000)
            fail("lone surrogate");
        if (code >= 0xd800 && code < 0xdc00) {
            if (m_text.substr(m_at, 2) != "\\u")
                fail("lone surrogate");
            m_at += 2;
            const std::uint32_t low = hex4();
            if (low < 0xdc00 || low >= 0xe000)
                fail("lone surrogate");
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
        appendUtf8(out, code);
    }

    std::string string() {
        expect('"');
        std::string out;
        while (true) {
            const char c = peek();
            ++m_at;
            if (c == '"') {
                if (!isUtf8(out))
                    fail("a string that is not UTF-8 ends here");
                return out;
            }
            if (static_cast<unsigned char>(c) < 0x20)
                fail("control character in a string");
            if (c == '\\')
                escape(out);
            else
                out += c;
        }
    }

    Json number() {
        const std::size_t start = m_at;
        bool isInteger = true;
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (c == '.' || c == 'e' || c == 'E')
                isInteger = false;
            else if (!((c >= '0' && c <= '9') || c == '-' || c == '+'))
                break;
            ++m_at;
        }
        const char* first = m_text.data() + start;
        const char* last = m_text.data() + m_at;
        if (first == last)
            fail("expected a value");
        if (!isJsonNumber({first, last}))
            fail("bad number");
        if (isInteger) {
            std::int64_t value = 0;
            const auto [end, code] = std::from_chars(first, last, value);
            if (code == std::errc{} && end == last)
                return Json(static_cast<long long>(value));
        }
        double value = 0;
        const auto [end, code] = std::from_chars(first, last, value);
        if (code != std::errc{} || end != last || !std::isfinite(value))
            fail("bad number");
        return Json(value);
    }

    std::string_view m_text;
    Json::ParseOptions m_options;
    std::size_t m_at = 0;
};

void writeString(std::string& out, const std::string& text) {
    const bool isText = isUtf8(text); // a file name may be anything, but the output must stay readable
    out += '"';
    for (const char c : text) {
        if (!isText && static_cast<unsigned char>(c) >= 0x80) {
            out += "\\ufffd";
        } else if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (static_cast<unsigned char>(c) < 0x20) {
            const char* digits = "0123456789abcdef";
            out += {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
        } else {
            out += c;
        }
    }
    out += '"';
}

void newLine(std::string& out, int indent, int depth) {
    if (indent < 0)
        return;
    out += '\n';
    out.append(static_cast<std::size_t>(indent * depth), ' ');
}

} // namespace

bool Json::asBool() const {
    if (!isBool())
        wrongType("true or false");
    return std::get<bool>(m_value);
}

double Json::asDouble() const {
    if (isInteger())
        return static_cast<double>(std::get<std::int64_t>(m_value));
    if (!isNumber())
        wrongType("a number");
    return std::get<double>(m_value);
}

std::int64_t Json::asInteger() const {
    if (isInteger())
        return std::get<std::int64_t>(m_value);
    const double value = asDouble();
    if (value != std::floor(value) || std::abs(value) > 9e15)
        wrongType("a whole number");
    return static_cast<std::int64_t>(value);
}

const std::string& Json::asString() const {
    if (!isString())
        wrongType("a string");
    return std::get<std::string>(m_value);
}

const Json::Array& Json::asArray() const {
    if (!isArray())
        wrongType("an array");
    return std::get<Array>(m_value);
}

const Json::Object& Json::asObject() const {
    if (!isObject())
        wrongType("an object");
    return std::get<Object>(m_value);
}

Json::Array& Json::asArray() {
    if (!isArray())
        wrongType("an array");
    return std::get<Array>(m_value);
}

Json::Object& Json::asObject() {
    if (!isObject())
        wrongType("an object");
    return std::get<Object>(m_value);
}

const Json* Json::find(std::string_view key) const {
    if (!isObject())
        return nullptr;
    for (const auto& [name, value] : std::get<Object>(m_value))
        if (name == key)
            return &value;
    return nullptr;
}

const Json& Json::at(std::string_view key) const {
    if (const Json* value = find(key))
        return *value;
    throw Failure(ErrorCode::InvalidArgument, cat("JSON: the member '", key, "' is missing"));
}

Json& Json::set(std::string key, Json value) {
    if (isNull())
        m_value = Object{};
    for (auto& [name, old] : asObject())
        if (name == key) {
            old = std::move(value);
            return *this;
        }
    asObject().emplace_back(std::move(key), std::move(value));
    return *this;
}

Json& Json::append(Json value) {
    if (isNull())
        m_value = Array{};
    asArray().push_back(std::move(value));
    return *this;
}

Json Json::parse(std::string_view text, ParseOptions options) {
    return Parser(text, options).document();
}

std::string Json::dump(int indent) const {
    std::string out;
    write(out, indent, 0);
    return out;
}

void Json::write(std::string& out, int indent, int depth) const {
    if (isNull()) {
        out += "null";
    } else if (isBool()) {
        out += std::get<bool>(m_value) ? "true" : "false";
    } else if (isInteger()) {
        out += std::to_string(std::get<std::int64_t>(m_value));
    } else if (isNumber()) {
        const double value = std::get<double>(m_value);
        char buffer[32];
        const auto [end, code] = std::to_chars(buffer, buffer + sizeof(buffer), value);
        out += std::isfinite(value) ? std::string(buffer, end) : "null";
        if (code == std::errc{} && std::isfinite(value) &&
            std::string_view(buffer, end).find_first_of(".e") == std::string_view::npos)
            out += ".0";
    } else if (isString()) {
        writeString(out, std::get<std::string>(m_value));
    } else if (isArray()) {
        const Array& items = std::get<Array>(m_value);
        out += '[';
        for (std::size_t i = 0; i < items.size(); ++i) {
            out += i ? (indent < 0 ? "," : ", ") : "";
            items[i].write(out, items[i].isArray() || items[i].isObject() ? indent : -1, depth + 1);
        }
        out += ']';
    } else {
        const Object& members = std::get<Object>(m_value);
        out += '{';
        for (std::size_t i = 0; i < members.size(); ++i) {
            out += i ? "," : "";
            newLine(out, indent, depth + 1);
            writeString(out, members[i].first);
            out += indent < 0 ? ":" : ": ";
            members[i].second.write(out, indent, depth + 1);
        }
        if (!members.empty())
            newLine(out, indent, depth);
        out += '}';
    }
}

} // namespace cameo
