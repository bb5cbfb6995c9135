// SPDX-License-Identifier: Apache-2.0
#include "core/engine/bench.h"

#include "core/base/text.h"
#include "core/net/bench.h"
#include "core/train/training_bench.h"

#include <algorithm>
#include <chrono>

namespace cameo {
namespace {

using Rows = std::vector<BenchRow>;

bool isWanted(const BenchTask& task, const std::string& name) {
    return task.request.name.empty() || name.find(task.request.name) != std::string::npos;
}

template <typename F>
BenchRow timed(const BenchTask& task, const std::string& name, F&& work) {
    std::vector<double> times;
    work(0); // warms caches
    for (int i = 1; i <= task.request.repeats; ++i) {
        if (task.stop.stop_requested())
            throw Failure(ErrorCode::Cancelled, "Cancelled");
        const auto start = std::chrono::steady_clock::now();
        work(i);
        times.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
        if (task.onProgress)
            task.onProgress({.stage = name, .step = i, .steps = task.request.repeats});
    }
    std::sort(times.begin(), times.end());
    return {name, times[times.size() / 2], times.front(), {}};
}

void appendSynthesis(const BenchTask& task, Rows& rows) {
    std::vector<long> resolutions;
    for (const long resolution : {64L, 256L, 1024L})
        if (isWanted(task, cat("synthesis ", resolution, " float32")) ||
            isWanted(task, cat("synthesis ", resolution, " bfloat16")))
            resolutions.push_back(resolution);
    if (resolutions.empty())
        return;
    net::SynthesisBench bench{.resolutions = resolutions,
                              .repeats = task.request.repeats,
                              .device = task.device.device,
                              .stop = task.stop};
    bench.onRow = [&](const net::BenchRow& row) {
        if (task.onProgress)
            task.onProgress({.stage = row.name});
    };
    for (const net::BenchRow& row : net::benchSynthesis(bench))
        if (isWanted(task, row.name))
            rows.push_back({row.name, row.medianMs, row.minMs, row.note});
}

/// A slider that moves on the embedded model, each time to another picture.
void appendSlider(const BenchTask& task, Rows& rows) {
    struct Case {
        const char* name;
        bool wantMask, wantComposite, isDraft;
    };
    for (const Case& c :
         {Case{"slider picture", false, false, true}, Case{"slider picture and mask", true, false, true},
          Case{"slider picture, mask and composite", true, true, true},
          Case{"final picture, mask and composite", true, true, false}}) {
        if (!isWanted(task, c.name))
            continue;
        rows.push_back(timed(task, c.name, [&](int i) {
            EditState state{.seed = 7};
            state.directions = {{"pc1", 0.1 + 0.1 * i}};
            task.renderer.render(
                {.request = {state, c.wantMask, c.wantComposite, c.isDraft}, .stop = task.stop});
        }));
        rows.back().note = "embedded model";
    }
}

/// Minutes of work: only for those who name it.
void appendTraining(const BenchTask& task, Rows& rows) {
    if (task.request.name.empty())
        return;
    train::TrainingBench bench{
        .repeats = task.request.repeats, .device = task.device.device.str(), .stop = task.stop};
    bench.isWanted = [&](const std::string& name) { return isWanted(task, name); };
    bench.onRow = [&](const train::TrainingBenchRow& row) {
        if (task.onProgress)
            task.onProgress({.stage = row.name});
    };
    for (const train::TrainingBenchRow& row : train::benchTraining(bench))
        rows.push_back({row.name, row.medianMs, row.minMs, row.note});
}

} // namespace

std::vector<BenchRow> runBench(const BenchTask& task) {
    Rows rows;
    appendSlider(task, rows);
    appendSynthesis(task, rows);
    appendTraining(task, rows);
    return rows;
}

} // namespace cameo
