// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_engine.h"

#include "core/image/codec.h"
#include "core/image/convert.h"
#include "core/interchange/layered_file.h"
#include "tests/support/fake_portrait.h"
#include "tests/support/fake_training.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>

namespace cameo {

namespace {

constexpr Parameter inversionTable[] = {
    {"steps", "Steps", 10, 2000, 200, 0, "", "More steps come nearer to the photograph.",
     "made up for the tests"},
    {"learning-rate", "Learning rate", 0.001, 0.5, 0.05, 3, "", "How far each step goes.",
     "made up for the tests"},
    {"latent-weight", "Latent weight", 0, 1, 0.1, 2, "", "How near the latent stays to the average.", ""},
};

constexpr Parameter clusterTable[] = {
    {"variants", "Variants", 4, 64, 16, 0, "", "Pictures with exchanged fine styles.",
     "made up for the tests"},
    {"clusters", "Clusters", 2, 16, 6, 0, "", "Groups of pixels.", "made up for the tests"},
    {"edge", "Edge", 0, 8, 2, 1, "px", "Width over which the edge follows the picture.", ""},
};

} // namespace

std::span<const Parameter> inversionParameters() {
    return inversionTable;
}

std::vector<std::string> maskMethods() {
    return {"clusters"};
}

std::span<const Parameter> maskParameters(const std::string& method) {
    if (method != "clusters")
        throw Failure(ErrorCode::InvalidArgument, "There is no mask method named " + method);
    return clusterTable;
}

Result<std::optional<EditState>> openWork(const std::filesystem::path& file) {
    try {
        return readWork(file);
    } catch (const Failure& failure) {
        return failure.error();
    }
}

const char* precisionName(Precision precision) {
    return precision == Precision::Float32    ? "float32"
           : precision == Precision::BFloat16 ? "bfloat16"
                                              : "float16";
}

} // namespace cameo

namespace cameo::test {

namespace {

void waitOrStop(std::chrono::milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, time, [] { return false; });
    if (stop.stop_requested())
        throw Failure(ErrorCode::Cancelled, "Cancelled");
}

template <typename T>
jobs::Job makeFakeJob(Sink<T> sink, std::function<T(jobs::JobContext&)> work) {
    return {[sink, work = std::move(work)](jobs::JobContext& context) {
                try {
                    sink.onDone(work(context));
                } catch (const Failure& failure) {
                    Error error = failure.error();
                    if (error.code == ErrorCode::Cancelled && context.isSuperseded())
                        error.code = ErrorCode::Superseded;
                    sink.onDone(error);
                }
            },
            [sink](const Error& reason) { sink.onDone(reason); }};
}

void throwIf(const std::optional<Error>& error) {
    if (error)
        throw Failure(*error);
}

/// Photograph, plate and composite of a state with a photograph; the plate is the photograph with the square
/// blurred.
void drawOnPhoto(Rendering& rendering) {
    const PhotoSource& source = *rendering.state.photo;
    const Image photo = toU8(toRgb(readImage(source.file)));
    const Rect& square = source.square;
    const auto pasted = [&](const Image& top, const Mask& alpha) {
        std::vector<std::uint8_t> pixels(photo.u8().begin(), photo.u8().end());
        const Image fitted = resize(top, square.width, square.height);
        const Mask cover = resize(alpha, square.width, square.height);
        for (int y = 0; y < square.height; ++y)
            for (int x = 0; x < square.width; ++x)
                for (int c = 0; c < 3; ++c) {
                    const auto at =
                        (static_cast<std::size_t>(y + square.y) * photo.width() + x + square.x) * 3 + c;
                    const auto from = (static_cast<std::size_t>(y) * square.width + x) * 3 + c;
                    const float a = cover.at(x, y);
                    pixels[at] =
                        static_cast<std::uint8_t>(pixels[at] * (1 - a) + fitted.u8()[from] * a + 0.5F);
                }
        return Image(photo.width(), photo.height(), 3, std::move(pixels));
    };
    const Image blurred = resize(crop(photo, square), 8, 8);
    rendering.plate = pasted(blurred, rendering.mask);
    rendering.composite = pasted(rendering.picture, rendering.mask);
    rendering.photoSquare = square;
}

void drawComposite(Rendering& rendering, int resolution) {
    if (rendering.state.photo)
        return drawOnPhoto(rendering);
    rendering.plate = drawPortrait(rendering.state.original(), resolution).ground;
    rendering.composite = rendering.picture;
    rendering.photoSquare = Rect{0, 0, resolution, resolution};
}

ModelInfo fakeModel(const std::string& model, const FakeOptions& options) {
    ModelInfo info;
    info.file = model;
    info.title = model.empty() ? "Drawn portraits" : std::filesystem::path(model).filename().string();
    info.container = "none";
    info.resolution = options.resolution;
    info.zDim = info.wDim = 512;
    info.cDim = options.classes;
    info.numWs = 2 * static_cast<long>(std::log2(options.resolution)) - 2;
    info.parameterCount = 1;
    info.architecture = "drawn";
    for (int i = 1; i <= options.directionCount; ++i)
        info.directions.push_back({.id = "pc" + std::to_string(i),
                                   .label = "Component " + std::to_string(i),
                                   .explained = 0.2 / i});
    return info;
}

} // namespace

FakeEngine::FakeEngine(FakeOptions options) : m_options(std::move(options)) {}

FakeOptions FakeEngine::options() const {
    const std::lock_guard lock(m_mutex);
    return m_options;
}

void FakeEngine::setOptions(const FakeOptions& options) {
    const std::lock_guard lock(m_mutex);
    m_options = options;
}

std::vector<RenderRequest> FakeEngine::canvasRequests() const {
    const std::lock_guard lock(m_mutex);
    return m_canvasRequests;
}

DeviceInfo FakeEngine::device() const {
    DeviceInfo info;
    info.name = "CPU, 2 threads";
    info.reason = "no CUDA device found";
    info.memoryBytes = 612'000'000;
    return info;
}

JobHandle FakeEngine::loadModel(const std::string& model, Sink<ModelInfo> sink) {
    return m_thread.post(makeFakeJob<ModelInfo>(sink, [this, model](jobs::JobContext& context) {
        const FakeOptions now = options();
        waitOrStop(now.modelDelay, context.stop());
        throwIf(now.modelError);
        return fakeModel(model, now);
    }));
}

Rendering FakeEngine::draw(const RenderRequest& request, const jobs::JobContext& context,
                           const Sink<Rendering>& sink, long generation) {
    const FakeOptions now = options();
    throwIf(now.renderError);
    Rendering rendering;
    rendering.state = request.state;
    int level = 0;
    for (int side = now.coarsest; side < now.resolution; side *= 2) {
        waitOrStop(now.levelDelay, context.stop());
        rendering.picture = drawPortrait(request.state, side).picture;
        if (sink.onPartial)
            sink.onPartial({rendering, level++, false, generation});
    }
    waitOrStop(now.levelDelay, context.stop());
    const Portrait portrait = drawPortrait(request.state, now.resolution);
    rendering.picture = portrait.picture;
    rendering.timings = {{"mapping", 0.4}, {"synthesis", 41.2}};
    if (request.wantMask || request.wantComposite) {
        rendering.mask = portrait.mask;
        rendering.timings.push_back({"mask", 27.5});
    }
    if (request.wantComposite) {
        drawComposite(rendering, now.resolution);
        rendering.timings.push_back({"fill", 12.0});
        rendering.timings.push_back({"composite", 3.1});
    }
    return rendering;
}

jobs::Job FakeEngine::renderJob(RenderRequest request, Sink<Rendering> sink) {
    const long generation = ++m_generation;
    return makeFakeJob<Rendering>(
        sink, [this, request = std::move(request), sink, generation](jobs::JobContext& context) {
            return draw(request, context, sink, generation);
        });
}

JobHandle FakeEngine::preview(LiveSlot slot, RenderRequest request, Sink<Rendering> sink) {
    if (slot == LiveSlot::Canvas) {
        const std::lock_guard lock(m_mutex);
        m_canvasRequests.push_back(request);
    }
    return m_thread.postLive(static_cast<int>(slot), renderJob(std::move(request), std::move(sink)));
}

JobHandle FakeEngine::render(RenderRequest request, Sink<Rendering> sink) {
    return m_thread.post(renderJob(std::move(request), std::move(sink)));
}

JobHandle FakeEngine::sample(SampleRequest, Sink<std::vector<std::filesystem::path>> sink) {
    using Paths = std::vector<std::filesystem::path>;
    return m_thread.post(makeFakeJob<Paths>(sink, [](jobs::JobContext&) { return Paths(); }));
}

JobHandle FakeEngine::invert(InversionRequest request, Sink<InversionResult> sink) {
    return m_thread.post(makeFakeJob<InversionResult>(sink, [this, request, sink](jobs::JobContext& context) {
        const FakeOptions now = options();
        InversionResult result;
        result.state.model = request.model;
        result.state.seed = 12;
        result.state.photo = PhotoSource{request.photo.string(), request.square.value_or(Rect{})};
        result.state.latent =
            Latent{LatentSpace::WPlus, 1, 1, std::make_shared<const std::vector<float>>(1, 0.5F)};
        for (int step = 1; step <= now.inversionSteps; ++step) {
            try {
                waitOrStop(now.stepDelay, context.stop());
            } catch (const Failure&) {
                if (result.steps == 0)
                    throw;
                result.stopped = true;
                break;
            }
            result.steps = step;
            result.loss = 1.5 / step;
            result.psnr = 10 + 10 * std::log10(step);
            const int side = std::clamp(now.coarsest * (1 + step / 8), now.coarsest, now.resolution);
            result.picture = drawPortrait(result.state, side).picture;
            Progress progress;
            progress.stage = "inversion";
            progress.fraction = static_cast<double>(step) / now.inversionSteps;
            progress.step = step;
            progress.steps = now.inversionSteps;
            progress.loss = result.loss;
            progress.secondsLeft = (now.inversionSteps - step) * now.stepDelay.count() / 1000.0;
            sink.onProgress(progress);
            sink.onPartial({result, step, false, 0});
            context.yieldPoint();
        }
        return result;
    }));
}

JobHandle FakeEngine::exportLayers(ExportRequest request, Sink<ExportReport> sink) {
    return m_thread.post(makeFakeJob<ExportReport>(sink, [this, request](jobs::JobContext& context) {
        const FakeOptions now = options();
        throwIf(now.exportError);
        waitOrStop(now.stepDelay, context.stop());
        const Portrait portrait = drawPortrait(request.state, now.resolution);
        LayerStack stack;
        stack.width = stack.height = now.resolution;
        stack.layers = {
            {.name = "Ground", .id = "ground", .image = portrait.ground},
            {.name = "Person", .id = "person", .image = withAlpha(portrait.picture, portrait.mask)},
            {.name = "Mask",
             .id = "mask",
             .image = imageFromMask(portrait.mask, PixelType::U8),
             .visible = false},
            {.name = "Composite", .id = "composite", .image = portrait.picture, .visible = false}};
        stack.recipe = toJson(request.state);
        ExportReport report;
        report.files = writeLayers(request.target, layerFormatOf(request.target), stack);
        report.coverage = portrait.mask.coverage();
        return report;
    }));
}

std::vector<TrainingRequest> FakeEngine::trainingRequests() const {
    const std::lock_guard lock(m_mutex);
    return m_trainingRequests;
}

JobHandle FakeEngine::train(TrainingRequest request, Sink<TrainingStatus> sink) {
    const std::lock_guard lock(m_mutex);
    m_trainingRequests.push_back(request);
    return m_thread.postBackground(
        makeFakeJob<TrainingStatus>(sink, [this, request, sink](jobs::JobContext& context) {
            const FakeOptions now = options();
            m_wantsSave = false;
            FakeTraining training(request, sink);
            for (int step = 0; !training.isDone(now.trainingSteps * now.imagesPerStep); ++step) {
                try {
                    waitOrStop(now.stepDelay, context.stop());
                } catch (const Failure&) {
                    return training.end(true);
                }
                if (now.trainingError && step == 8)
                    throw Failure(*now.trainingError);
                training.step(now.imagesPerStep);
                if (m_wantsSave.exchange(false))
                    training.save();
                context.yieldPoint();
            }
            return training.end(false);
        }));
}

JobHandle FakeEngine::bench(BenchRequest, Sink<std::vector<BenchRow>> sink) {
    using Rows = std::vector<BenchRow>;
    return m_thread.post(makeFakeJob<Rows>(sink, [](jobs::JobContext&) { return Rows(); }));
}

} // namespace cameo::test
