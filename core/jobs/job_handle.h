// SPDX-License-Identifier: Apache-2.0
// A ticket for work that was posted: copyable, any thread. Dropping it does not cancel the work.
#pragma once

#include <cstdint>
#include <memory>

namespace cameo {

enum class JobId : std::uint64_t {};

namespace jobs {
struct JobRecord;
}

class JobHandle {
  public:
    JobHandle() = default;
    explicit JobHandle(std::shared_ptr<jobs::JobRecord> record);

    JobId id() const;
    /// Asks the job to stop; it ends with Cancelled at its next stop point, or keeps what it has where it
    /// says so.
    void cancel() const;
    /// True once its one terminal event was delivered.
    bool isFinished() const;
    /// Blocks until then. Never call on the window's or the compute thread.
    void wait() const;
    explicit operator bool() const { return m_record != nullptr; }

  private:
    std::shared_ptr<jobs::JobRecord> m_record;
};

} // namespace cameo
