// SPDX-License-Identifier: Apache-2.0
#include "core/engine/renderer.h"

#include "core/base/text.h"
#include "core/composite/composite.h"
#include "core/engine/tensor_image.h"
#include "core/segment/clusters.h"

#include <algorithm>
#include <chrono>

namespace cameo {
namespace {

constexpr long kCoarsestShown = 32;  // px: smaller skip images are blobs
constexpr long kLargestCached = 256; // px: features of larger blocks are not kept (64 MB each)
constexpr double kDraftVariants = 8; // mask variants while a slider moves

class StageClock {
  public:
    StageClock(Rendering& rendering, std::string stage)
        : m_rendering(rendering), m_stage(std::move(stage)), m_start(std::chrono::steady_clock::now()) {}
    ~StageClock() {
        const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - m_start;
        m_rendering.timings.push_back({m_stage, elapsed.count()});
    }
    StageClock(const StageClock&) = delete;
    StageClock& operator=(const StageClock&) = delete;

  private:
    Rendering& m_rendering;
    std::string m_stage;
    std::chrono::steady_clock::time_point m_start;
};

/// First row where two row sets differ, numWs when they are equal.
long firstDifference(const at::Tensor& a, const at::Tensor& b) {
    const at::Tensor differs = (a != b).any(2)[0].to(at::kCPU);
    for (long row = 0; row < differs.size(0); ++row)
        if (differs[row].item<bool>())
            return row;
    return differs.size(0);
}

/// The threshold and softness of the mask settings: a linear ramp around the threshold.
Mask applyLevels(const Mask& mask, const MaskSettings& settings) {
    Mask result = mask;
    if (settings.threshold != 0.5 || settings.softness != 1.0) {
        std::vector<float> alpha(mask.alpha().begin(), mask.alpha().end());
        for (float& a : alpha) {
            const double offset = a - settings.threshold;
            a = settings.softness <= 0
                    ? (offset >= 0 ? 1.0f : 0.0f)
                    : static_cast<float>(std::clamp(offset / settings.softness + 0.5, 0.0, 1.0));
        }
        result = Mask(mask.width(), mask.height(), std::move(alpha));
    }
    return settings.feather > 0 ? featherMask(result, settings.feather) : result;
}

void checkStopped(const std::stop_token& stop) {
    if (stop.stop_requested())
        throw Failure(ErrorCode::Cancelled, "Cancelled");
}

} // namespace

at::Tensor Renderer::synthesize(const LoadedModel& model, const at::Tensor& ws, const Task& task,
                                Rendering& rendering) {
    const EditState& state = task.request.state;
    const net::Generator& generator = model.generator;
    const bool usable = m_synthesis && m_synthesis->model.get() == &model &&
                        m_synthesis->noise == state.noise && m_synthesis->noiseSeed == state.noiseSeed;
    const long changed = usable ? firstDifference(m_synthesis->ws, ws) : 0;
    SynthesisCache cache{m_models.get(state.model), ws, state.noise, state.noiseSeed, {}};
    net::SynthesisState at;
    if (usable)
        // The state after block b - 1 depends on the rows up to firstRow(b): its to-RGB shares that row.
        for (std::size_t b = 1; b <= m_synthesis->states.size() && b < generator.blockCount(); ++b)
            if (changed > generator.firstRow(b)) {
                at = m_synthesis->states[b - 1];
                cache.states.push_back(at);
            }
    net::SynthesisOptions options{.noise = noiseOf(state.noise),
                                  .noiseSeed = state.noiseSeed,
                                  .precision = m_device.precision,
                                  .stop = task.stop};
    at::Tensor image;
    int level = 0;
    options.onBlock = [&](long, const net::Features& features) { image = features.image; };
    const long resolution = generator.spec().resolution;
    while (at.block < generator.blockCount()) {
        options.lastBlock = at.block;
        const long size = generator.spec().blocks[at.block].resolution;
        at = generator.advance(at, ws, options);
        if (size <= kLargestCached)
            cache.states.push_back(at);
        if (task.onPartial && image.defined() && size >= kCoarsestShown && size < resolution) {
            rendering.picture = imageFromTensor(image);
            task.onPartial(rendering, level++);
        }
        checkStopped(task.stop);
    }
    m_synthesis = std::move(cache);
    return at.image.defined() ? at.image : image;
}

Mask Renderer::mask(const LoadedModel& model, const Shown& shown, const EditState& state, const Task& task) {
    segment::ClusterRequest request{.ws = shown.ws,
                                    .picture = shown.picture,
                                    .parameters = state.mask.parameters,
                                    .noise = noiseOf(state.noise),
                                    .noiseSeed = state.noiseSeed,
                                    .precision = m_device.precision,
                                    .onProgress = task.onProgress,
                                    .stop = task.stop};
    const auto table = maskParameters(state.mask.method);
    checkParameters(table, request.parameters);
    if (task.request.isDraft)
        request.parameters["variants"] =
            std::min(kDraftVariants, parameterValue(table, request.parameters, "variants"));
    return applyLevels(segment::segmentByClusters(model.generator, request).mask, state.mask);
}

const Renderer::Ground& Renderer::ground(const Task& task) {
    const EditState original = task.request.state.original();
    if (m_ground && m_ground->original == original && m_ground->maxSide == task.maxGroundSide)
        return *m_ground;
    const auto model = m_models.get(original.model);
    Task whole = task;
    whole.request.isDraft = false;
    const at::Tensor ws = edit::rowsForState(model->generator, model->directions, original);
    const net::SynthesisOptions options{.noise = noiseOf(original.noise),
                                        .noiseSeed = original.noiseSeed,
                                        .precision = m_device.precision,
                                        .stop = task.stop};
    const at::Tensor picture = model->generator.synthesize(ws, options);
    Ground made{.original = original, .maxSide = task.maxGroundSide, .canvas = {}, .plate = {}};
    if (original.photo) {
        made.canvas = photoCanvas(*original.photo, task.maxGroundSide);
    } else {
        made.canvas.ground = imageFromTensor(picture);
        made.canvas.square = {0, 0, made.canvas.ground.width(), made.canvas.ground.height()};
    }
    made.plate =
        fillPlate({made.canvas, mask(*model, {ws, picture}, original, whole), task.onProgress, task.stop});
    m_ground = std::move(made);
    return *m_ground;
}

Rendering Renderer::render(const Task& task) {
    const at::NoGradGuard noGrad;
    const EditState& state = task.request.state;
    Rendering rendering;
    rendering.state = state;
    const auto model = m_models.get(state.model);
    Shown shown;
    {
        const StageClock clock(rendering, "mapping");
        shown.ws = edit::rowsForState(model->generator, model->directions, state);
    }
    {
        const StageClock clock(rendering, "synthesis");
        shown.picture = synthesize(*model, shown.ws, task, rendering);
        rendering.picture = imageFromTensor(shown.picture);
    }
    const bool wantsMore = task.request.wantMask || task.request.wantComposite;
    if (wantsMore && task.onPartial)
        task.onPartial(rendering, 100);
    if (wantsMore) {
        const StageClock clock(rendering, "mask");
        rendering.mask = mask(*model, shown, state, task);
    }
    if (task.request.wantComposite) {
        if (task.onPartial)
            task.onPartial(rendering, 101);
        const Ground* under = nullptr;
        {
            const StageClock clock(rendering, "fill");
            under = &ground(task);
        }
        const StageClock clock(rendering, "composite");
        rendering.plate = under->plate;
        rendering.photoSquare = under->canvas.square;
        // An unedited person stands on an untouched ground: nothing is to be composed.
        rendering.composite = state == state.original() ? under->canvas.ground
                                                        : compositeOnPlate(under->canvas, under->plate,
                                                                           rendering.picture, rendering.mask);
    }
    return rendering;
}

} // namespace cameo
