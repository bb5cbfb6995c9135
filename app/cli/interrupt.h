// SPDX-License-Identifier: Apache-2.0
// Turns Ctrl+C (SIGINT) and SIGTERM into a stop token: the first asks the running job to stop cleanly, a
// second one ends the program at once. One object at a time, made on the main thread.
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace cameo::cli {

class Interrupt {
  public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    std::stop_token token() const { return m_source.get_token(); }

  private:
    std::stop_source m_source;
    std::atomic<bool> m_isEnding = false;
    int m_event = -1;
    std::thread m_thread;
};

} // namespace cameo::cli
