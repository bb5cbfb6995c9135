// SPDX-License-Identifier: Apache-2.0
// Reads one pickle (protocols 2 to 5, the operations that published model files use) into inert nodes. It
// calls nothing: a call on the allow-list becomes a node that says what would have been called. Internal to
// this folder. Any thread.
#pragma once

#include "core/checkpoint/pickle_value.h"

namespace cameo::checkpoint::pickle {

/// Work that one file may cause, nested pickles included. A real snapshot has 20,000 operations and a file of
/// 1 GB not many more, so these bounds hold memory under 64 MB whatever the file says.
struct Budget {
    std::size_t operations = 1'000'000;
    std::size_t nodes = 200'000;
};

struct Options {
    const std::string& file; // for messages
    Budget& budget;
    bool allowPersistent = false; // storages outside of the pickle: torch files
    std::string what = "pickle";  // for messages
};

struct Document {
    Value root;
    std::size_t end = 0; // first byte behind STOP
};

/// Reads the pickle that begins at `start` of `source`. Throws Failure(BadCheckpoint) with byte offset and
/// reason.
Document read(const Bytes& source, std::size_t start, const Options& options);

} // namespace cameo::checkpoint::pickle
