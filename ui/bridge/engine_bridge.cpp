// SPDX-License-Identifier: Apache-2.0
#include "ui/bridge/engine_bridge.h"

#include "ui/bridge/queued_sink.h"

#include <algorithm>
#include <utility>

namespace cameo::ui {

namespace {

constexpr JobKind longKinds[] = {JobKind::Inversion, JobKind::Export, JobKind::Model};

bool isQuiet(ErrorCode code) {
    return code == ErrorCode::Cancelled || code == ErrorCode::Superseded;
}

} // namespace

EngineBridge::EngineBridge(Engine& engine, QObject* parent)
    : QObject(parent), m_engine(engine), m_link(std::make_shared<Link>(this)) {}

EngineBridge::~EngineBridge() {
    m_link->cut();
    for (const auto& [kind, running] : m_running)
        if (running.handle)
            running.handle.cancel();
}

DeviceInfo EngineBridge::device() const {
    return m_engine.device();
}

long EngineBridge::begin(JobKind kind) {
    const bool wasRunning = isRunning(kind);
    m_running[kind] = Running{{}, ++m_lastGeneration};
    if (!wasRunning)
        Q_EMIT jobStarted(kind);
    return m_lastGeneration;
}

bool EngineBridge::isRunning(JobKind kind) const {
    return m_running.contains(kind);
}

bool EngineBridge::isCurrent(JobKind kind, long generation) const {
    const auto found = m_running.find(kind);
    return found != m_running.end() && found->second.generation == generation;
}

void EngineBridge::end(JobKind kind, long generation) {
    if (!isCurrent(kind, generation))
        return;
    m_running.erase(kind);
    Q_EMIT jobEnded(kind);
}

void EngineBridge::reportFailure(JobKind kind, const Error& error) {
    if (!isQuiet(error.code))
        Q_EMIT jobFailed(kind, error);
}

template <typename T>
Sink<T> EngineBridge::longJobSink(JobKind kind, long generation, Receive<T> advanced, Receive<T> finished) {
    SinkHandlers<T> handlers;
    if (advanced)
        handlers.partial = [this, kind, generation, advanced](const Partial<T>& partial) {
            if (isCurrent(kind, generation))
                Q_EMIT(this->*advanced)(partial.value);
        };
    handlers.progress = [this, kind, generation](const Progress& progress) {
        if (isCurrent(kind, generation))
            Q_EMIT jobProgressed(kind, progress);
    };
    handlers.done = [this, kind, generation, finished](const Result<T>& result) {
        if (!isCurrent(kind, generation))
            return;
        end(kind, generation);
        if (result)
            Q_EMIT(this->*finished)(*result);
        else
            reportFailure(kind, result.error());
    };
    return queuedSink(m_link, std::move(handlers));
}

void EngineBridge::cancel(JobKind kind) {
    if (const auto found = m_running.find(kind); found != m_running.end())
        found->second.handle.cancel();
}

void EngineBridge::loadModel(const std::string& model) {
    cancel(JobKind::Model);
    const long generation = begin(JobKind::Model);
    m_running[JobKind::Model].handle = m_engine.loadModel(
        model, longJobSink<ModelInfo>(JobKind::Model, generation, nullptr, &EngineBridge::modelLoaded));
}

void EngineBridge::preview(RenderRequest request) {
    m_pendingDraft.reset();
    if (request.isDraft && isRunning(JobKind::Picture) && !m_hasShownCurrent)
        m_pendingDraft = std::move(request);
    else
        startPreview(std::move(request));
}

void EngineBridge::startPreview(RenderRequest request) {
    const long generation = begin(JobKind::Picture);
    m_hasShownCurrent = false;
    SinkHandlers<Rendering> handlers;
    handlers.partial = [this, generation](const Partial<Rendering>& partial) {
        showPicture(generation, partial.value, Arrival::OnTheWay);
    };
    handlers.progress = [this, generation](const Progress& progress) {
        if (isCurrent(JobKind::Picture, generation))
            Q_EMIT jobProgressed(JobKind::Picture, progress);
    };
    handlers.done = [this, generation](const Result<Rendering>& result) {
        finishPreview(generation, result);
    };
    m_running[JobKind::Picture].handle =
        m_engine.preview(LiveSlot::Canvas, std::move(request), queuedSink(m_link, std::move(handlers)));
}

void EngineBridge::showPicture(long generation, const Rendering& rendering, Arrival arrival) {
    if (generation < m_shownGeneration)
        return;
    m_shownGeneration = generation;
    Q_EMIT pictureArrived(rendering, arrival);
    if (isCurrent(JobKind::Picture, generation)) {
        m_hasShownCurrent = true;
        sendPendingDraft();
    }
}

void EngineBridge::finishPreview(long generation, const Result<Rendering>& result) {
    const bool isNewest = isCurrent(JobKind::Picture, generation);
    end(JobKind::Picture, generation);
    if (result)
        showPicture(generation, *result, Arrival::Final);
    else if (isNewest)
        reportFailure(JobKind::Picture, result.error());
    if (isNewest)
        sendPendingDraft();
}

void EngineBridge::sendPendingDraft() {
    if (auto request = std::exchange(m_pendingDraft, std::nullopt))
        startPreview(std::move(*request));
}

void EngineBridge::renderOriginal(EditState state) {
    cancel(JobKind::Original);
    const long generation = begin(JobKind::Original);
    RenderRequest request;
    request.state = std::move(state);
    m_running[JobKind::Original].handle =
        m_engine.render(std::move(request), longJobSink<Rendering>(JobKind::Original, generation, nullptr,
                                                                   &EngineBridge::originalArrived));
}

void EngineBridge::renderThumbnails(std::deque<ThumbnailRequest> requests) {
    m_thumbnails = std::move(requests);
    if (const auto running = m_running.find(JobKind::Thumbnail); running != m_running.end()) {
        const Running old = running->second;
        end(JobKind::Thumbnail, old.generation);
        old.handle.cancel();
    }
    startNextThumbnail();
}

void EngineBridge::startNextThumbnail() {
    if (m_thumbnails.empty())
        return;
    const auto wanted = std::make_shared<const ThumbnailRequest>(std::move(m_thumbnails.front()));
    m_thumbnails.pop_front();
    const long generation = begin(JobKind::Thumbnail);
    SinkHandlers<Rendering> handlers;
    handlers.partial = [this, generation, wanted](const Partial<Rendering>& partial) {
        takeThumbnail(generation, *wanted, partial.value, Arrival::OnTheWay);
    };
    handlers.done = [this, generation, wanted](Result<Rendering> result) {
        if (!isCurrent(JobKind::Thumbnail, generation))
            return;
        if (result) {
            takeThumbnail(generation, *wanted, *result, Arrival::Final);
            return;
        }
        end(JobKind::Thumbnail, generation);
        reportFailure(JobKind::Thumbnail, result.error());
        // One failure stands for all: the rest would fail for the same reason.
        if (isQuiet(result.error().code))
            startNextThumbnail();
        else
            m_thumbnails.clear();
    };
    RenderRequest request;
    request.state = wanted->state;
    request.isDraft = true;
    m_running[JobKind::Thumbnail].handle =
        m_engine.preview(LiveSlot::Thumbnail, std::move(request), queuedSink(m_link, std::move(handlers)));
}

void EngineBridge::takeThumbnail(long generation, const ThumbnailRequest& request, const Rendering& rendering,
                                 Arrival arrival) {
    if (!isCurrent(JobKind::Thumbnail, generation))
        return;
    const bool isEnough = arrival == Arrival::Final || rendering.picture.width() >= request.side;
    if (!isEnough)
        return;
    const JobHandle handle = m_running[JobKind::Thumbnail].handle;
    end(JobKind::Thumbnail, generation);
    if (arrival != Arrival::Final)
        handle.cancel(); // the finer levels would be thrown away
    Q_EMIT thumbnailArrived(request.key, rendering.picture);
    if (!isRunning(JobKind::Thumbnail))
        startNextThumbnail();
}

void EngineBridge::invert(InversionRequest request) {
    cancel(JobKind::Inversion);
    const long generation = begin(JobKind::Inversion);
    m_running[JobKind::Inversion].handle =
        m_engine.invert(std::move(request), longJobSink<InversionResult>(JobKind::Inversion, generation,
                                                                         &EngineBridge::inversionAdvanced,
                                                                         &EngineBridge::inversionFinished));
}

void EngineBridge::exportLayers(ExportRequest request) {
    cancel(JobKind::Export);
    const long generation = begin(JobKind::Export);
    m_running[JobKind::Export].handle = m_engine.exportLayers(
        std::move(request),
        longJobSink<ExportReport>(JobKind::Export, generation, nullptr, &EngineBridge::exportFinished));
}

void EngineBridge::train(TrainingRequest request) {
    cancel(JobKind::Training);
    const long generation = begin(JobKind::Training);
    Sink<TrainingStatus> sink = longJobSink<TrainingStatus>(
        JobKind::Training, generation, &EngineBridge::trainingAdvanced, &EngineBridge::trainingFinished);
    // The status says more than a progress could; the status bar only needs the latter.
    sink.onPartial = [onPartial = sink.onPartial,
                      onProgress = sink.onProgress](const Partial<TrainingStatus>& partial) {
        const TrainingStatus& status = partial.value;
        Progress progress;
        progress.stage = status.stage == TrainingStage::Packing ? "pack" : "training";
        progress.step = status.images;
        progress.steps = status.target;
        if (status.target > 0)
            progress.fraction = static_cast<double>(status.images) / static_cast<double>(status.target);
        progress.secondsLeft = status.secondsLeft;
        onProgress(progress);
        onPartial(partial);
    };
    m_running[JobKind::Training].handle = m_engine.train(std::move(request), std::move(sink));
}

bool EngineBridge::cancelLongJob() {
    for (const JobKind kind : longKinds)
        if (isRunning(kind)) {
            cancel(kind);
            return true;
        }
    return false;
}

} // namespace cameo::ui
