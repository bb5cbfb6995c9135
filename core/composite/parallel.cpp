// SPDX-License-Identifier: Apache-2.0
#include "core/composite/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace cameo {

void forEachPiece(int count, int threads, const std::function<void(int piece)>& work) {
    const int available = threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency());
    std::atomic<int> next = 0;
    const auto run = [&] {
        for (int piece = next++; piece < count; piece = next++)
            work(piece);
    };
    std::vector<std::jthread> helpers; // joined at the end of the block
    for (int i = 1; i < std::min(available, count); ++i)
        helpers.emplace_back(run);
    run();
}

} // namespace cameo
