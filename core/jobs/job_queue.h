// SPDX-License-Identifier: Apache-2.0
// Which job comes next: policy alone, without threads, locks or clocks, so that it can be tested as a table.
// Live jobs have one slot each and the newest wins; long jobs wait in line; background jobs run when nothing
// else is there. Not thread-safe: its owner locks.
#pragma once

#include "core/base/error.h"
#include "core/jobs/job_record.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace cameo::jobs {

/// What a running job may ask of the thread that runs it.
class JobContext {
  public:
    JobContext(std::shared_ptr<JobRecord> record, std::function<void()> yield)
        : m_record(std::move(record)), m_yield(std::move(yield)) {}
    std::stop_token stop() const { return m_record->stop.get_token(); }
    bool isSuperseded() const { return m_record->isSuperseded; }
    /// Long jobs call this between steps: waiting live jobs run inside it.
    void yieldPoint() const {
        if (m_yield)
            m_yield();
    }

  private:
    std::shared_ptr<JobRecord> m_record;
    std::function<void()> m_yield;
};

/// Exactly one of the two functions is called, once; each delivers the job's one terminal event. Neither may
/// throw.
struct Job {
    std::function<void(JobContext&)> run;
    std::function<void(const Error&)> refuse; // it never ran: cancelled, superseded or shut down
};

class JobQueue {
  public:
    struct Entry {
        Job job;
        std::shared_ptr<JobRecord> record;
        std::optional<int> slot; // of a live job
        bool isBackground = false;
    };
    struct Refusal {
        Entry entry;
        Error reason;
    };

    std::shared_ptr<JobRecord> post(Job job);
    /// For work of hours, such as a training: at its yield points all other jobs run, long ones too.
    std::shared_ptr<JobRecord> postBackground(Job job);
    /// Replaces the slot's waiting job and asks its running one to stop, both as superseded.
    std::shared_ptr<JobRecord> postLive(int slot, Job job);

    /// Live jobs by slot number, then long jobs in order, then background jobs in order. The entry counts as
    /// running until finish().
    std::optional<Entry> next();
    /// The same without background jobs.
    std::optional<Entry> nextForeground();
    std::optional<Entry> nextLive();
    void finish(const Entry& entry);

    /// A job whose terminal event is due without a run: superseded, or cancelled while it waited.
    std::optional<Refusal> nextRefusal();
    /// Asks everything that runs to stop and refuses everything that waits, now and from now on.
    void close();

    bool hasWork() const;
    bool hasLiveWork() const;

  private:
    std::shared_ptr<JobRecord> newRecord();
    std::shared_ptr<JobRecord> enqueue(std::deque<Entry>& line, Entry entry);
    std::optional<Entry> startFirst(std::deque<Entry>& line);
    void refuseStopped(std::deque<Entry>& line);
    std::map<int, Entry> m_live;    // waiting, at most one per slot
    std::deque<Entry> m_long;       // waiting
    std::deque<Entry> m_background; // waiting
    std::map<JobId, std::pair<std::shared_ptr<JobRecord>, std::optional<int>>> m_running;
    std::deque<Refusal> m_refusals;
    std::uint64_t m_lastId = 0;
    bool m_isClosed = false;
};

} // namespace cameo::jobs
