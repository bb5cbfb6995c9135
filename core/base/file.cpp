// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace cameo {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int value) : m_value(value) {}
    ~Descriptor() {
        if (m_value >= 0)
            ::close(m_value);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return m_value; }
    int release() { return std::exchange(m_value, -1); }

  private:
    int m_value;
};

[[noreturn]] void failIo(const std::string& what, const std::filesystem::path& path, int code) {
    std::string advice;
    if (code == ENOSPC || code == EDQUOT)
        advice = "Free some disk space or choose another folder";
    else if (code == EACCES || code == EPERM || code == EROFS)
        advice = "Check the permissions or choose another folder";
    throw Failure(code == ENOENT ? ErrorCode::NotFound : ErrorCode::Io,
                  cat(what, " '", path.string(), "': ", std::strerror(code)), advice);
}

} // namespace

Bytes Bytes::part(std::size_t offset, std::size_t count) const {
    if (offset > view.size() || count > view.size() - offset)
        throw std::out_of_range("part outside of bytes");
    return {owner, view.subspan(offset, count)};
}

Bytes mapFile(const std::filesystem::path& path) {
    // O_NONBLOCK: opening a pipe must not hang; it is refused below.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0)
        failIo("Cannot open", path, errno);
    struct stat info {};
    if (::fstat(file.get(), &info) != 0)
        failIo("Cannot read", path, errno);
    if (!S_ISREG(info.st_mode))
        throw Failure(ErrorCode::Io, cat("Cannot read '", path.string(), "': it is not a regular file"));
    const auto size = static_cast<std::size_t>(info.st_size);
    if (size == 0)
        return {};
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (address == MAP_FAILED)
        failIo("Cannot map", path, errno);
    std::shared_ptr<const void> owner(address,
                                      [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
    return {std::move(owner), {static_cast<const std::byte*>(address), size}};
}

std::string readTextFile(const std::filesystem::path& path, std::size_t limit) {
    const Bytes bytes = mapFile(path);
    if (bytes.size() > limit)
        throw Failure(ErrorCode::Io, cat("'", path.string(), "' is larger than expected (",
                                         byteCountText(bytes.size()), ")"));
    return {reinterpret_cast<const char*>(bytes.view.data()), bytes.size()};
}

void writeFileAtomically(
    const std::filesystem::path& path,
    const std::function<void(const std::function<void(std::span<const std::byte>)>&)>& fill) {
    std::string temporary = path.string() + ".XXXXXX";
    Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
    if (file.get() < 0)
        failIo("Cannot write", path, errno);
    try {
        fill([&](std::span<const std::byte> bytes) {
            while (!bytes.empty()) {
                const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
                if (count < 0 && errno == EINTR)
                    continue;
                if (count < 0)
                    failIo("Cannot write", path, errno);
                bytes = bytes.subspan(static_cast<std::size_t>(count));
            }
        });
        ::fchmod(file.get(), 0644);
        if (::fsync(file.get()) != 0 && errno != EINVAL)
            failIo("Cannot write", path, errno);
        if (::close(file.release()) != 0)
            failIo("Cannot write", path, errno);
        if (::rename(temporary.c_str(), path.c_str()) != 0)
            failIo("Cannot write", path, errno);
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
}

void writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> content) {
    writeFileAtomically(path, [&](const auto& append) { append(content); });
}

void writeFileAtomically(const std::filesystem::path& path, std::string_view content) {
    writeFileAtomically(path, std::as_bytes(std::span(content.data(), content.size())));
}

void ensureWritableFolder(const std::filesystem::path& folder) {
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    if (code)
        failIo("Cannot make the folder", folder, code.value());
    if (!std::filesystem::is_directory(folder, code))
        throw Failure(ErrorCode::Io, cat("'", folder.string(), "' is not a folder"), "Choose another name");
    std::string probe = (folder / ".cameo-probe-XXXXXX").string();
    const Descriptor file(::mkostemp(probe.data(), O_CLOEXEC));
    if (file.get() < 0)
        failIo("Cannot write into the folder", folder, errno);
    ::unlink(probe.c_str());
}

} // namespace cameo
