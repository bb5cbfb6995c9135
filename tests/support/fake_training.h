// SPDX-License-Identifier: Apache-2.0
// A training without networks for the tests of the window: the files and the status of a real one, from
// formulas. Part of the fake engine.
#pragma once

#include "core/engine/engine.h"

namespace cameo::test {

class FakeTraining {
  public:
    /// Goes on where the folder's log ends.
    FakeTraining(const TrainingRequest& request, const Sink<TrainingStatus>& sink);
    bool isDone(long target);
    void step(long images);
    void save();
    TrainingStatus end(bool isStopped);

  private:
    void log(const std::string& line);
    void sheet();
    void tell();

    TrainingRequest m_request;
    const Sink<TrainingStatus>& m_sink;
    TrainingStatus m_status;
    TrainingLog m_log;
};

} // namespace cameo::test
