// SPDX-License-Identifier: Apache-2.0
// Work on a thread of Qt's pool, such as reading a log: the newest wins, older answers are dropped. Window's
// thread only.
#pragma once

#include "core/base/result.h"
#include "ui/bridge/link.h"

#include <QObject>
#include <QThreadPool>

#include <exception>
#include <functional>
#include <memory>
#include <utility>

namespace cameo::ui {

/// The result of `work`, or what it threw.
template <typename T>
Result<T> tried(const std::function<Result<T>()>& work) {
    try {
        return work();
    } catch (const Failure& failure) {
        return failure.error();
    } catch (const std::exception& error) {
        return Error{ErrorCode::Io, error.what(), {}};
    }
}

template <typename T>
class LatestTask : public QObject {
  public:
    explicit LatestTask(QObject* parent = nullptr)
        : QObject(parent), m_link(std::make_shared<Link>(static_cast<QObject*>(this))) {}
    ~LatestTask() override { m_link->cut(); }

    /// `done` runs on the window's thread unless a newer task was started since.
    void run(std::function<Result<T>()> work, std::function<void(Result<T>)> done) {
        QThreadPool::globalInstance()->start(
            [this, link = m_link, work = std::move(work), done = std::move(done), number = ++m_number] {
                // `this` is only used in what the link runs, and the link is cut before the task goes.
                link->post([this, done, number, result = tried(work)]() mutable {
                    if (number == m_number)
                        done(std::move(result));
                });
            });
    }

  private:
    std::shared_ptr<Link> m_link;
    long m_number = 0;
};

} // namespace cameo::ui
