// SPDX-License-Identifier: Apache-2.0
#include "app/commands/session.h"

namespace cameo::cli {
namespace {

Precision precisionFromName(const std::string& name) {
    for (const Precision precision : {Precision::BFloat16, Precision::Float16})
        if (name == precisionName(precision))
            return precision;
    return Precision::Float32;
}

} // namespace

Session::Session(const CommonOptions& options, std::stop_token stop)
    : m_options(options), m_stop(std::move(stop)), m_progress(progressStyle(options.quiet)) {}

std::string Session::model() const {
    return m_options.model.empty() ? std::string()
                                   : std::filesystem::absolute(m_options.model).lexically_normal().string();
}

Engine& Session::engine() {
    if (!m_engine) {
        EngineOptions options;
        options.device = m_options.device;
        options.precision = precisionFromName(m_options.precision);
        m_engine = createEngine(options).value();
    }
    return *m_engine;
}

TaskControl Session::control() {
    return {.onProgress = [this](const Progress& progress) { m_progress.show(progress); }, .stop = m_stop};
}

void Session::checkStop() const {
    if (m_stop.stop_requested())
        throw Failure(ErrorCode::Cancelled, "Cancelled");
}

} // namespace cameo::cli
