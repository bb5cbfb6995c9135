// SPDX-License-Identifier: Apache-2.0
// The figures of `cameo bench`. Compute thread only.
#pragma once

#include "core/engine/renderer.h"

namespace cameo {

struct BenchTask {
    BenchRequest request;
    ChosenDevice device;
    ModelStore& models;
    Renderer& renderer;
    std::function<void(const Progress&)> onProgress;
    std::stop_token stop;
};

std::vector<BenchRow> runBench(const BenchTask& task);

} // namespace cameo
