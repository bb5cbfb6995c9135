// SPDX-License-Identifier: Apache-2.0
#include "app/cli/progress_line.h"

#include "core/base/text.h"

#include <cmath>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace cameo::cli {
namespace {

constexpr std::chrono::milliseconds terminalInterval(100); // faster is not readable
constexpr std::chrono::seconds lineInterval(10);           // rare enough for a log
const char* const eraseLine = "\r\x1b[K";

/// A line that breaks could not be rewritten.
std::string cutToTerminal(const std::string& text) {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2)
        return text;
    return text.substr(0, size.ws_col - 1U);
}

} // namespace

std::string durationText(double seconds) {
    const long whole = std::lround(seconds);
    if (whole < 60)
        return cat(whole, " s");
    if (whole < 3600)
        return cat(whole / 60, " min ", whole % 60, " s");
    return cat(whole / 3600, " h ", whole % 3600 / 60, " min");
}

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
    return update(progressText(progress), now);
}

std::string ProgressLine::update(const std::string& text, Clock::time_point now) {
    const std::lock_guard lock(m_mutex);
    if (m_style == ProgressStyle::Silent || now < m_next)
        return {};
    if (m_style == ProgressStyle::Lines) {
        m_next = now + lineInterval;
        return text + '\n';
    }
    m_next = now + terminalInterval;
    m_isShown = true;
    return eraseLine + cutToTerminal(text);
}

void ProgressLine::show(const Progress& progress) {
    show(progressText(progress));
}

void ProgressLine::show(const std::string& text) {
    const std::string line = update(text, Clock::now());
    std::fwrite(line.data(), 1, line.size(), stderr);
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
