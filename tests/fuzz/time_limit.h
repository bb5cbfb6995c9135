// SPDX-License-Identifier: Apache-2.0
// Ends the process when one input takes more than five seconds of processor time. libFuzzer's own -timeout
// goes by the clock and reports every input as slow on a busy machine. Any thread.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace cameo::test {

class TimeLimit {
  public:
    TimeLimit() = default;
    ~TimeLimit() {
        const double used = static_cast<double>(std::clock() - m_start) / CLOCKS_PER_SEC;
        if (used > seconds) {
            std::fprintf(stderr, "SLOW INPUT: %.1f s of processor time\n", used);
            std::abort();
        }
    }
    TimeLimit(const TimeLimit&) = delete;
    TimeLimit& operator=(const TimeLimit&) = delete;

  private:
    static constexpr double seconds = 5;
    std::clock_t m_start = std::clock();
};

} // namespace cameo::test
