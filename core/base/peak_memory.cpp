// SPDX-License-Identifier: Apache-2.0
#include "core/base/peak_memory.h"

#include <fstream>
#include <string>

namespace cameo {

unsigned long long peakMemory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:"))
            return std::stoull(line.substr(6)) * 1024;
    return 0;
}

void resetPeakMemory() {
    std::ofstream("/proc/self/clear_refs") << 5;
}

} // namespace cameo
