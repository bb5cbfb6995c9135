// SPDX-License-Identifier: Apache-2.0
#include "core/engine/engine.h"

#include "core/base/text.h"
#include "core/edit/inversion.h"
#include "core/engine/bench.h"
#include "core/engine/boundary.h"
#include "core/engine/export_layers.h"
#include "core/engine/renderer.h"
#include "core/engine/sampling.h"
#include "core/engine/tensor_image.h"
#include "core/engine/training_task.h"
#include "core/image/codec.h"
#include "core/image/convert.h"

#include <atomic>

namespace cameo {
namespace {

template <typename T>
void report(const Sink<T>& sink, T value, int level, long generation) {
    if (sink.onPartial)
        sink.onPartial({std::move(value), level, false, generation});
}

Latent latentFromRows(const at::Tensor& ws) {
    const at::Tensor rows = ws[0].detach().to(at::kCPU, at::kFloat).contiguous();
    const float* data = rows.data_ptr<float>();
    return {.space = LatentSpace::WPlus,
            .rows = rows.size(0),
            .dim = rows.size(1),
            .values = std::make_shared<const std::vector<float>>(data, data + rows.numel())};
}

class ComputingEngine final : public Engine {
  public:
    explicit ComputingEngine(const ChosenDevice& device)
        : m_device(device),
          m_models(device),
          m_renderer(device, m_models),
          m_thread([threads = device.threads] { at::set_num_threads(threads); }) {}

    DeviceInfo device() const override {
        DeviceInfo info = m_device.info;
        info.memoryBytes = residentBytes();
        return info;
    }

    JobHandle loadModel(const std::string& model, Sink<ModelInfo> sink) override {
        return post<ModelInfo>(std::move(sink),
                               [this, model](auto&, const auto&) { return m_models.open(model)->info; });
    }

    JobHandle preview(LiveSlot slot, RenderRequest request, Sink<Rendering> sink) override {
        return m_thread.postLive(static_cast<int>(slot), renderJob(std::move(request), std::move(sink)));
    }

    JobHandle render(RenderRequest request, Sink<Rendering> sink) override {
        return m_thread.post(renderJob(std::move(request), std::move(sink)));
    }

    JobHandle sample(SampleRequest request, Sink<std::vector<std::filesystem::path>> sink) override {
        using Paths = std::vector<std::filesystem::path>;
        return post<Paths>(std::move(sink), [this, request = std::move(request)](jobs::JobContext& context,
                                                                                 const Sink<Paths>& to) {
            const SamplingTask task{request, to.onProgress, [&context] { context.yieldPoint(); },
                                    context.stop()};
            return sampleToFolder(*m_models.get(request.model), m_device, task);
        });
    }

    JobHandle invert(InversionRequest request, Sink<InversionResult> sink) override {
        return post<InversionResult>(
            std::move(sink),
            [this, request = std::move(request)](jobs::JobContext& context, const Sink<InversionResult>& to) {
                return runInversion(request, context, to);
            });
    }

    JobHandle exportLayers(ExportRequest request, Sink<ExportReport> sink) override {
        return post<ExportReport>(
            std::move(sink),
            [this, request = std::move(request)](jobs::JobContext& context, const Sink<ExportReport>& to) {
                return exportToFiles(
                    m_renderer, request,
                    {.request = {}, .onPartial = {}, .onProgress = to.onProgress, .stop = context.stop()});
            });
    }

    JobHandle train(TrainingRequest request, Sink<TrainingStatus> sink) override {
        request.device = m_device.device.str();
        return m_thread.postBackground(makeJob<TrainingStatus>(
            std::move(sink),
            [this, request = std::move(request)](jobs::JobContext& context, const Sink<TrainingStatus>& to) {
                m_wantsSave = false;
                return runTraining(request,
                                   {.onStatus = [&](const TrainingStatus& s) { report(to, s, 0, 0); },
                                    .yieldPoint = [&context] { context.yieldPoint(); },
                                    .wantsSave = [this] { return m_wantsSave.exchange(false); },
                                    .stop = context.stop()});
            }));
    }

    void saveTraining() override { m_wantsSave = true; }

    JobHandle bench(BenchRequest request, Sink<std::vector<BenchRow>> sink) override {
        using Rows = std::vector<BenchRow>;
        return post<Rows>(std::move(sink), [this, request = std::move(request)](jobs::JobContext& context,
                                                                                const Sink<Rows>& to) {
            return runBench({request, m_device, m_models, m_renderer, to.onProgress, context.stop()});
        });
    }

  private:
    template <typename T>
    JobHandle post(Sink<T> sink, std::function<T(jobs::JobContext&, const Sink<T>&)> work) {
        return m_thread.post(makeJob<T>(std::move(sink), std::move(work)));
    }

    jobs::Job renderJob(RenderRequest request, Sink<Rendering> sink) {
        const long generation = ++m_generation;
        return makeJob<Rendering>(std::move(sink), [this, request = std::move(request), generation](
                                                       jobs::JobContext& context, const Sink<Rendering>& to) {
            return m_renderer.render(
                {.request = request,
                 .onPartial = [&](const Rendering& r, int level) { report(to, r, level, generation); },
                 .onProgress = to.onProgress,
                 .stop = context.stop()});
        });
    }

    InversionResult runInversion(const InversionRequest& request, jobs::JobContext& context,
                                 const Sink<InversionResult>& to) {
        const auto model = m_models.get(request.model);
        const Image photo = toU8(toRgb(readImage(request.photo)));
        const PhotoSource source{std::filesystem::absolute(request.photo).string(),
                                 request.square.value_or(centredSquare(photo))};
        photoCanvas(source, 1); // refuses a square outside of the photograph
        const int side = static_cast<int>(model->info.resolution);
        InversionResult result;
        result.target = resize(crop(photo, source.square), side, side);
        result.state = {.model = request.model, .photo = source};
        net::Generator generator = model->generator;
        const auto fill = [&](const at::Tensor& ws, const at::Tensor& image) {
            result.state.latent = latentFromRows(ws);
            if (image.defined())
                result.picture = imageFromTensor(image);
        };
        edit::InversionTask task{
            .target = tensorFromImage(result.target, model->info.imageChannels).to(m_device.device),
            .discriminator = model->discriminator ? &*model->discriminator : nullptr,
            .parameters = request.parameters,
            .onStep =
                [&](const edit::InversionStep& step) {
                    if (to.onProgress)
                        to.onProgress(step.progress);
                    if (!step.image.defined())
                        return;
                    fill(step.ws, step.image);
                    result.loss = step.loss;
                    result.steps = static_cast<int>(step.progress.step);
                    report(to, result, result.steps, 0);
                },
            .yieldPoint = [&context] { context.yieldPoint(); },
            .stop = context.stop()};
        const edit::Inversion found = edit::invert(generator, task);
        fill(found.ws, found.image);
        result.loss = found.loss;
        result.psnr = found.psnr;
        result.steps = found.steps;
        result.stopped = found.stopped;
        return result;
    }

    ChosenDevice m_device;
    ModelStore m_models;
    Renderer m_renderer;
    std::atomic<long> m_generation = 0;
    std::atomic<bool> m_wantsSave = false;
    jobs::ComputeThread m_thread; // last: it stops before what its jobs use
};

} // namespace

Result<std::unique_ptr<Engine>> createEngine(const EngineOptions& options) {
    return resultOf([&]() -> std::unique_ptr<Engine> {
        return std::make_unique<ComputingEngine>(chooseDevice(options));
    });
}

} // namespace cameo
