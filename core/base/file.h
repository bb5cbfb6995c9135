// SPDX-License-Identifier: Apache-2.0
// Files read by mapping and written whole or not at all. Any thread; errors are Failure with the path in the
// message.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace cameo {

/// Read-only bytes that keep alive whatever they live in (a mapping, a vector).
struct Bytes {
    std::shared_ptr<const void> owner;
    std::span<const std::byte> view;

    std::size_t size() const { return view.size(); }
    /// The part [offset, offset + count); throws std::out_of_range when it does not fit.
    Bytes part(std::size_t offset, std::size_t count) const;
};

/// Maps a regular file. Throws NotFound, or Io for folders, pipes and unreadable files.
Bytes mapFile(const std::filesystem::path& path);

/// Reads a small file whole (project files, JSON); throws Io when it is larger than `limit` bytes.
std::string readTextFile(const std::filesystem::path& path, std::size_t limit = std::size_t{64} << 20);

/// Writes through `fill` into a temporary file beside `path`, flushes it to the disk and renames it over
/// `path`. `fill` gets a function that appends bytes. On any failure the temporary file is removed and `path`
/// is untouched.
void writeFileAtomically(
    const std::filesystem::path& path,
    const std::function<void(const std::function<void(std::span<const std::byte>)>&)>& fill);
void writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> content);
void writeFileAtomically(const std::filesystem::path& path, std::string_view content);

/// Makes a folder (and parents) and checks that a file can be created in it, before hours of work are spent.
void ensureWritableFolder(const std::filesystem::path& folder);

} // namespace cameo
