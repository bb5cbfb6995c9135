// SPDX-License-Identifier: Apache-2.0
// Progress of a job on stderr: one line that is rewritten on a terminal, a plain line every ten seconds
// elsewhere. show() may come from another thread than finish().
#pragma once

#include "core/base/progress.h"

#include <chrono>
#include <mutex>
#include <string>

namespace cameo::cli {

/// "inversion 120/400, 30 %, loss 0.0123, 12 s left"
std::string progressText(const Progress& progress);

/// "42 s", "3 min 5 s", "2 h 40 min"
std::string durationText(double seconds);

enum class ProgressStyle { Silent, Lines, Terminal };
/// Terminal when stderr is one, Silent with --quiet.
ProgressStyle progressStyle(bool isQuiet);

class ProgressLine {
  public:
    using Clock = std::chrono::steady_clock;
    explicit ProgressLine(ProgressStyle style, Clock::time_point start = Clock::now());

    void show(const Progress& progress);
    /// The same for a line of the caller's own; on a terminal it is cut where the line would break.
    void show(const std::string& text);
    /// Removes the line from a terminal, before anything else is written there.
    void finish();
    /// What to write to stderr for `progress` at `now`; empty when it is too early for another line.
    std::string update(const Progress& progress, Clock::time_point now);
    std::string update(const std::string& text, Clock::time_point now);

  private:
    std::mutex m_mutex;
    ProgressStyle m_style;
    Clock::time_point m_next;
    bool m_isShown = false;
};

} // namespace cameo::cli
