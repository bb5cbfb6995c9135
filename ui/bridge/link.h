// SPDX-License-Identifier: Apache-2.0
// The way from the compute thread back to an object of the window's thread, safe against the object's end:
// posting and cutting exclude each other, and what was posted to a destroyed object is dropped by Qt. Any
// thread.
#pragma once

#include <QMetaObject>
#include <QObject>

#include <mutex>
#include <optional>
#include <utility>

namespace cameo::ui {

class Link {
  public:
    explicit Link(QObject* target) : m_target(target) {}

    /// Runs `function` later on the target's thread, unless the link was cut.
    template <typename Function>
    void post(Function&& function) {
        const std::lock_guard lock(m_mutex);
        if (m_target)
            QMetaObject::invokeMethod(m_target, std::forward<Function>(function), Qt::QueuedConnection);
    }

    /// Called by the target's destructor.
    void cut() {
        const std::lock_guard lock(m_mutex);
        m_target = nullptr;
    }

  private:
    std::mutex m_mutex;
    QObject* m_target; // guarded by m_mutex
};

/// One deep: a newer value takes the place of one that was not fetched, so a busy window never builds up a
/// queue.
template <typename T>
class Mailbox {
  public:
    /// True when the box was empty, so that somebody must be told.
    bool put(T value) {
        const std::lock_guard lock(m_mutex);
        const bool wasEmpty = !m_value;
        m_value = std::move(value);
        return wasEmpty;
    }
    std::optional<T> take() {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_value, std::nullopt);
    }

  private:
    std::mutex m_mutex;
    std::optional<T> m_value; // guarded by m_mutex
};

} // namespace cameo::ui
