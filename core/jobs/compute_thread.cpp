// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/compute_thread.h"

#include <utility>

namespace cameo::jobs {

ComputeThread::ComputeThread(std::function<void()> onStart, std::function<void()> onStop)
    : m_onStart(std::move(onStart)),
      m_onStop(std::move(onStop)),
      m_thread([this](std::stop_token closing) { loop(std::move(closing)); }) {}

ComputeThread::~ComputeThread() {
    {
        const std::lock_guard lock(m_mutex);
        m_queue.close();
    }
    m_thread.request_stop();
}

JobHandle ComputeThread::enqueue(Add add, Job job) {
    std::shared_ptr<JobRecord> record;
    {
        const std::lock_guard lock(m_mutex);
        record = (m_queue.*add)(std::move(job));
    }
    m_wake.notify_one();
    return JobHandle(std::move(record));
}

JobHandle ComputeThread::post(Job job) {
    return enqueue(&JobQueue::post, std::move(job));
}

JobHandle ComputeThread::postBackground(Job job) {
    return enqueue(&JobQueue::postBackground, std::move(job));
}

JobHandle ComputeThread::postLive(int slot, Job job) {
    std::shared_ptr<JobRecord> record;
    {
        const std::lock_guard lock(m_mutex);
        record = m_queue.postLive(slot, std::move(job));
    }
    m_wake.notify_one();
    return JobHandle(std::move(record));
}

bool ComputeThread::deliverRefusals() {
    bool delivered = false;
    while (true) {
        std::optional<JobQueue::Refusal> refusal;
        {
            const std::lock_guard lock(m_mutex);
            refusal = m_queue.nextRefusal();
        }
        if (!refusal)
            return delivered;
        refusal->entry.job.refuse(refusal->reason);
        refusal->entry.record->markFinished();
        delivered = true;
    }
}

void ComputeThread::runEntry(const JobQueue::Entry& entry) {
    // A live job yields to nobody, a long job to live jobs, a background job to both: nesting stays two deep.
    std::function<void()> yield;
    if (!entry.slot)
        yield = [this, take = entry.isBackground ? &JobQueue::nextForeground : &JobQueue::nextLive] {
            serve(take);
        };
    JobContext context(entry.record, std::move(yield));
    entry.job.run(context);
    {
        const std::lock_guard lock(m_mutex);
        m_queue.finish(entry);
    }
    entry.record->markFinished();
}

void ComputeThread::serve(Take take) {
    deliverRefusals();
    while (true) {
        std::optional<JobQueue::Entry> entry;
        {
            const std::lock_guard lock(m_mutex);
            entry = (m_queue.*take)();
        }
        if (!entry)
            return;
        runEntry(*entry);
        deliverRefusals();
    }
}

void ComputeThread::loop(std::stop_token closing) {
    if (m_onStart)
        m_onStart();
    while (true) {
        deliverRefusals();
        std::optional<JobQueue::Entry> entry;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, closing, [this] { return m_queue.hasWork(); });
            entry = m_queue.next();
            if (!entry && closing.stop_requested() && !m_queue.hasWork())
                break;
        }
        if (entry)
            runEntry(*entry);
    }
    if (m_onStop)
        m_onStop();
}

} // namespace cameo::jobs
