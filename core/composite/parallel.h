// SPDX-License-Identifier: Apache-2.0
// Independent pieces of work on some threads. Internal to core/composite.
#pragma once

#include <functional>

namespace cameo {

/// Calls `work` for every piece 0 .. count-1, on up to `threads` threads (0: as many as the machine has), and
/// returns when all are done. Pieces run in any order: the result must not depend on it. `work` must not
/// throw.
void forEachPiece(int count, int threads, const std::function<void(int piece)>& work);

} // namespace cameo
