// SPDX-License-Identifier: Apache-2.0
#include "app/cli/interrupt.h"

#include "core/base/error.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace cameo::cli {
namespace {

// A handler reaches nothing but what is static. Blocking the signal and waiting for it in a thread is no way
// out: LibTorch's and OpenBLAS's threads start before main and would take it with its default action.
std::atomic<int> signalledEvent = -1;
static_assert(std::atomic<int>::is_always_lock_free);

void wake(int event) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(event, &one, sizeof one);
}

void onSignal(int) {
    const int saved = errno;
    wake(signalledEvent.load());
    errno = saved;
}

void setAction(void (*handler)(int), int flags) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

} // namespace

Interrupt::Interrupt() : m_event(::eventfd(0, EFD_CLOEXEC)) {
    if (m_event < 0)
        throw Failure(ErrorCode::Internal, "Cannot make an event descriptor");
    signalledEvent = m_event;
    m_thread = std::thread([this] {
        std::uint64_t count = 0;
        while (::read(m_event, &count, sizeof count) < 0 && errno == EINTR) {
        }
        if (!m_isEnding)
            m_source.request_stop();
    });
    setAction(onSignal, SA_RESTART | SA_RESETHAND);
}

Interrupt::~Interrupt() {
    setAction(SIG_DFL, 0);
    m_isEnding = true;
    wake(m_event);
    m_thread.join();
    ::close(m_event);
}

} // namespace cameo::cli
