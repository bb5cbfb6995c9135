// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/exercise.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    cameo::test::exerciseCheckpoint(std::as_bytes(std::span(data, size)),
                                    cameo::checkpoint::FileKind::Pickle);
    return 0;
}
