// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/conductor.h"

#include "core/document/recipe_file.h"
#include "ui/canvas/scene_builder.h"
#include "ui/models/edit_ops.h"
#include "ui/models/file_kind.h"
#include "ui/models/image_convert.h"
#include "ui/models/qt_text.h"
#include "ui/panels/film_strip.h"

#include <QFileInfo>

#include <numeric>
#include <utility>

namespace cameo::ui {

namespace {

constexpr std::uint32_t seedsPerPage = 16;

bool covers(const RenderRequest& done, const RenderRequest& wanted) {
    return done.state == wanted.state && (done.wantMask || !wanted.wantMask) &&
           (done.wantComposite || !wanted.wantComposite) && (!done.isDraft || wanted.isDraft);
}

/// What thumbnails have in common with the state: everything but the seed and the edits.
EditState thumbnailState(const EditState& state) {
    EditState base = withSeed(state.original(), 0);
    base.mask = MaskSettings{};
    return base;
}

} // namespace

Conductor::Conductor(const Parts& parts, QObject* parent)
    : QObject(parent),
      m_bridge(parts.bridge),
      m_session(parts.session),
      m_view(parts.view),
      m_seeds(parts.seeds),
      m_training(parts.training) {
    connectBridge();
    connect(&m_openedPhotos, &PhotoLoader::loaded, this, &Conductor::takeOpenedPhoto);
    connect(&m_presentPhotos, &PhotoLoader::loaded, this, [this](const Photo& photo) {
        m_photo = photo;
        updateScene();
    });
    for (PhotoLoader* loader : {&m_openedPhotos, &m_presentPhotos})
        connect(loader, &PhotoLoader::failed, this, &Conductor::errorOccurred);
    connect(&m_session, &Session::stateChanged, this, [this] {
        requestPicture();
        updateScene();
    });
    connect(&m_session, &Session::historyChanged, this, &Conductor::requestThumbnails);
    connect(&m_session, &Session::photoChanged, this, &Conductor::updateScene);
    connect(&m_training, &TrainingModel::pictureChanged, this, &Conductor::updateScene);
    connect(&m_training, &TrainingModel::phaseChanged, this, &Conductor::updateScene);
    connect(&m_view, &ViewModel::viewChanged, this, [this] {
        requestPicture();
        updateScene();
    });
    std::vector<std::uint32_t> seeds(seedsPerPage);
    std::iota(seeds.begin(), seeds.end(), 0);
    m_seeds.setSeeds(std::move(seeds));
}

void Conductor::connectBridge() {
    connect(&m_bridge, &EngineBridge::modelLoaded, this, &Conductor::takeModel);
    connect(&m_bridge, &EngineBridge::pictureArrived, this, &Conductor::takePicture);
    connect(&m_bridge, &EngineBridge::originalArrived, this, [this](const Rendering& rendering) {
        m_pictures.takeOriginal(rendering);
        updateScene();
    });
    connect(&m_bridge, &EngineBridge::thumbnailArrived, this,
            [this](std::uint32_t seed, const Image& picture) {
                m_seeds.setPicture(
                    seed, thumbnail(picture, 2 * FilmStrip::thumbnailSide)); // sharp at twice the density
            });
    connect(&m_bridge, &EngineBridge::inversionAdvanced, this, [this](const InversionResult& soFar) {
        m_inversion = soFar;
        updateScene();
    });
    connect(&m_bridge, &EngineBridge::inversionFinished, this, &Conductor::takeInversion);
    connect(&m_bridge, &EngineBridge::jobFailed, this, &Conductor::takeFailure);
    connect(&m_bridge, &EngineBridge::jobEnded, this, [this](JobKind kind) {
        if (kind == JobKind::Inversion) {
            m_inversion.reset();
            updateScene();
        }
    });
}

void Conductor::openModel(const QString& file) {
    m_modelFile = file;
    m_bridge.loadModel(file.isEmpty() ? std::string() : toPath(file).string());
    updateScene();
}

void Conductor::openPhoto(const QString& file) {
    m_openedPhotos.load(QFileInfo(file).absoluteFilePath());
}

void Conductor::openRecipe(const QString& file) {
    Result<std::optional<EditState>> work = openWork(toPath(file));
    if (!work) {
        Q_EMIT errorOccurred(work.error());
        return;
    }
    std::optional<EditState>& state = work.value();
    if (!state) {
        Q_EMIT errorOccurred(Error{ErrorCode::InvalidArgument, file.toStdString() + " holds no recipe",
                                   "Open a FILE.cameo, or layers that Cameo exported with their recipe"});
        return;
    }
    const QString name = tr("Open %1").arg(QFileInfo(file).fileName());
    m_view.setContentForEditing(state->photo ? Content::Composite : Content::Picture);
    m_view.setMode(Mode::Edit);
    if (m_session.model() && state->model == m_session.state().model) {
        m_session.commit(name, std::move(*state));
        return;
    }
    const QString model = toQt(std::filesystem::path(state->model));
    m_recipe = Recipe{name, std::move(*state)};
    openModel(model);
}

/// A picture that Cameo wrote brings its work back; every other one is a photograph.
void Conductor::openPicture(const QString& file) {
    const Result<std::optional<EditState>> work = openWork(toPath(file));
    if (work && work.value())
        openRecipe(file);
    else
        openPhoto(file);
}

void Conductor::saveRecipe(const QString& file) {
    m_session.commitDraft();
    try {
        writeRecipe(toPath(file), m_session.state());
    } catch (const Failure& failure) {
        Q_EMIT errorOccurred(failure.error());
    }
}

void Conductor::open(const QString& file) {
    switch (fileKind(file)) {
    case FileKind::Picture:
        openPicture(file);
        break;
    case FileKind::Recipe:
        openRecipe(file);
        break;
    case FileKind::PackedPictures: // nothing for the studio: the message says what it is not
    case FileKind::Model:
        openModel(QFileInfo(file).absoluteFilePath());
        break;
    }
}

void Conductor::takeModel(const ModelInfo& model) {
    m_pictures.clear();
    m_requested.reset();
    m_thumbnailState.reset();
    m_session.setModel(model);
    if (auto recipe = std::exchange(m_recipe, std::nullopt)) {
        m_session.restart(recipe->name, std::move(recipe->state));
        return;
    }
    EditState state;
    state.model = m_modelFile.isEmpty() ? std::string() : toPath(m_modelFile).string();
    state.seed = m_firstSeed;
    if (model.cDim > 0)
        state.classIndex = 0;
    m_session.restart(tr("Seed %1").arg(state.seed), std::move(state));
}

void Conductor::takePicture(const Rendering& rendering, Arrival arrival) {
    m_pictures.take(rendering, arrival);
    updateScene();
    Q_EMIT renderingChanged(m_pictures.shown(), arrival);
}

void Conductor::takeOpenedPhoto(const Photo& photo) {
    m_session.setPhoto(PhotoCandidate{photo, centredSquare(photo.width, photo.height)});
    m_view.setMode(Mode::Photo);
}

void Conductor::takeInversion(const InversionResult& result) {
    if (const PhotoCandidate* candidate = m_session.photo())
        m_photo = candidate->photo;
    m_view.setContentForEditing(Content::Composite);
    const QString name = m_photo ? QFileInfo(m_photo->file).fileName() : QString();
    m_session.commit(tr("Invert %1").arg(name), result.state);
    m_view.setMode(Mode::Edit);
}

void Conductor::takeFailure(JobKind kind, const Error& error) {
    if (kind == JobKind::Picture)
        m_requested.reset(); // the same request may be tried again
    if (kind == JobKind::Model)
        m_recipe.reset();
    Q_EMIT errorOccurred(error);
    updateScene();
}

void Conductor::invert(const ParameterValues& parameters) {
    const PhotoCandidate* candidate = m_session.photo();
    if (!candidate || !m_session.model())
        return;
    InversionRequest request;
    request.model = m_session.state().model;
    request.photo = toPath(candidate->photo.file);
    request.square = candidate->square;
    request.parameters = parameters;
    m_inversion = InversionResult();
    m_bridge.invert(std::move(request));
    updateScene();
}

void Conductor::exportLayers(const QString& target) {
    m_session.commitDraft();
    m_bridge.exportLayers(ExportRequest{.state = m_session.state(), .target = toPath(target)});
}

void Conductor::showOtherSeeds() {
    const auto& present = m_seeds.seeds();
    std::vector<std::uint32_t> seeds(seedsPerPage);
    std::iota(seeds.begin(), seeds.end(), present.empty() ? 0 : present.back() + 1);
    m_seeds.setSeeds(std::move(seeds));
    requestThumbnails();
}

void Conductor::setPanelNeeds(PanelNeeds needs) {
    if (m_panelNeeds == needs)
        return;
    m_panelNeeds = needs;
    requestPicture();
}

bool Conductor::cancelJob() {
    return m_bridge.cancelLongJob();
}

RenderRequest Conductor::wantedRequest() const {
    RenderRequest request;
    request.state = m_session.state();
    request.isDraft = m_session.hasDraft();
    const bool showsComposite = m_view.content() == Content::Composite;
    const bool showsMask = m_view.maskView() != MaskView::Off || m_view.mode() == Mode::Mask;
    const bool fillsPanels = m_panelNeeds == PanelNeeds::Layers && !request.isDraft;
    request.wantComposite = showsComposite || fillsPanels;
    request.wantMask = showsMask || request.wantComposite;
    return request;
}

void Conductor::requestPicture() {
    if (!m_session.model())
        return;
    RenderRequest request = wantedRequest();
    if (!m_requested || !covers(*m_requested, request)) {
        m_requested = request;
        m_bridge.preview(std::move(request));
    }
    requestOriginal();
}

/// Only when somebody compares: the unedited picture costs as much as the edited one.
void Conductor::requestOriginal() {
    const EditState& state = m_session.state();
    const bool isCompared = m_view.isWiping() || m_view.showsOriginal();
    if (!isCompared || m_session.hasDraft() || state.photo || !m_pictures.originalFor(state).isEmpty() ||
        m_bridge.isRunning(JobKind::Original))
        return;
    m_bridge.renderOriginal(state.original());
}

void Conductor::requestThumbnails() {
    if (!m_session.model())
        return;
    const EditState base = thumbnailState(m_session.state());
    const bool isOther = !m_thumbnailState || !(*m_thumbnailState == base);
    if (!m_session.state().latent)
        m_seeds.include(m_session.state().seed);
    if (isOther)
        m_seeds.clearPictures();
    std::deque<ThumbnailRequest> requests;
    for (const std::uint32_t seed : m_seeds.seeds())
        if (!m_seeds.hasPicture(seed))
            requests.push_back(ThumbnailRequest{seed, withSeed(base, seed), FilmStrip::thumbnailSide});
    m_thumbnailState = base;
    if (!requests.empty())
        m_bridge.renderThumbnails(std::move(requests));
}

const Photo* Conductor::presentPhoto() {
    const auto& source = m_session.state().photo;
    if (!source)
        return nullptr;
    const QString file = toQt(source->file);
    if (m_photo && m_photo->file == file)
        return &*m_photo;
    if (m_photoWanted != file) {
        m_photoWanted = file;
        m_presentPhotos.load(file);
    }
    return nullptr;
}

QString Conductor::hint() const {
    if (m_bridge.isRunning(JobKind::Model))
        return tr("Opening the model …");
    if (!m_session.model())
        return tr("No model is open.\n\nUse File, Open model, or drop a StyleGAN2 file here:\n.pkl, .pt or "
                  ".safetensors");
    if (m_bridge.isRunning(JobKind::Picture))
        return tr("Drawing …");
    return tr("There is no picture.\n\nChoose a seed, or open a photograph.");
}

QString Conductor::sheetHint() const {
    if (m_training.isActive() || m_training.sheetCount() > 0)
        return tr("The first samples are on their way …");
    return tr("There is no training yet.\n\nChoose pictures on the right, or drop a folder of them "
              "here,\nand press "
              "Start. The folder of an earlier run brings its samples and curves back.");
}

void Conductor::updateScene() {
    const Photo* photo = presentPhoto();
    Q_EMIT sceneChanged(
        buildScene(SceneInputs{m_session, m_view, m_pictures, photo, m_inversion ? &*m_inversion : nullptr,
                               hint(), &m_training.picture(), sheetHint()}));
}

} // namespace cameo::ui
