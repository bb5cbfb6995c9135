// SPDX-License-Identifier: Apache-2.0
// What the chunks of a PNG say. PNG specification, third edition, sections 5.3 and 11.
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/interchange/readers.h"
#include "core/interchange/xmp.h"

#include <zlib.h>

namespace cameo {
namespace {

constexpr std::size_t longestText = std::size_t{64} << 20;
constexpr std::size_t frame = 12;                  // length, type and checksum of a chunk
constexpr const char* oldKeyword = "cameo-recipe"; // of `cameo edit`

std::uint32_t number(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char c : bytes.substr(0, 4))
        value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

/// The text, or nothing when it is damaged or unpacks to more than anybody needs.
std::string unpacked(std::string_view packed) {
    std::string out;
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK)
        return {};
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    int code = Z_OK;
    while (code == Z_OK && out.size() <= longestText) {
        char part[16384];
        stream.next_out = reinterpret_cast<Bytef*>(part);
        stream.avail_out = sizeof(part);
        code = ::inflate(&stream, Z_NO_FLUSH);
        out.append(part, sizeof(part) - stream.avail_out);
    }
    inflateEnd(&stream);
    return code == Z_STREAM_END && out.size() <= longestText ? out : std::string();
}

/// iTXt: keyword, 0, compressed or not, method, language, 0, translated keyword, 0, text.
void readText(std::string_view chunk, LayeredFileInfo& out) {
    const auto takeWord = [&chunk] {
        const std::string_view word = chunk.substr(0, chunk.find('\0'));
        chunk.remove_prefix(std::min(chunk.size(), word.size() + 1));
        return word;
    };
    const std::string_view keyword = takeWord();
    const bool isRecipe = keyword == recipeKeyword || keyword == oldKeyword;
    if ((!isRecipe && keyword != xmpKeyword) || chunk.size() < 2)
        return;
    const bool isPacked = chunk[0] == 1;
    chunk.remove_prefix(2);
    takeWord();
    takeWord();
    const std::string text = isPacked ? unpacked(chunk) : std::string(chunk);
    if (isRecipe) {
        out.recipe = text;
        return;
    }
    const XmpContent xmp = readXmp(text);
    out.provenance = xmp.provenance;
    if (out.recipe.empty())
        out.recipe = xmp.recipe;
}

} // namespace

LayeredFileInfo pngInfo(const Bytes& bytes, const std::string& file) {
    std::string_view rest(reinterpret_cast<const char*>(bytes.view.data()), bytes.size());
    constexpr std::size_t signature = 8, headSize = 13;
    LayeredFileInfo out{.format = "png"};
    if (rest.size() < signature + frame + headSize || rest.substr(12, 4) != "IHDR")
        throw Failure(ErrorCode::BadImage, cat("'", file, "' holds a damaged PNG picture: it ends too early"),
                      "Save or copy the file again");
    out.width = static_cast<int>(number(rest.substr(16)) & 0x7fffffff);
    out.height = static_cast<int>(number(rest.substr(20)) & 0x7fffffff);
    out.bits = static_cast<unsigned char>(rest[24]);
    rest.remove_prefix(signature);
    while (rest.size() >= frame) {
        const std::size_t length = number(rest);
        if (length > rest.size() - frame)
            break; // the pixels' reader says what is wrong
        const std::string_view type = rest.substr(4, 4), chunk = rest.substr(8, length);
        if (type == "iTXt")
            readText(chunk, out);
        else if (type == "pHYs" && length == 9 && chunk[8] == 1 && number(chunk) > 0)
            out.resolution = number(chunk) * 0.0254;
        rest.remove_prefix(frame + length);
    }
    return out;
}

} // namespace cameo
