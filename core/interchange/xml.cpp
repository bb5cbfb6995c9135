// SPDX-License-Identifier: Apache-2.0
#include "core/interchange/xml.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <charconv>
#include <cstdint>

namespace cameo {
namespace {

constexpr int mostDepth = 64;

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void appendUtf8(std::uint32_t code, std::string& out) {
    const auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xc0 | code >> 6);
        add(0x80 | (code & 63));
    } else if (code < 0x10000) {
        add(0xe0 | code >> 12);
        add(0x80 | (code >> 6 & 63));
        add(0x80 | (code & 63));
    } else {
        add(0xf0 | code >> 18);
        add(0x80 | (code >> 12 & 63));
        add(0x80 | (code >> 6 & 63));
        add(0x80 | (code & 63));
    }
}

class Parser {
  public:
    explicit Parser(std::string_view text) : m_text(text) {}

    XmlElement document() {
        if (m_text.substr(m_at).starts_with("\xef\xbb\xbf"))
            m_at += 3;
        skipMisc();
        XmlElement root = element(0);
        skipMisc();
        if (m_at < m_text.size() && m_text.substr(m_at).find_first_not_of('\0') != std::string_view::npos)
            fail("there is something behind the root element");
        return root;
    }

  private:
    [[noreturn]] void fail(const char* why) const {
        throw Failure(ErrorCode::InvalidArgument, cat("XML at byte ", m_at, ": ", why));
    }

    bool take(std::string_view word) {
        if (!m_text.substr(m_at).starts_with(word))
            return false;
        m_at += word.size();
        return true;
    }

    void skipSpace() {
        while (m_at < m_text.size() && isSpace(m_text[m_at]))
            ++m_at;
    }

    /// Everything up to `end`, which is passed.
    std::string_view upTo(std::string_view end) {
        const auto found = m_text.find(end, m_at);
        if (found == std::string_view::npos)
            fail("it ends too early");
        const std::string_view part = m_text.substr(m_at, found - m_at);
        m_at = found + end.size();
        return part;
    }

    /// Comments, processing instructions and space.
    void skipMisc() {
        for (;;) {
            skipSpace();
            if (take("<?"))
                upTo("?>");
            else if (take("<!--"))
                upTo("-->");
            else
                return;
        }
    }

    std::string name() {
        const std::size_t start = m_at;
        while (m_at < m_text.size() && !isSpace(m_text[m_at]) &&
               std::string_view("<>/=\"'&").find(m_text[m_at]) == std::string_view::npos)
            ++m_at;
        if (m_at == start)
            fail("a name is expected");
        return std::string(m_text.substr(start, m_at - start));
    }

    void appendEntity(std::string_view entity, std::string& out) const {
        constexpr std::pair<std::string_view, char> known[] = {
            {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
        for (const auto& [word, character] : known)
            if (entity == word) {
                out += character;
                return;
            }
        if (!entity.starts_with('#'))
            fail("an unknown entity");
        entity.remove_prefix(1);
        const bool isHexadecimal = entity.starts_with('x');
        if (isHexadecimal)
            entity.remove_prefix(1);
        std::uint32_t code = 0;
        const char* end = entity.data() + entity.size();
        const auto [stop, error] = std::from_chars(entity.data(), end, code, isHexadecimal ? 16 : 10);
        if (error != std::errc() || stop != end || code == 0 || code > 0x10ffff ||
            (code >= 0xd800 && code < 0xe000))
            fail("a broken character reference");
        appendUtf8(code, out);
    }

    std::string resolved(std::string_view raw) const {
        std::string out;
        out.reserve(raw.size());
        for (std::size_t i = 0; i < raw.size(); ++i) {
            if (raw[i] != '&') {
                out += raw[i];
                continue;
            }
            const auto end = raw.find(';', i);
            if (end == std::string_view::npos || end - i > 12)
                fail("an entity without end");
            appendEntity(raw.substr(i + 1, end - i - 1), out);
            i = end;
        }
        return out;
    }

    void attributes(XmlElement& element) {
        for (;;) {
            skipSpace();
            if (m_at >= m_text.size())
                fail("it ends too early");
            if (m_text[m_at] == '>' || m_text[m_at] == '/')
                return;
            std::string key = name();
            skipSpace();
            if (!take("="))
                fail("'=' is expected");
            skipSpace();
            const bool isDouble = take("\"");
            if (!isDouble && !take("'"))
                fail("a quote is expected");
            element.attributes.emplace_back(std::move(key), resolved(upTo(isDouble ? "\"" : "'")));
        }
    }

    XmlElement element(int depth) {
        if (depth > mostDepth)
            fail("elements lie too deep in each other");
        if (take("<!"))
            fail("document types are not supported");
        if (!take("<"))
            fail("an element is expected");
        XmlElement made;
        made.name = name();
        attributes(made);
        if (take("/>"))
            return made;
        if (!take(">"))
            fail("'>' is expected");
        content(made, depth);
        return made;
    }

    void content(XmlElement& parent, int depth) {
        for (;;) {
            const auto next = m_text.find('<', m_at);
            if (next == std::string_view::npos)
                fail("it ends too early");
            parent.text += resolved(m_text.substr(m_at, next - m_at));
            m_at = next;
            if (take("</")) {
                if (name() != parent.name)
                    fail("another element is closed than was opened");
                skipSpace();
                if (!take(">"))
                    fail("'>' is expected");
                return;
            }
            if (take("<!--"))
                upTo("-->");
            else if (take("<![CDATA["))
                parent.text += upTo("]]>");
            else if (take("<?"))
                upTo("?>");
            else
                parent.children.push_back(element(depth + 1));
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

} // namespace

const std::string* XmlElement::attribute(std::string_view key) const {
    for (const auto& [found, value] : attributes)
        if (found == key)
            return &value;
    return nullptr;
}

XmlElement parseXml(std::string_view text) {
    return Parser(text).document();
}

std::string xmlEscaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const std::string_view rest = text.substr(i, 3);
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else if (c == '\n' || c == '\t' || c == '\r')
            out += cat("&#", static_cast<int>(c), ';'); // else an attribute would turn them into spaces
        else if (static_cast<unsigned char>(c) < 0x20)
            out += ' ';
        else if (rest == "\xef\xbf\xbe" || rest == "\xef\xbf\xbf") { // U+FFFE and U+FFFF are no characters
            out += ' ';
            i += 2;
        } else
            out += c;
    }
    return out;
}

} // namespace cameo
