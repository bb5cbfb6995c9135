// SPDX-License-Identifier: Apache-2.0
// Seeds to files, for `cameo sample`. Compute thread only.
#pragma once

#include "core/engine/model_store.h"

#include <functional>
#include <stop_token>

namespace cameo {

struct SamplingTask {
    SampleRequest request;
    std::function<void(const Progress&)> onProgress;
    std::function<void()> yieldPoint;
    std::stop_token stop;
};

/// Writes seedNNNN.png, or the arrays; returns the paths. Array names and shapes: see `cameo sample --help`.
std::vector<std::filesystem::path> sampleToFolder(const LoadedModel& model, const ChosenDevice& device,
                                                  const SamplingTask& task);

} // namespace cameo
