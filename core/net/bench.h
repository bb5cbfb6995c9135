// SPDX-License-Identifier: Apache-2.0
// How fast synthesis is on this machine: the figures of `cameo bench`. Compute thread only.
#pragma once

#include "core/net/torch.h"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace cameo::net {

struct BenchRow {
    std::string name; // "synthesis 256 float32"
    double medianMs = 0;
    double minMs = 0;
    std::string note; // what the network is, first run, peak memory, difference between precisions
};

struct SynthesisBench {
    /// 64: the shape of the embedded model; 256 and more: the standard network with 512 channels at most and
    /// a channel base of 16384 (at 1024: 32768, "config-f"). Random weights, batch 1.
    std::vector<long> resolutions = {64, 256, 1024};
    std::vector<at::ScalarType> precisions = {at::kFloat, at::kBFloat16};
    int repeats = 5;
    at::Device device = at::kCPU;
    std::function<void(const BenchRow&)> onRow;
    std::stop_token stop; // honoured between pictures: throws Failure(Cancelled)
};

/// For each resolution and precision: whole pictures from rows of styles, the time to the first coarse
/// pictures on the way (at 512 px and above), and the mapping network.
std::vector<BenchRow> benchSynthesis(const SynthesisBench& bench);

} // namespace cameo::net
