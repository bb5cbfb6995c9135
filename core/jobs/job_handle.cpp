// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/job_handle.h"

#include "core/jobs/job_record.h"

#include <utility>

namespace cameo {

JobHandle::JobHandle(std::shared_ptr<jobs::JobRecord> record) : m_record(std::move(record)) {}

JobId JobHandle::id() const {
    return m_record ? m_record->id : JobId{};
}

void JobHandle::cancel() const {
    if (m_record)
        m_record->stop.request_stop();
}

bool JobHandle::isFinished() const {
    if (!m_record)
        return true;
    const std::lock_guard lock(m_record->mutex);
    return m_record->isFinished;
}

void JobHandle::wait() const {
    if (!m_record)
        return;
    std::unique_lock lock(m_record->mutex);
    m_record->ended.wait(lock, [this] { return m_record->isFinished; });
}

} // namespace cameo
