// SPDX-License-Identifier: Apache-2.0
// Small text helpers for messages. Any thread.
#pragma once

#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace cameo {

/// Concatenates anything that can be streamed.
template <typename... Parts>
std::string cat(const Parts&... parts) {
    std::ostringstream out;
    (out << ... << parts);
    return out.str();
}

/// "[3, 64, 64]" for shapes in messages.
std::string shapeText(const std::vector<long>& shape);

/// The candidate nearest to `word` (edit distance at most a third of its length, at least 2), for "did you
/// mean".
std::optional<std::string> nearestWord(std::string_view word, const std::vector<std::string>& candidates);

/// "1.5 MB" in powers of 1000.
std::string byteCountText(unsigned long long bytes);

/// Bytes of foreign files made safe for a terminal: printable ASCII, the rest as \xNN, cut at `limit`
/// characters.
std::string printable(std::string_view text, std::size_t limit = 80);

/// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool isUtf8(std::string_view text);

} // namespace cameo
