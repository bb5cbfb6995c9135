// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/job_queue.h"

#include <algorithm>
#include <utility>

namespace cameo::jobs {
namespace {

const Error kCancelled{ErrorCode::Cancelled, "Cancelled", {}};
const Error kSuperseded{ErrorCode::Superseded, "A newer request took its place", {}};

bool isStopped(const JobQueue::Entry& entry) {
    return entry.record->stop.stop_requested();
}

} // namespace

std::shared_ptr<JobRecord> JobQueue::newRecord() {
    auto record = std::make_shared<JobRecord>();
    record->id = JobId{++m_lastId};
    return record;
}

std::shared_ptr<JobRecord> JobQueue::enqueue(std::deque<Entry>& line, Entry entry) {
    auto record = entry.record;
    if (m_isClosed)
        m_refusals.push_back({std::move(entry), kCancelled});
    else
        line.push_back(std::move(entry));
    return record;
}

std::shared_ptr<JobRecord> JobQueue::post(Job job) {
    return enqueue(m_long, {std::move(job), newRecord(), std::nullopt});
}

std::shared_ptr<JobRecord> JobQueue::postBackground(Job job) {
    return enqueue(m_background, {std::move(job), newRecord(), std::nullopt, true});
}

std::shared_ptr<JobRecord> JobQueue::postLive(int slot, Job job) {
    Entry entry{std::move(job), newRecord(), slot};
    auto record = entry.record;
    if (m_isClosed) {
        m_refusals.push_back({std::move(entry), kCancelled});
        return record;
    }
    if (const auto waiting = m_live.find(slot); waiting != m_live.end()) {
        m_refusals.push_back({std::move(waiting->second), kSuperseded});
        m_live.erase(waiting);
    }
    for (auto& [id, running] : m_running)
        if (running.second == slot) {
            running.first->isSuperseded = true;
            running.first->stop.request_stop();
        }
    m_live.emplace(slot, std::move(entry));
    return record;
}

std::optional<JobQueue::Entry> JobQueue::nextLive() {
    if (m_live.empty())
        return std::nullopt;
    Entry entry = std::move(m_live.begin()->second);
    m_live.erase(m_live.begin());
    m_running.emplace(entry.record->id, std::pair(entry.record, entry.slot));
    return entry;
}

std::optional<JobQueue::Entry> JobQueue::startFirst(std::deque<Entry>& line) {
    if (line.empty())
        return std::nullopt;
    Entry entry = std::move(line.front());
    line.pop_front();
    m_running.emplace(entry.record->id, std::pair(entry.record, entry.slot));
    return entry;
}

std::optional<JobQueue::Entry> JobQueue::nextForeground() {
    if (auto live = nextLive())
        return live;
    return startFirst(m_long);
}

std::optional<JobQueue::Entry> JobQueue::next() {
    if (auto foreground = nextForeground())
        return foreground;
    return startFirst(m_background);
}

void JobQueue::finish(const Entry& entry) {
    m_running.erase(entry.record->id);
}

void JobQueue::refuseStopped(std::deque<Entry>& line) {
    const auto stopped = std::find_if(line.begin(), line.end(), isStopped);
    if (stopped == line.end())
        return;
    m_refusals.push_back({std::move(*stopped), kCancelled});
    line.erase(stopped);
}

std::optional<JobQueue::Refusal> JobQueue::nextRefusal() {
    refuseStopped(m_long);
    refuseStopped(m_background);
    const auto stoppedLive =
        std::find_if(m_live.begin(), m_live.end(), [](const auto& item) { return isStopped(item.second); });
    if (stoppedLive != m_live.end()) {
        m_refusals.push_back({std::move(stoppedLive->second), kCancelled});
        m_live.erase(stoppedLive);
    }
    if (m_refusals.empty())
        return std::nullopt;
    Refusal refusal = std::move(m_refusals.front());
    m_refusals.pop_front();
    return refusal;
}

void JobQueue::close() {
    m_isClosed = true;
    for (auto& [id, running] : m_running)
        running.first->stop.request_stop();
    for (auto& [slot, entry] : m_live)
        m_refusals.push_back({std::move(entry), kCancelled});
    for (std::deque<Entry>* line : {&m_long, &m_background}) {
        for (Entry& entry : *line)
            m_refusals.push_back({std::move(entry), kCancelled});
        line->clear();
    }
    m_live.clear();
}

bool JobQueue::hasWork() const {
    return !m_live.empty() || !m_long.empty() || !m_background.empty() || !m_refusals.empty();
}

bool JobQueue::hasLiveWork() const {
    return !m_live.empty() || !m_refusals.empty();
}

} // namespace cameo::jobs
