// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/safetensors.h"

#include "core/checkpoint/refuse.h"
#include "core/checkpoint/tensor_encoding.h"
#include "core/checkpoint/utf8.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace cameo::checkpoint {
namespace {

static_assert(std::endian::native == std::endian::little,
              "model files are little-endian and mapped as they are");

constexpr std::uint64_t maxHeader = 100'000'000;
constexpr std::size_t maxMetadata = 2'000'000;
constexpr std::size_t maxEntry = 4096;

std::optional<DType> dtypeFromName(std::string_view name) {
    constexpr std::pair<std::string_view, DType> names[] = {
        {"F64", DType::F64}, {"F32", DType::F32},  {"F16", DType::F16}, {"BF16", DType::BF16},
        {"I64", DType::I64}, {"I32", DType::I32},  {"I16", DType::I16}, {"I8", DType::I8},
        {"U8", DType::U8},   {"BOOL", DType::Bool}};
    for (const auto& [text, type] : names)
        if (text == name)
            return type;
    return std::nullopt;
}

const char* safetensorsName(DType type) {
    switch (type) {
    case DType::F32:
        return "F32";
    case DType::F16:
        return "F16";
    case DType::BF16:
        return "BF16";
    default:
        return nullptr;
    }
}

/// Cuts the header's top-level object into members without building a tree: a tree of a hostile header would
/// take many times its size. Nesting is counted, not recursed into.
class HeaderScanner {
  public:
    HeaderScanner(std::string_view text, const std::string& file) : m_text(text), m_file(file) {
        skipSpace();
        take('{');
        skipSpace();
        m_done = peek() == '}';
    }

    /// Next member as raw JSON text of key and value.
    bool next(std::string_view& key, std::string_view& value) {
        if (m_done) {
            take('}');
            skipSpace();
            if (m_at != m_text.size())
                refuse(m_file, "text follows the safetensors header's object");
            return false;
        }
        skipSpace();
        key = string();
        skipSpace();
        take(':');
        skipSpace();
        value = valueText();
        skipSpace();
        m_done = peek() == '}';
        if (!m_done)
            take(',');
        return true;
    }

  private:
    char peek() const {
        if (m_at >= m_text.size())
            refuse(m_file, "the safetensors header is not complete JSON");
        return m_text[m_at];
    }
    void take(char c) {
        if (peek() != c)
            refuse(m_file, "the safetensors header is not JSON (byte ", m_at, ": expected '", c, "')");
        ++m_at;
    }
    void skipSpace() {
        while (m_at < m_text.size() && std::strchr(" \t\r\n", m_text[m_at]) && m_text[m_at] != 0)
            ++m_at;
    }
    std::string_view string() {
        const std::size_t start = m_at;
        take('"');
        while (peek() != '"')
            m_at += m_text[m_at] == '\\' ? 2 : 1;
        ++m_at;
        return m_text.substr(start, m_at - start);
    }
    std::string_view valueText() {
        const std::size_t start = m_at;
        for (long depth = 0;;) {
            const char c = peek();
            if (c == '"') {
                string();
                continue;
            }
            if (depth == 0 && (c == ',' || c == '}' || c == ']'))
                return m_text.substr(start, m_at - start);
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
            ++m_at;
        }
    }

    std::string_view m_text;
    const std::string& m_file;
    std::size_t m_at = 0;
    bool m_done = false;
};

Json parseText(std::string_view text, const std::string& file) {
    try {
        return Json::parse(text, {.maxDepth = 8});
    } catch (const Failure& failure) {
        refuse(file, "the safetensors header is damaged: ", failure.error().message);
    }
}

struct Extent {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string name;
};

class Reader {
  public:
    Reader(const Bytes& data, const std::string& file) : m_data(data), m_file(file) {}

    void member(const std::string& name, std::string_view value) {
        if (name == "__metadata__")
            return metadata(value);
        if (name.empty() || name.size() > maxNameLength)
            refuse(m_file, "a tensor name has ", name.size(), " bytes (allowed: 1 to ", maxNameLength, ")");
        if (m_tensors.size() >= maxTensors)
            refuse(m_file, "it holds more than ", maxTensors, " tensors, which no generator does");
        if (value.size() > maxEntry)
            refuse(m_file, "the header entry of '", printable(name), "' is too long");
        const Json entry = parseText(value, m_file);
        try {
            tensor(name, entry);
        } catch (const Failure& failure) {
            if (failure.error().code != ErrorCode::InvalidArgument) // what Json throws on a wrong type
                throw;
            refuse(m_file, "tensor '", printable(name), "': ", failure.error().message);
        }
    }

    /// No holes, no overlap, nothing left over.
    void checkExtents() {
        std::sort(m_extents.begin(), m_extents.end(), [](const Extent& a, const Extent& b) {
            return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
        });
        std::size_t at = 0;
        for (const Extent& extent : m_extents) {
            if (extent.begin != at)
                refuse(m_file, "the data of tensor '", printable(extent.name), "' ",
                       extent.begin < at ? "overlaps another tensor" : "leaves a hole before it");
            at = extent.end;
        }
        if (at != m_data.size())
            refuse(m_file, "it holds ", m_data.size(), " data bytes, its tensors ", at);
    }

    TensorMap takeTensors() { return std::move(m_tensors); }
    Json takeMetadata() { return std::move(m_metadata); }

  private:
    void metadata(std::string_view value) {
        if (value.size() > maxMetadata || m_hasMetadata)
            refuse(m_file, "its metadata is ", m_hasMetadata ? "there twice" : "too large");
        m_hasMetadata = true;
        m_metadata = parseText(value, m_file);
        if (!m_metadata.isObject())
            refuse(m_file, "its metadata is not an object");
        for (const auto& [key, text] : m_metadata.asObject())
            if (!text.isString())
                refuse(m_file, "its metadata '", printable(key), "' is not a string");
    }

    void tensor(const std::string& name, const Json& entry) {
        TensorRecord record;
        const std::string& typeName = entry.at("dtype").asString();
        const std::optional<DType> type = dtypeFromName(typeName);
        if (!type)
            refuse(m_file, "tensor '", printable(name), "' has the unknown type '", printable(typeName), "'");
        record.dtype = *type;
        for (const Json& side : entry.at("shape").asArray())
            record.shape.push_back(side.asInteger());
        record.strides = contiguousStrides(record.shape);
        const Json::Array& offsets = entry.at("data_offsets").asArray();
        if (offsets.size() != 2 || entry.asObject().size() != 3)
            refuse(m_file, "the header entry of '", printable(name), "' has an unknown form");
        const std::int64_t begin = offsets[0].asInteger();
        const std::int64_t end = offsets[1].asInteger();
        if (begin < 0 || end < begin || static_cast<std::uint64_t>(end) > m_data.size())
            refuse(m_file, "tensor '", printable(name), "' lies at bytes ", begin, " to ", end, " of ",
                   m_data.size(), ". The file is damaged or not complete");
        record.storage = m_data.part(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
        if (const std::string problem = invariantProblem(record); !problem.empty())
            refuse(m_file, "tensor '", printable(name), "': ", problem);
        if (record.elementCount() * itemSize(record.dtype) != record.storage.size())
            refuse(m_file, "tensor '", printable(name), "' of shape ", shapeText(record.shape), " has ",
                   record.storage.size(), " bytes");
        m_extents.push_back({static_cast<std::size_t>(begin), static_cast<std::size_t>(end), name});
        if (!m_tensors.emplace(name, std::move(record)).second)
            refuse(m_file, "tensor '", printable(name), "' is there twice");
    }

    const Bytes& m_data;
    const std::string& m_file;
    TensorMap m_tensors;
    std::vector<Extent> m_extents;
    Json m_metadata = Json::object();
    bool m_hasMetadata = false;
};

std::uint64_t headerLength(std::span<const std::byte> bytes) {
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof(length));
    return length;
}

} // namespace

bool looksLikeSafetensors(std::span<const std::byte> bytes) {
    return bytes.size() >= 9 && bytes[8] == std::byte{'{'} && headerLength(bytes) <= maxHeader;
}

FileContents readSafetensors(const Bytes& bytes, const std::string& file) {
    if (bytes.size() < 8 || headerLength(bytes.view) > maxHeader)
        refuse(file, "it has no safetensors header");
    const std::uint64_t length = headerLength(bytes.view);
    if (length > bytes.size() - 8)
        refuse(file, "its safetensors header announces ", length, " bytes, but the file ends after ",
               bytes.size() - 8, ". The file is not complete");
    const std::string_view header(reinterpret_cast<const char*>(bytes.view.data()) + 8, length);
    if (!isUtf8(header))
        refuse(file, "its safetensors header is not UTF-8 text");
    const Bytes data = bytes.part(8 + length, bytes.size() - 8 - length);
    Reader reader(data, file);
    HeaderScanner scanner(header, file);
    for (std::string_view key, value; scanner.next(key, value);) {
        if (key.size() > 8 * maxNameLength)
            refuse(file, "a tensor name is too long");
        reader.member(parseText(key, file).asString(), value);
    }
    reader.checkExtents();
    FileContents contents;
    contents.container = Container::Safetensors;
    contents.metadata = reader.takeMetadata();
    TensorMap tensors = reader.takeTensors();
    if (tensors.size() > 1) // rosinality's mean of W lies beside the networks
        if (const auto node = tensors.extract("latent_avg"); !node.empty())
            contents.latentAverage = node.mapped();
    contents.networks = splitRoles(std::move(tensors));
    return contents;
}

namespace {

std::string headerText(const TensorMap& tensors, DType type,
                       const std::map<std::string, std::string>& metadata) {
    Json header = Json::object();
    if (!metadata.empty()) {
        Json::Object members;
        for (const auto& [key, value] : metadata)
            members.emplace_back(key, Json(value));
        header.set("__metadata__", Json(std::move(members)));
    }
    std::size_t at = 0;
    for (const auto& [name, record] : tensors) {
        const std::size_t size = record.elementCount() * itemSize(type);
        Json shape = Json::array();
        for (const long side : record.shape)
            shape.append(side);
        header.set(name, Json::object({{"dtype", safetensorsName(type)},
                                       {"shape", shape},
                                       {"data_offsets", Json::array({at, at + size})}}));
        at += size;
    }
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');
    return text;
}

} // namespace

void writeSafetensors(const std::filesystem::path& file, const TensorMap& tensors, DType dtype,
                      const std::map<std::string, std::string>& metadata) {
    if (!safetensorsName(dtype))
        throw Failure(ErrorCode::InvalidArgument, cat("Tensors cannot be written as ", dtypeName(dtype)),
                      "Use float32, float16 or bfloat16");
    const std::string header = headerText(tensors, dtype, metadata);
    const std::uint64_t length = header.size();
    writeFileAtomically(file, [&](const auto& append) {
        append(std::as_bytes(std::span(&length, 1)));
        append(std::as_bytes(std::span(header)));
        for (const auto& [name, record] : tensors)
            append(encoded(name, record, dtype));
    });
}

} // namespace cameo::checkpoint
