// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/torch_zip_writer.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/zip_writer.h"
#include "core/checkpoint/tensor_encoding.h"

#include <limits>
#include <string_view>

namespace cameo::checkpoint {
namespace {

/// The folder within the archive. torch takes any; a fixed one keeps the bytes independent of the file's
/// name.
constexpr std::string_view kRoot = "archive/";

struct StoredTensor {
    std::string name;
    const TensorRecord* record = nullptr;
};

const char* storageType(DType type) {
    switch (type) {
    case DType::F32:
        return "FloatStorage";
    case DType::F16:
        return "HalfStorage";
    case DType::BF16:
        return "BFloat16Storage";
    default:
        throw Failure(ErrorCode::InvalidArgument, cat("Tensors cannot be written as ", dtypeName(type)),
                      "Use float32, float16 or bfloat16");
    }
}

/// Opcodes of protocol 2, as Python's pickletools names them.
class Pickle {
  public:
    Pickle() { m_out = "\x80\x02"; } // PROTO 2

    Pickle& code(char opcode) {
        m_out += opcode;
        return *this;
    }
    Pickle& text(std::string_view value) { // BINUNICODE
        code('X');
        number(static_cast<std::uint32_t>(value.size()), 4);
        m_out += value;
        return *this;
    }
    Pickle& integer(long value) {
        if (value < 0 || value > std::numeric_limits<std::int32_t>::max())
            throw Failure(ErrorCode::InvalidArgument, cat("A tensor has ", value, " elements, too many"));
        if (value < 256)
            return code('K').number(static_cast<std::uint32_t>(value), 1); // BININT1
        return code('J').number(static_cast<std::uint32_t>(value), 4);     // BININT
    }
    Pickle& global(std::string_view module, std::string_view name) {
        code('c');
        m_out += cat(module, "\n", name, "\n");
        return *this;
    }
    Pickle& integers(const std::vector<long>& values) {
        code('(');
        for (const long value : values)
            integer(value);
        return code('t');
    }
    Pickle& orderedDictionary() { return global("collections", "OrderedDict").code(')').code('R'); }
    std::string take() { return std::move(code('.').m_out); }

  private:
    Pickle& number(std::uint32_t value, int bytes) {
        for (int byte = 0; byte < bytes; ++byte)
            m_out += static_cast<char>((value >> (8 * byte)) & 0xff);
        return *this;
    }
    std::string m_out;
};

/// The object's pickle; `stored` gets the tensors in the order of their storages' numbers.
class ObjectPickle {
  public:
    explicit ObjectPickle(DType type) : m_storageType(storageType(type)) {}

    std::string pickleOf(const TorchObject& object) {
        m_pickle.code('}').code('('); // EMPTY_DICT MARK
        for (const auto& [key, tensors] : object.networks) {
            m_pickle.text(key).orderedDictionary();
            if (tensors.empty())
                continue;
            m_pickle.code('(');
            for (const auto& [name, record] : tensors)
                tensor(name, record);
            m_pickle.code('u'); // SETITEMS
        }
        for (const auto& [name, record] : object.tensors)
            tensor(name, record);
        return m_pickle.code('u').take();
    }

    const std::vector<StoredTensor>& stored() const { return m_stored; }

  private:
    void tensor(const std::string& name, const TensorRecord& record) {
        m_pickle.text(name).global("torch._utils", "_rebuild_tensor_v2").code('(');
        m_pickle.code('(').text("storage").global("torch", m_storageType);
        m_pickle.text(std::to_string(m_stored.size())).text("cpu");
        m_pickle.integer(static_cast<long>(record.elementCount())).code('t').code('Q'); // TUPLE BINPERSID
        m_pickle.integer(0).integers(record.shape).integers(contiguousStrides(record.shape));
        m_pickle.code('\x89').orderedDictionary().code('t').code('R'); // NEWFALSE ... TUPLE REDUCE
        m_stored.push_back({name, &record});
    }

    const char* m_storageType;
    Pickle m_pickle;
    std::vector<StoredTensor> m_stored;
};

} // namespace

void writeTorchZip(const std::filesystem::path& file, const TorchObject& object, DType type) {
    ObjectPickle writer(type);
    const std::string pickle = writer.pickleOf(object);
    const auto bytesOf = [](std::string_view text) { return std::as_bytes(std::span(text)); };
    writeFileAtomically(file, [&](const auto& append) {
        // torch reads entries in place where their data lie on boundaries of 64 bytes.
        ZipWriter zip(append, {.alignment = 64, .advice = "Write it as float16 or as safetensors"});
        zip.add(cat(kRoot, "data.pkl"), bytesOf(pickle));
        zip.add(cat(kRoot, "byteorder"), bytesOf("little"));
        for (std::size_t i = 0; i < writer.stored().size(); ++i) {
            const StoredTensor& tensor = writer.stored()[i];
            zip.add(cat(kRoot, "data/", i), encoded(tensor.name, *tensor.record, type));
        }
        zip.add(cat(kRoot, "version"), bytesOf("3\n"));
        zip.finish();
    });
}

} // namespace cameo::checkpoint
