// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.h"

#include "core/base/error.h"

#include <algorithm>
#include <numeric>

namespace cameo {

const char* errorCodeName(ErrorCode code) {
    switch (code) {
    case ErrorCode::Internal:
        return "internal";
    case ErrorCode::InvalidArgument:
        return "invalid-argument";
    case ErrorCode::NotFound:
        return "not-found";
    case ErrorCode::Io:
        return "io";
    case ErrorCode::BadCheckpoint:
        return "bad-checkpoint";
    case ErrorCode::UnsupportedModel:
        return "unsupported-model";
    case ErrorCode::BadImage:
        return "bad-image";
    case ErrorCode::OutOfMemory:
        return "out-of-memory";
    case ErrorCode::Device:
        return "device";
    case ErrorCode::Cancelled:
        return "cancelled";
    case ErrorCode::Superseded:
        return "superseded";
    }
    return "internal";
}

std::string shapeText(const std::vector<long>& shape) {
    std::string out = "[";
    for (std::size_t i = 0; i < shape.size(); ++i)
        out += (i ? ", " : "") + std::to_string(shape[i]);
    return out + "]";
}

namespace {

std::size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row[b.size()];
}

} // namespace

std::optional<std::string> nearestWord(std::string_view word, const std::vector<std::string>& candidates) {
    std::size_t best = std::max<std::size_t>(2, word.size() / 3) + 1;
    std::optional<std::string> found;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = editDistance(word, candidate);
        if (distance < best) {
            best = distance;
            found = candidate;
        }
    }
    return found;
}

std::string byteCountText(unsigned long long bytes) {
    const char* units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double value = static_cast<double>(bytes);
    int unit = 0;
    while (value >= 1000 && unit < 4) {
        value /= 1000;
        ++unit;
    }
    std::ostringstream out;
    out.precision(unit == 0 ? 15 : 3);
    out << value << ' ' << units[unit];
    return out.str();
}

std::string printable(std::string_view text, std::size_t limit) {
    static const char* digits = "0123456789abcdef";
    std::string out;
    for (const char raw : text) {
        if (out.size() >= limit)
            return out + "...";
        const auto byte = static_cast<unsigned char>(raw);
        if (byte >= 0x20 && byte < 0x7f)
            out += raw;
        else
            out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

bool isUtf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80       ? 1
                                   : lead >> 5 == 6  ? 2
                                   : lead >> 4 == 14 ? 3
                                   : lead >> 3 == 30 ? 4
                                                     : 0;
        if (length == 0 || text.size() - i < length)
            return false;
        std::uint32_t code = length == 1 ? lead : lead & (0x7fu >> length);
        for (std::size_t k = 1; k < length; ++k) {
            const auto byte = static_cast<unsigned char>(text[i + k]);
            if (byte >> 6 != 2)
                return false;
            code = code << 6 | (byte & 63u);
        }
        constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
        if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
            return false;
        i += length;
    }
    return true;
}

} // namespace cameo
