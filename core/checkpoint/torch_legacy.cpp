// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/torch_legacy.h"

#include "core/checkpoint/refuse.h"
#include "core/checkpoint/torch_roles.h"

#include <cstring>

namespace cameo::checkpoint {
namespace {

using pickle::Kind;
using pickle::Value;

// Pickle 0: the number 0x1950a86a20f9469cfc6c.
constexpr std::string_view magic{"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e", 15};

class LegacyFile {
  public:
    LegacyFile(const Bytes& bytes, const std::string& file, pickle::Budget& budget)
        : m_bytes(bytes), m_file(file), m_budget(budget), m_object(readParts()) {
        readStorages();
    }

    const Value& object() const { return m_object; }

    TorchStorage storage(const Value& persistent) const {
        const StorageReference reference = storageReference(persistent, m_file);
        const auto found = m_storages.find(reference.key);
        if (found == m_storages.end())
            refuse(m_file, "the storage '", printable(reference.key), "' that a tensor needs is missing");
        const Stored& stored = found->second;
        const std::size_t item = itemSize(reference.dtype);
        if (reference.count != stored.count)
            refuse(m_file, "the storage '", printable(reference.key), "' has ", stored.count,
                   " elements, but a tensor expects ", reference.count);
        const Bytes bytes = m_bytes.part(stored.begin, stored.count * item);
        return {reference.view.isNone() ? bytes : view(bytes, item, reference), reference.dtype};
    }

  private:
    struct Stored {
        std::size_t begin = 0;
        std::uint64_t count = 0;
    };

    Value readPart(const char* what, bool allowPersistent = false) {
        const pickle::Document document = pickle::read(
            m_bytes, m_at,
            {.file = m_file, .budget = m_budget, .allowPersistent = allowPersistent, .what = what});
        m_at = document.end;
        return document.root;
    }

    Value readParts() {
        if (m_bytes.size() < magic.size() ||
            std::memcmp(m_bytes.view.data(), magic.data(), magic.size()) != 0)
            refuse(m_file, "a torch file does not begin as torch files do");
        m_at = magic.size();
        if (const Value version = readPart("protocol version");
            !version.isInteger() || version.integer() != 1001)
            refuse(m_file, "a torch file has an unknown protocol version, expected 1001");
        const Value system = readPart("system description");
        if (!system.has("little_endian") || !system.find("little_endian").boolean())
            refuse(m_file, "a torch file was written on a big-endian machine, which Cameo does not read");
        return readPart("object", true);
    }

    /// Where each storage lies: int64 count, then the elements, in the order of the key list. The element
    /// size is only known from the tensors, so the keys are matched with the references of the object pickle
    /// first.
    void readStorages() {
        const Value keys = readPart("key list");
        if (keys.kind() != Kind::List)
            refuse(m_file, "a torch file has no list of storages");
        const std::map<std::string, DType> types = referencedTypes();
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const std::string key(keys.item(i).text());
            const auto type = types.find(key);
            if (type == types.end())
                refuse(m_file, "its storage '", printable(key), "' belongs to no tensor");
            if (m_bytes.size() - m_at < sizeof(std::uint64_t))
                refuse(m_file, "it ends before the storage '", printable(key), "'. The file is not complete");
            Stored stored;
            std::memcpy(&stored.count, m_bytes.view.data() + m_at, sizeof(stored.count));
            stored.begin = m_at + sizeof(stored.count);
            if (stored.count > (m_bytes.size() - stored.begin) / itemSize(type->second))
                refuse(m_file, "it ends within the storage '", printable(key), "' of ", stored.count,
                       " elements. The file is not complete");
            m_at = stored.begin + stored.count * itemSize(type->second);
            if (!m_storages.emplace(key, stored).second)
                refuse(m_file, "its storage '", printable(key), "' is there twice");
        }
    }

    std::map<std::string, DType> referencedTypes() const {
        std::map<std::string, DType> types;
        for (const Value& persistent : m_object.persistents()) {
            const StorageReference reference = storageReference(persistent, m_file);
            if (!types.emplace(reference.key, reference.dtype).second &&
                types[reference.key] != reference.dtype)
                refuse(m_file, "the storage '", printable(reference.key), "' has two types");
        }
        return types;
    }

    /// Very old files: (key of the view, first element, number of elements).
    Bytes view(const Bytes& bytes, std::size_t item, const StorageReference& reference) const {
        const Value offset = reference.view.itemOrNone(1);
        const Value count = reference.view.itemOrNone(2);
        const std::size_t available = bytes.size() / item;
        if (!offset.isInteger() || !count.isInteger() || offset.integer() < 0 || count.integer() < 0 ||
            static_cast<std::size_t>(offset.integer()) > available ||
            static_cast<std::size_t>(count.integer()) >
                available - static_cast<std::size_t>(offset.integer()))
            refuse(m_file, "a view of the storage '", printable(reference.key), "' lies outside of it");
        return bytes.part(static_cast<std::size_t>(offset.integer()) * item,
                          static_cast<std::size_t>(count.integer()) * item);
    }

    const Bytes& m_bytes;
    const std::string& m_file;
    pickle::Budget& m_budget;
    std::size_t m_at = 0;
    Value m_object;
    std::map<std::string, Stored> m_storages;
};

} // namespace

TorchStorage readStoragePayload(const Bytes& bytes, const std::string& file, pickle::Budget& budget) {
    LegacyFile payload(bytes, file, budget);
    if (payload.object().kind() != Kind::Persistent)
        refuse(file, "an embedded torch file holds something else than one storage");
    return payload.storage(payload.object());
}

FileContents readTorchLegacy(const Bytes& bytes, const std::string& file) {
    pickle::Budget budget;
    LegacyFile legacy(bytes, file, budget);
    FileContents contents = readTorchRoles(
        legacy.object(), file, [&](const Value& persistent) { return legacy.storage(persistent); });
    contents.container = Container::TorchLegacy;
    return contents;
}

} // namespace cameo::checkpoint
