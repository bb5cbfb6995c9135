// SPDX-License-Identifier: Apache-2.0
// UTF-8 in foreign files: whether bytes are well-formed (no overlong forms, no surrogates), and cutting. Any
// thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace cameo::checkpoint {

inline bool isUtf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<std::uint8_t>(text[i++]);
        if (first < 0x80)
            continue;
        const int following = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        if (first < 0xc2 || first > 0xf4 || text.size() - i < static_cast<std::size_t>(following))
            return false;
        std::uint32_t code = first & (0x3fU >> following);
        for (int k = 0; k < following; ++k) {
            const auto next = static_cast<std::uint8_t>(text[i++]);
            if ((next & 0xc0U) != 0x80)
                return false;
            code = (code << 6) | (next & 0x3fU);
        }
        const std::uint32_t smallest = following == 1 ? 0x80 : following == 2 ? 0x800 : 0x10000;
        if (code < smallest || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
            return false;
    }
    return true;
}

/// At most `limit` bytes of well-formed UTF-8, cut between characters.
inline std::string_view utf8Prefix(std::string_view text, std::size_t limit) {
    if (text.size() <= limit)
        return text;
    while (limit > 0 && (static_cast<std::uint8_t>(text[limit]) & 0xc0U) == 0x80)
        --limit;
    return text.substr(0, limit);
}

} // namespace cameo::checkpoint
