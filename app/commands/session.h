// SPDX-License-Identifier: Apache-2.0
// What a command works with: the shared options, the engine (made when first needed), progress and the stop
// token. Main thread.
#pragma once

#include "app/cli/program.h"
#include "app/cli/progress_line.h"
#include "core/engine/engine.h"
#include "core/engine/tasks.h"

#include <functional>
#include <future>
#include <memory>
#include <stop_token>

namespace cameo::cli {

class Session {
  public:
    Session(const CommonOptions& options, std::stop_token stop);

    const CommonOptions& options() const { return m_options; }
    /// The --model option as an absolute path; empty for the embedded model.
    std::string model() const;
    Engine& engine();
    /// For the tasks that need no engine.
    TaskControl control();
    std::stop_token stop() const { return m_stop; }
    /// Shows a line of progress in the command's own words.
    void showProgress(const std::string& line) { m_progress.show(line); }

    /// Posts a job, shows its progress, cancels it on Ctrl+C and returns its value, or throws its error as
    /// Failure.
    template <typename T>
    T run(const std::function<JobHandle(Engine&, Sink<T>)>& start) {
        const auto promise = std::make_shared<std::promise<Result<T>>>();
        Sink<T> sink;
        sink.onProgress = [this](const Progress& progress) { m_progress.show(progress); };
        sink.onDone = [promise](Result<T> result) { promise->set_value(std::move(result)); };
        const JobHandle handle = start(engine(), std::move(sink));
        const std::stop_callback cancel(m_stop, [&handle] { handle.cancel(); });
        Result<T> result = promise->get_future().get();
        m_progress.finish();
        return std::move(result).value();
    }

    /// The value of a task, or its error as Failure; takes the progress line away.
    template <typename T>
    T finish(Result<T> result) {
        m_progress.finish();
        return std::move(result).value();
    }

    /// Throws Cancelled after Ctrl+C.
    void checkStop() const;

  private:
    const CommonOptions& m_options;
    std::stop_token m_stop;
    ProgressLine m_progress;
    std::unique_ptr<Engine> m_engine;
};

} // namespace cameo::cli
