// SPDX-License-Identifier: Apache-2.0
// The state that a job's handle, its queue and its context share. Thread: guarded as noted.
#pragma once

#include "core/jobs/job_handle.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace cameo::jobs {

struct JobRecord {
    JobId id{};
    std::stop_source stop;                 // any thread
    std::atomic<bool> isSuperseded{false}; // why it was stopped; written before the stop is requested

    std::mutex mutex;
    std::condition_variable ended;
    bool isFinished = false; // guarded by mutex

    void markFinished() {
        {
            const std::lock_guard lock(mutex);
            isFinished = true;
        }
        ended.notify_all();
    }
};

} // namespace cameo::jobs
