// SPDX-License-Identifier: Apache-2.0
// Turns what the user does into requests, and what arrives into what is shown. Owns no widget. Window's
// thread only.
#pragma once

#include "ui/bridge/engine_bridge.h"
#include "ui/bridge/photo_loader.h"
#include "ui/canvas/canvas_scene.h"
#include "ui/models/picture_store.h"
#include "ui/models/seed_model.h"
#include "ui/models/session.h"
#include "ui/models/training_model.h"
#include "ui/models/view_model.h"

#include <QObject>

#include <optional>

namespace cameo::ui {

/// Pictures that panels show, beyond what the canvas needs.
enum class PanelNeeds { Nothing, Layers };

class Conductor : public QObject {
    Q_OBJECT

  public:
    struct Parts {
        EngineBridge& bridge;
        Session& session;
        ViewModel& view;
        SeedModel& seeds;
        TrainingModel& training;
    };
    explicit Conductor(const Parts& parts, QObject* parent = nullptr);

    void openModel(const QString& file);
    void openPhoto(const QString& file);
    /// A FILE.cameo, or exported layers: a folder, PNG, OpenRaster, PSD or TIFF.
    void openRecipe(const QString& file);
    /// A picture, a recipe or a model, told apart by content.
    void open(const QString& file);
    void saveRecipe(const QString& file);
    void invert(const ParameterValues& parameters);
    /// A folder for PNGs, or a file that ends in .ora, .psd or .tif.
    void exportLayers(const QString& target);
    void showOtherSeeds();
    void setPanelNeeds(PanelNeeds needs);
    /// The seed that is shown first.
    void setFirstSeed(std::uint32_t seed) { m_firstSeed = seed; }
    /// Stops the running long job; false when there is none.
    bool cancelJob();
    /// Tells anew what the canvas shows.
    void updateScene();
    const PictureStore& pictures() const { return m_pictures; }

  Q_SIGNALS:
    void sceneChanged(const cameo::ui::CanvasScene& scene);
    void renderingChanged(const cameo::Rendering& rendering, cameo::ui::Arrival arrival);
    void errorOccurred(const cameo::Error& error);

  private:
    void connectBridge();
    void openPicture(const QString& file);
    void takeModel(const ModelInfo& model);
    void takePicture(const Rendering& rendering, Arrival arrival);
    void takeOpenedPhoto(const Photo& photo);
    void takeInversion(const InversionResult& result);
    void takeFailure(JobKind kind, const Error& error);

    void requestPicture();
    RenderRequest wantedRequest() const;
    void requestOriginal();
    void requestThumbnails();
    const Photo* presentPhoto();
    QString hint() const;
    QString sheetHint() const;

    EngineBridge& m_bridge;
    Session& m_session;
    ViewModel& m_view;
    SeedModel& m_seeds;
    TrainingModel& m_training;
    PhotoLoader m_openedPhotos;  // for Photo mode
    PhotoLoader m_presentPhotos; // of states that are undone to
    PictureStore m_pictures;
    std::optional<RenderRequest> m_requested;   // the newest canvas request
    std::optional<EditState> m_thumbnailState;  // what the thumbnails were made with, but for the seed
    std::optional<InversionResult> m_inversion; // so far, while one runs
    std::optional<Photo> m_photo;               // of the present state, once read
    QString m_photoWanted;                      // file that was last read for the present state
    QString m_modelFile;
    struct Recipe {
        QString name;
        EditState state;
    };
    std::optional<Recipe> m_recipe; // shown once its model is there
    std::uint32_t m_firstSeed = 7;
    PanelNeeds m_panelNeeds = PanelNeeds::Layers;
};

} // namespace cameo::ui
