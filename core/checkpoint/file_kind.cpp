// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/file_kind.h"

#include "core/base/text.h"
#include "core/checkpoint/safetensors.h"

#include <algorithm>
#include <cctype>
#include <cstring>

namespace cameo::checkpoint {
namespace {

using Span = std::span<const std::byte>;

std::string_view asText(Span bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool beginsWith(Span bytes, std::string_view magic) {
    return asText(bytes).starts_with(magic);
}

constexpr std::string_view zipMagic{"PK\x03\x04", 4};
constexpr std::string_view legacyMagic{"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e", 15};

struct Signature {
    std::string_view magic;
    const char* looksLike;
    const char* advice;
};

constexpr const char* unpack = "Unpack it first and open the model file inside";
constexpr const char* wrongFile = "Choose the model file itself";

constexpr Signature signatures[] = {
    {"version https://git-lfs", "a Git LFS pointer, a short text that stands for the real file",
     "Fetch the real file with 'git lfs pull' or through the web page's download button"},
    {{"\x1f\x8b", 2}, "gzip-compressed data", unpack},
    {{"x\x9c", 2}, "zlib-compressed data", unpack},
    {{"\x28\xb5\x2f\xfd", 4}, "zstd-compressed data", unpack},
    {{"\xfd"
      "7zXZ",
      5},
     "xz-compressed data",
     unpack},
    {{"7z\xbc\xaf\x27\x1c", 6}, "a 7-zip archive", unpack},
    {{"Rar!", 4}, "a RAR archive", unpack},
    {{"\x89PNG", 4}, "a PNG picture", wrongFile},
    {{"\xff\xd8\xff", 3}, "a JPEG picture", wrongFile},
    {{"GIF8", 4}, "a GIF picture", wrongFile},
    {{"%PDF", 4}, "a PDF document", wrongFile},
    {{"\x89HDF", 4}, "an HDF5 file (Keras)", "Cameo reads PyTorch, TensorFlow .pkl and safetensors models"},
    {{"GGUF", 4}, "a GGUF language model", wrongFile},
    {{"\x7f"
      "ELF",
      4},
     "a program (ELF)",
     wrongFile},
    {{"\x08\x07\x12", 3}, "an ONNX model", "Cameo reads PyTorch, TensorFlow .pkl and safetensors models"},
    {{"\x93NUMPY", 6}, "a NumPy array (.npy)", wrongFile},
};

std::string lowerStart(Span bytes) {
    std::string text(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 512));
    text.erase(0, text.find_first_not_of("\xef\xbb\xbf \t\r\n"));
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool looksLikeText(Span bytes) {
    const Span start = bytes.first(std::min<std::size_t>(bytes.size(), 512));
    return std::all_of(start.begin(), start.end(), [](std::byte b) {
        const auto c = static_cast<unsigned char>(b);
        return c == '\n' || c == '\r' || c == '\t' || (c >= 0x20 && c != 0x7f);
    });
}

std::string startText(Span bytes, std::size_t count) {
    return printable(asText(bytes).substr(0, count));
}

/// A plausible u64 at the start, as in safetensors: small, not zero, and the file is longer.
bool hasHeaderLength(Span bytes) {
    std::uint64_t length = 0;
    if (bytes.size() <= sizeof(length))
        return false;
    std::memcpy(&length, bytes.data(), sizeof(length));
    return length >= 2 && length <= bytes.size() - sizeof(length);
}

} // namespace

FileKind sniff(Span bytes) {
    if (beginsWith(bytes, zipMagic) || beginsWith(bytes, {"PK\x05\x06", 4}))
        return FileKind::TorchZip;
    if (beginsWith(bytes, legacyMagic))
        return FileKind::TorchLegacy;
    // Before pickle: a safetensors header of 640 bytes begins with 80 02 as well.
    if (looksLikeSafetensors(bytes))
        return FileKind::Safetensors;
    const bool isCutLegacy = bytes.size() < legacyMagic.size() && legacyMagic.starts_with(asText(bytes));
    if (bytes.size() >= 2 && bytes[0] == std::byte{0x80} && bytes[1] >= std::byte{2} &&
        bytes[1] <= std::byte{5} && !isCutLegacy)
        return FileKind::Pickle;
    return FileKind::Unknown;
}

ForeignFile describeForeign(Span bytes) {
    const char* expected =
        "Cameo opens StyleGAN2 models: NVIDIA and TensorFlow .pkl, PyTorch .pt, .safetensors";
    if (bytes.empty())
        return {"empty", "The download or copy did not finish: fetch it again"};
    for (const Signature& signature : signatures)
        if (beginsWith(bytes, signature.magic))
            return {signature.looksLike, signature.advice};
    const std::string start = lowerStart(bytes);
    if (start.starts_with("<!doc") || start.starts_with("<html") || start.starts_with("<head") ||
        start.starts_with("<?xml"))
        return {"a web page, not a model",
                "The download link led to a page (a quota or sign-in notice, perhaps): open "
                "it in a browser and save the file itself"};
    if (bytes.size() >= 2 && bytes[0] == std::byte{0x80} && bytes[1] > std::byte{5} &&
        bytes[1] < std::byte{0x80})
        return {cat("a pickle of the unknown protocol ", static_cast<int>(bytes[1])), expected};
    if (bytes[0] != std::byte{0x80} && looksLikeText(bytes))
        return {cat("text (\"", startText(bytes, 40), "\")"), expected};
    if (hasHeaderLength(bytes))
        return {"like safetensors, but its header is not a JSON object", "Fetch or export the file again"};
    if (bytes.size() < 16)
        return {cat("cut off after ", bytes.size(), bytes.size() == 1 ? " byte" : " bytes"),
                "Fetch it again"};
    if (std::all_of(bytes.begin(), bytes.begin() + 16, [](std::byte b) { return b == std::byte{0}; }))
        return {"zeros at its start, as after a broken download", "Fetch it again"};
    return {cat("of an unknown format (it begins with \"", startText(bytes, 8), "\")"), expected};
}

} // namespace cameo::checkpoint
