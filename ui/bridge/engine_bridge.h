// SPDX-License-Identifier: Apache-2.0
// The only class of the window that talks to the engine. Requests return at once; answers come as signals on
// the window's thread. What is older than what was already shown is dropped. Window's thread only.
#pragma once

#include "core/engine/engine.h"
#include "ui/bridge/link.h"
#include "ui/models/arrival.h"

#include <QObject>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>

namespace cameo::ui {

enum class JobKind { Model, Picture, Original, Thumbnail, Inversion, Export, Training };

struct ThumbnailRequest {
    std::uint32_t key = 0; // the caller's, comes back with the picture
    EditState state;
    int side = 0; // px: a coarse picture of at least this size will do
};

class EngineBridge : public QObject {
    Q_OBJECT

  public:
    /// `engine` must outlive the bridge.
    explicit EngineBridge(Engine& engine, QObject* parent = nullptr);
    ~EngineBridge() override;

    DeviceInfo device() const;

    void loadModel(const std::string& model);
    /// What the canvas shows; the newest request wins. A draft waits (one deep) until the picture before it
    /// has shown something, so that a fast drag is never starved by its own requests.
    void preview(RenderRequest request);
    /// The unedited picture, for comparing.
    void renderOriginal(EditState state);
    /// Replaces all thumbnails that were asked for and are not there yet.
    void renderThumbnails(std::deque<ThumbnailRequest> requests);
    void invert(InversionRequest request);
    void exportLayers(ExportRequest request);

    void train(TrainingRequest request);
    /// The training saves its state and ends.
    void stopTraining() { cancel(JobKind::Training); }
    /// The training saves its state and goes on.
    void saveTraining() { m_engine.saveTraining(); }

    bool isRunning(JobKind kind) const;
    /// Asks a model load, an inversion or an export to stop. False when none runs. A training is not stopped
    /// so: it lasts for hours, and a key that was meant for something else must not end it.
    bool cancelLongJob();

  Q_SIGNALS:
    void modelLoaded(const cameo::ModelInfo& info);
    void pictureArrived(const cameo::Rendering& rendering, cameo::ui::Arrival arrival);
    void originalArrived(const cameo::Rendering& rendering);
    void thumbnailArrived(std::uint32_t key, const cameo::Image& picture);
    void inversionAdvanced(const cameo::InversionResult& soFar);
    void inversionFinished(const cameo::InversionResult& result);
    void exportFinished(const cameo::ExportReport& report);
    void trainingAdvanced(const cameo::TrainingStatus& status);
    void trainingFinished(const cameo::TrainingStatus& status);
    /// Not for jobs that were cancelled or superseded.
    void jobFailed(cameo::ui::JobKind kind, const cameo::Error& error);
    void jobStarted(cameo::ui::JobKind kind);
    void jobProgressed(cameo::ui::JobKind kind, const cameo::Progress& progress);
    void jobEnded(cameo::ui::JobKind kind);

  private:
    /// Newest request of one kind: answers to earlier ones are recognised by their number.
    struct Running {
        JobHandle handle;
        long generation = 0;
    };

    void startPreview(RenderRequest request);
    void showPicture(long generation, const Rendering& rendering, Arrival arrival);
    void finishPreview(long generation, const Result<Rendering>& result);
    void sendPendingDraft();
    void startNextThumbnail();
    void takeThumbnail(long generation, const ThumbnailRequest& request, const Rendering& rendering,
                       Arrival arrival);

    template <typename T>
    using Receive = void (EngineBridge::*)(const T&); // one of the signals
    template <typename T>
    Sink<T> longJobSink(JobKind kind, long generation, Receive<T> advanced, Receive<T> finished);
    void cancel(JobKind kind);
    long begin(JobKind kind);
    bool isCurrent(JobKind kind, long generation) const;
    void end(JobKind kind, long generation);
    void reportFailure(JobKind kind, const Error& error);

    Engine& m_engine;
    std::shared_ptr<Link> m_link;
    std::map<JobKind, Running> m_running; // by kind, while a job of it is under way
    long m_lastGeneration = 0;
    long m_shownGeneration = 0;    // of the canvas
    bool m_hasShownCurrent = true; // something of the newest canvas request was shown
    std::optional<RenderRequest> m_pendingDraft;
    std::deque<ThumbnailRequest> m_thumbnails;
};

} // namespace cameo::ui
