// SPDX-License-Identifier: Apache-2.0
// Runs a fuzzing target over files and folders without libFuzzer: what fuzzing once found stays found under
// every compiler. Every file must return.
#include "core/base/file.h"

#include <cstdint>
#include <cstdio>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run(const std::filesystem::path& file) {
    const cameo::Bytes bytes = cameo::mapFile(file);
    // A copy of exactly that size, so that a sanitizer sees the first byte behind it.
    const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.view.data());
    const std::vector<std::uint8_t> copy(first, first + bytes.size());
    LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

} // namespace

int main(int argc, char** argv) {
    long count = 0;
    for (int i = 1; i < argc; ++i) {
        if (!std::filesystem::exists(argv[i])) {
            std::printf("SKIP   : %s is absent\n", argv[i]);
            return 0;
        }
        if (!std::filesystem::is_directory(argv[i])) {
            run(argv[i]);
            ++count;
            continue;
        }
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i]))
            if (entry.is_regular_file()) {
                run(entry.path());
                ++count;
            }
    }
    std::printf("%ld files returned\n", count);
    return count > 0 ? 0 : 1;
}
