// SPDX-License-Identifier: Apache-2.0
#include "core/train/training_memory.h"

#include <limits>

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

namespace cameo::train {

#ifdef __GLIBC__

namespace {

// Where glibc's own thresholds end up in a process that frees large blocks (mallopt(3): at most 32 MB, and
// twice that for trimming).
constexpr int kUsualThreshold = 32 << 20;

void setThresholds(int map, int trim) {
    mallopt(M_MMAP_THRESHOLD, map);
    mallopt(M_TRIM_THRESHOLD, trim);
}

} // namespace

KeptMemory::KeptMemory() {
    const int never = -1;
    setThresholds(std::numeric_limits<int>::max(), never);
}

KeptMemory::~KeptMemory() {
    setThresholds(kUsualThreshold, 2 * kUsualThreshold);
    malloc_trim(0);
}

#else

KeptMemory::KeptMemory() = default;
KeptMemory::~KeptMemory() = default;

#endif

} // namespace cameo::train
