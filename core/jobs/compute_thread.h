// SPDX-License-Identifier: Apache-2.0
// The one thread that owns the device and runs every job, in the queue's order. post and postLive may be
// called from any thread, also from inside a job. The destructor stops and joins: every job still gets its
// one terminal event.
#pragma once

#include "core/jobs/job_queue.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace cameo::jobs {

class ComputeThread {
  public:
    /// `onStart` and `onStop` run on the thread, first and last: device set-up and release.
    explicit ComputeThread(std::function<void()> onStart = {}, std::function<void()> onStop = {});
    ~ComputeThread();
    ComputeThread(const ComputeThread&) = delete;
    ComputeThread& operator=(const ComputeThread&) = delete;

    JobHandle post(Job job);
    JobHandle postBackground(Job job);
    JobHandle postLive(int slot, Job job);

  private:
    using Take = std::optional<JobQueue::Entry> (JobQueue::*)();
    using Add = std::shared_ptr<JobRecord> (JobQueue::*)(Job);
    JobHandle enqueue(Add add, Job job);
    void loop(std::stop_token closing);
    void runEntry(const JobQueue::Entry& entry);
    /// Delivers due refusals, then runs what `take` hands out: what the yield point of a job does.
    void serve(Take take);
    bool deliverRefusals();

    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    JobQueue m_queue; // guarded by m_mutex
    std::function<void()> m_onStart, m_onStop;
    std::jthread m_thread; // last: it joins before the rest goes
};

} // namespace cameo::jobs
