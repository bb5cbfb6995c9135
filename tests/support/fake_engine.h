// SPDX-License-Identifier: Apache-2.0
// An engine without weights for the tests of the window: drawn portraits, coarse to fine, from the real job
// queue and compute thread, so that order, cancelling and superseding are the real ones. It also defines the
// parameter tables of engine.h: link either this or cameo_engine, never both.
#pragma once

#include "core/engine/engine.h"
#include "core/jobs/compute_thread.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

namespace cameo::test {

struct FakeOptions {
    int resolution = 256;
    int coarsest = 16;
    int directionCount = 8;
    long classes = 0;
    std::chrono::milliseconds levelDelay{0}; // before each size of a picture
    std::chrono::milliseconds stepDelay{0};  // before each step of an inversion or export
    std::chrono::milliseconds modelDelay{0};
    int inversionSteps = 40;
    int trainingSteps = 40;             // until the target is reached
    long imagesPerStep = 250;           // of a training
    std::optional<Error> trainingError; // in the middle
    std::optional<Error> modelError;
    std::optional<Error> renderError;
    std::optional<Error> exportError;
};

class FakeEngine : public Engine {
  public:
    explicit FakeEngine(FakeOptions options = {});

    DeviceInfo device() const override;
    JobHandle loadModel(const std::string& model, Sink<ModelInfo> sink) override;
    JobHandle preview(LiveSlot slot, RenderRequest request, Sink<Rendering> sink) override;
    JobHandle render(RenderRequest request, Sink<Rendering> sink) override;
    JobHandle sample(SampleRequest request, Sink<std::vector<std::filesystem::path>> sink) override;
    JobHandle invert(InversionRequest request, Sink<InversionResult> sink) override;
    JobHandle exportLayers(ExportRequest request, Sink<ExportReport> sink) override;
    JobHandle train(TrainingRequest request, Sink<TrainingStatus> sink) override;
    void saveTraining() override { m_wantsSave = true; }
    JobHandle bench(BenchRequest request, Sink<std::vector<BenchRow>> sink) override;

    /// From now on; from any thread.
    void setOptions(const FakeOptions& options);
    /// Requests of the canvas so far, in order.
    std::vector<RenderRequest> canvasRequests() const;
    /// Requests of trainings so far, in order.
    std::vector<TrainingRequest> trainingRequests() const;

  private:
    FakeOptions options() const;
    jobs::Job renderJob(RenderRequest request, Sink<Rendering> sink);
    Rendering draw(const RenderRequest& request, const jobs::JobContext& context, const Sink<Rendering>& sink,
                   long generation);

    mutable std::mutex m_mutex;
    FakeOptions m_options;                           // guarded by m_mutex
    std::vector<RenderRequest> m_canvasRequests;     // guarded by m_mutex
    std::vector<TrainingRequest> m_trainingRequests; // guarded by m_mutex
    std::atomic<long> m_generation = 0;
    std::atomic<bool> m_wantsSave = false;
    jobs::ComputeThread m_thread; // last: it stops before what its jobs use
};

} // namespace cameo::test
