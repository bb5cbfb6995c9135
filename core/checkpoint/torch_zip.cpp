// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/torch_zip.h"

#include "core/checkpoint/pickle_machine.h"
#include "core/checkpoint/refuse.h"
#include "core/checkpoint/torch_roles.h"
#include "core/checkpoint/zip_archive.h"

#include <algorithm>
#include <set>

namespace cameo::checkpoint {
namespace {

/// "<root>/" before "data.pkl": the file's stem, or "archive".
std::string findRoot(const ZipArchive& archive, const std::string& file) {
    constexpr std::string_view name = "data.pkl";
    std::optional<std::string> root;
    for (const auto& [path, entry] : archive.entries()) {
        if (!path.ends_with(name) ||
            (path.size() > name.size() && path[path.size() - name.size() - 1] != '/'))
            continue;
        if (root)
            refuse(file, "the archive holds two models, '", printable(*root), "data.pkl' and '",
                   printable(path), "'");
        root = path.substr(0, path.size() - name.size());
    }
    if (!root)
        refuse(file, "the archive is not a PyTorch model: it has no data.pkl");
    if (archive.find(*root + "constants.pkl"))
        refuseUnsupported(file, "it is a TorchScript program; Cameo opens weights saved with torch.save");
    return *root;
}

void checkByteOrder(const ZipArchive& archive, const std::string& root, const std::string& file) {
    const ZipEntry* entry = archive.find(root + "byteorder");
    if (!entry)
        return;
    archive.verify(root + "byteorder", *entry);
    const auto* text = reinterpret_cast<const char*>(entry->bytes.view.data());
    if (std::string_view(text, entry->bytes.size()) != "little")
        refuse(file, "a torch file was written on a big-endian machine, which Cameo does not read");
}

TorchStorage findStorage(const ZipArchive& archive, const std::string& root, const pickle::Value& persistent,
                         const std::string& file) {
    const StorageReference reference = storageReference(persistent, file);
    const bool isNumber =
        std::all_of(reference.key.begin(), reference.key.end(), [](char c) { return c >= '0' && c <= '9'; });
    const ZipEntry* entry = isNumber ? archive.find(root + "data/" + reference.key) : nullptr;
    if (!entry)
        refuse(file, "the storage '", printable(reference.key), "' that a tensor needs is missing");
    const std::size_t item = itemSize(reference.dtype);
    if (entry->bytes.size() % item != 0 || entry->bytes.size() / item != reference.count)
        refuse(file, "the storage '", reference.key, "' has ", entry->bytes.size(),
               " bytes, but a tensor expects ", reference.count, " elements of ", item);
    return {entry->bytes, reference.dtype};
}

} // namespace

FileContents readTorchZip(const Bytes& bytes, const std::string& file) {
    const auto archive = std::make_shared<const ZipArchive>(bytes, file);
    const std::string root = findRoot(*archive, file);
    checkByteOrder(*archive, root, file);
    const ZipEntry& object = *archive->find(root + "data.pkl");
    archive->verify(root + "data.pkl", object);
    pickle::Budget budget;
    const pickle::Document document = pickle::read(
        object.bytes, 0, {.file = file, .budget = budget, .allowPersistent = true, .what = "data.pkl"});
    FileContents contents = readTorchRoles(document.root, file, [&](const pickle::Value& persistent) {
        return findStorage(*archive, root, persistent, file);
    });
    contents.container = Container::TorchZip;
    std::map<const std::byte*, std::string> names;
    for (const auto& [name, entry] : archive->entries())
        names.emplace(entry.bytes.view.data(), name);
    contents.verify = [archive, names = std::move(names)](const TensorMap& tensors) {
        std::set<const std::byte*> done; // several tensors may share a storage
        for (const auto& [tensor, record] : tensors) {
            const auto found = names.find(record.storage.view.data());
            if (found != names.end() && done.insert(found->first).second)
                archive->verify(found->second, *archive->find(found->second));
        }
    };
    return contents;
}

} // namespace cameo::checkpoint
