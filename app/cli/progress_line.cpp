// SPDX-License-Identifier: Apache-2.0
#include "app/cli/progress_line.h"

#include "core/base/text.h"

#include <cmath>
#include <cstdio>
#include <unistd.h>

namespace cameo::cli {
namespace {

constexpr std::chrono::milliseconds terminalInterval(100); // faster is not readable
constexpr std::chrono::seconds lineInterval(10);           // rare enough for a log
const char* const eraseLine = "\r\x1b[K";

std::string durationText(double seconds) {
    const long whole = std::lround(seconds);
    if (whole < 60)
        return cat(whole, " s");
    if (whole < 3600)
        return cat(whole / 60, " min ", whole % 60, " s");
    return cat(whole / 3600, " h ", whole % 3600 / 60, " min");
}

} // namespace

std::string progressText(const Progress& progress) {
    std::string out = progress.stage.empty() ? "working" : progress.stage;
    if (progress.steps > 0)
        out += cat(' ', progress.step, '/', progress.steps);
    else if (progress.step > 0)
        out += cat(' ', progress.step);
    if (progress.fraction)
        out += cat(", ", std::lround(*progress.fraction * 100), " %");
    if (progress.loss)
        out += cat(", loss ", *progress.loss);
    if (progress.secondsLeft)
        out += cat(", ", durationText(*progress.secondsLeft), " left");
    return out;
}

ProgressStyle progressStyle(bool isQuiet) {
    if (isQuiet)
        return ProgressStyle::Silent;
    return ::isatty(STDERR_FILENO) ? ProgressStyle::Terminal : ProgressStyle::Lines;
}

ProgressLine::ProgressLine(ProgressStyle style, Clock::time_point start)
    : m_style(style), m_next(style == ProgressStyle::Lines ? start + lineInterval : start) {}

std::string ProgressLine::update(const Progress& progress, Clock::time_point now) {
    const std::lock_guard lock(m_mutex);
    if (m_style == ProgressStyle::Silent || now < m_next)
        return {};
    if (m_style == ProgressStyle::Lines) {
        m_next = now + lineInterval;
        return progressText(progress) + '\n';
    }
    m_next = now + terminalInterval;
    m_isShown = true;
    return eraseLine + progressText(progress);
}

void ProgressLine::show(const Progress& progress) {
    const std::string text = update(progress, Clock::now());
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

void ProgressLine::finish() {
    const std::lock_guard lock(m_mutex);
    if (m_isShown)
        std::fputs(eraseLine, stderr);
    std::fflush(stderr);
    m_isShown = false;
}

} // namespace cameo::cli
