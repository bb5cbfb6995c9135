// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/main_window.h"

#include "ui/canvas/canvas_widget.h"
#include "ui/models/qt_text.h"
#include "ui/panels/background_panel.h"
#include "ui/panels/course_panel.h"
#include "ui/panels/edit_panel.h"
#include "ui/panels/export_panel.h"
#include "ui/panels/film_strip.h"
#include "ui/panels/history_panel.h"
#include "ui/panels/layers_panel.h"
#include "ui/panels/mask_panel.h"
#include "ui/panels/panel_parts.h"
#include "ui/panels/photo_panel.h"
#include "ui/panels/sample_panel.h"
#include "ui/panels/train_panel.h"
#include "ui/panels/train_settings.h"
#include "ui/shell/docks.h"
#include "ui/shell/held_keys.h"
#include "ui/shell/help_windows.h"
#include "ui/shell/menus.h"
#include "ui/shell/mode_strip.h"
#include "ui/shell/notice_strip.h"
#include "ui/shell/open_gl_check.h"
#include "ui/shell/status_line.h"

#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenuBar>
#include <QMimeData>
#include <QSettings>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QStatusBar>
#include <QVBoxLayout>

namespace cameo::ui {

using namespace Qt::StringLiterals;

MainWindow::MainWindow(Engine& engine, Memory memory, QWidget* parent)
    : QMainWindow(parent),
      m_memory(memory),
      m_canvasColours(applyTheme(m_theme)),
      m_bridge(engine),
      m_conductor(Conductor::Parts{m_bridge, m_session, m_view, m_seeds, m_training}),
      m_trainingConductor(m_bridge, m_training),
      m_actions(*this) {
    setAcceptDrops(true);
    resize(1440, 900);
    buildPanels();
    buildCentre();
    m_docks = new Docks(*this, m_view,
                        DockPanels{{m_samplePanel, m_photoPanel, m_editPanel, m_maskPanel, m_backgroundPanel,
                                    m_exportPanel, m_trainPanel},
                                   m_layersPanel,
                                   m_historyPanel,
                                   m_filmStrip,
                                   m_coursePanel});
    buildMenus(*menuBar(), m_actions, *m_docks, m_view);
    connectFileActions();
    connectViewActions();
    connectJobs();
    connectPanels();
    connectTraining();
    restore();
    updateActions();
    updateTitle();
    m_conductor.updateScene();
}

MainWindow::~MainWindow() {
    // Docks and panels tell of their end; what they tell it to must still be there.
    qDeleteAll(findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
}

void MainWindow::buildPanels() {
    m_samplePanel = new SamplePanel(m_session);
    m_photoPanel = new PhotoPanel(m_session);
    m_editPanel = new EditPanel(m_session);
    m_maskPanel = new MaskPanel(m_session, m_view);
    m_backgroundPanel = new BackgroundPanel(m_view);
    m_exportPanel = new ExportPanel(m_session);
    m_layersPanel = new LayersPanel(m_view);
    m_historyPanel = new HistoryPanel(m_session);
    m_filmStrip = new FilmStrip(m_session, m_seeds);
    m_trainPanel = new TrainPanel(m_training, m_bridge.device());
    m_coursePanel = new CoursePanel(m_training);
}

void MainWindow::buildCentre() {
    auto* centre = new QWidget;
    auto* line = new QHBoxLayout(centre);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(0);
    auto* column = new QVBoxLayout;
    column->setSpacing(0);
    m_notice = new NoticeStrip;
    m_centre = new QStackedWidget;
    column->addWidget(m_notice);
    column->addWidget(m_centre, 1);
    line->addWidget(new ModeStrip(m_actions, m_view));
    line->addLayout(column, 1);
    setCentralWidget(centre);
    m_status = new StatusLine(*statusBar(), m_bridge);
    buildCanvas();
}

void MainWindow::buildCanvas() {
    if (const QString problem = openGlProblem(); !problem.isEmpty()) {
        showNoCanvas(problem);
        return;
    }
    m_canvas = new CanvasWidget;
    m_canvas->setColours(m_canvasColours);
    m_centre->addWidget(m_canvas);
    m_canvas->setFocus();
    connectCanvas();
}

void MainWindow::showNoCanvas(const QString& reason) {
    auto* text = new QLabel(
        tr("The canvas cannot be shown.\n\n%1\n\nInstall a graphics driver (Debian: libgl1-mesa-dri "
           "draws without a graphics card), or use the commands: cameo --help")
            .arg(reason));
    text->setAlignment(Qt::AlignCenter);
    text->setWordWrap(true);
    text->setMargin(40);
    m_centre->setCurrentIndex(m_centre->addWidget(text));
}

void MainWindow::connectCanvas() {
    connect(m_canvas, &CanvasWidget::failed, this, &MainWindow::showNoCanvas, Qt::QueuedConnection);
    connect(m_canvas, &CanvasWidget::zoomChanged, m_status, &StatusLine::showZoom);
    connect(m_canvas, &CanvasWidget::probed, m_status, &StatusLine::showProbe);
    connect(m_canvas, &CanvasWidget::pointerLeft, m_status, &StatusLine::clearProbe);
    connect(m_canvas, &CanvasWidget::squareDragged, &m_session, &Session::setPhotoSquare);
    connect(&m_conductor, &Conductor::sceneChanged, m_canvas, &CanvasWidget::setScene);
    connect(m_actions[ActionId::Fit], &QAction::triggered, m_canvas, &CanvasWidget::fit);
    connect(m_actions[ActionId::ActualPixels], &QAction::triggered, m_canvas,
            &CanvasWidget::zoomToActualPixels);
    connect(m_actions[ActionId::ZoomIn], &QAction::triggered, m_canvas, &CanvasWidget::zoomIn);
    connect(m_actions[ActionId::ZoomOut], &QAction::triggered, m_canvas, &CanvasWidget::zoomOut);
    connect(m_actions[ActionId::Hud], &QAction::toggled, m_canvas, [this](bool isOn) {
        updateHud();
        m_canvas->setHudVisible(isOn);
    });
    auto* held = new HeldKeys(*this);
    connect(held, &HeldKeys::panChanged, m_canvas, &CanvasWidget::setPanning);
    connect(held, &HeldKeys::originalChanged, &m_view, &ViewModel::setShowsOriginal);
}

void MainWindow::connectFileActions() {
    connect(m_actions[ActionId::OpenModel], &QAction::triggered, this, &MainWindow::chooseModel);
    connect(m_actions[ActionId::OpenPhoto], &QAction::triggered, this, &MainWindow::choosePhoto);
    connect(m_actions[ActionId::OpenRecipe], &QAction::triggered, this, &MainWindow::chooseRecipe);
    connect(m_actions[ActionId::SaveRecipe], &QAction::triggered, this, &MainWindow::saveRecipe);
    connect(m_actions[ActionId::Export], &QAction::triggered, this, &MainWindow::startExport);
    connect(m_actions[ActionId::Quit], &QAction::triggered, this, &QWidget::close);
    connect(m_actions[ActionId::Undo], &QAction::triggered, &m_session, &Session::undo);
    connect(m_actions[ActionId::Redo], &QAction::triggered, &m_session, &Session::redo);
    connect(m_actions[ActionId::ResetEdits], &QAction::triggered, m_editPanel, &EditPanel::resetAll);
    connect(m_actions[ActionId::RandomSeed], &QAction::triggered, m_samplePanel,
            &SamplePanel::chooseRandomSeed);
    connect(m_actions[ActionId::OtherSeeds], &QAction::triggered, &m_conductor, &Conductor::showOtherSeeds);
    connect(m_actions[ActionId::CopyCommandLine], &QAction::triggered, this, [this] {
        m_exportPanel->copyCommandLine();
        m_notice->showInfo(tr("The command line is on the clipboard."));
    });
    connect(m_actions[ActionId::Escape], &QAction::triggered, this, &MainWindow::escape);
    connect(m_actions[ActionId::Keys], &QAction::triggered, this, [this] { showKeys(*this, m_actions); });
    connect(m_actions[ActionId::About], &QAction::triggered, this, [this] { showAbout(*this); });
}

void MainWindow::connectViewActions() {
    // Elsewhere the Tab key goes to the next control.
    m_actions[ActionId::HideDocks]->setShortcutContext(Qt::WidgetShortcut);
    if (m_canvas) {
        removeAction(m_actions[ActionId::HideDocks]);
        m_canvas->addAction(m_actions[ActionId::HideDocks]);
    }
    connect(m_actions[ActionId::HideDocks], &QAction::toggled, m_docks, &Docks::setHidden);
    connect(m_actions[ActionId::NextMaskView], &QAction::triggered, &m_view, &ViewModel::cycleMaskView);
    connect(m_actions[ActionId::Hatch], &QAction::toggled, &m_view, &ViewModel::setHatched);
    connect(m_actions[ActionId::Wipe], &QAction::toggled, &m_view, &ViewModel::setWiping);
    connect(m_actions[ActionId::Composite], &QAction::toggled, this,
            [this](bool isOn) { m_view.setContent(isOn ? Content::Composite : Content::Picture); });
    connect(m_actions[ActionId::DarkTheme], &QAction::triggered, this, [this] { setTheme(Theme::Dark); });
    connect(m_actions[ActionId::LightTheme], &QAction::triggered, this, [this] { setTheme(Theme::Light); });
    connect(&m_view, &ViewModel::viewChanged, this, &MainWindow::updateActions);
    connect(&m_session, &Session::historyChanged, this, &MainWindow::updateActions);
    connect(&m_session, &Session::stateChanged, this, &MainWindow::updateActions);
    connect(&m_session, &Session::stateChanged, this, &MainWindow::updateTitle);
    connect(&m_session, &Session::modelChanged, this, &MainWindow::updateActions);
    connect(m_docks->layers(), &QDockWidget::visibilityChanged, this, [this](bool isVisible) {
        m_conductor.setPanelNeeds(isVisible ? PanelNeeds::Layers : PanelNeeds::Nothing);
    });
}

void MainWindow::connectJobs() {
    connect(m_status, &StatusLine::cancelRequested, this, [this](JobKind kind) {
        if (kind == JobKind::Training)
            m_trainingConductor.stop();
        else
            m_conductor.cancelJob();
    });
    connect(&m_conductor, &Conductor::errorOccurred, m_notice, &NoticeStrip::showError);
    connect(&m_conductor, &Conductor::renderingChanged, this,
            [this](const Rendering& rendering, Arrival arrival) {
                m_maskPanel->showMask(rendering.mask);
                if (arrival == Arrival::Final) {
                    m_layersPanel->showRendering(rendering);
                    m_backgroundPanel->showRendering(rendering);
                }
                updateHud();
            });
    connect(&m_bridge, &EngineBridge::modelLoaded, m_notice, &QWidget::hide);
    connect(&m_bridge, &EngineBridge::inversionFinished, m_photoPanel, &PhotoPanel::showFinished);
    connect(&m_bridge, &EngineBridge::exportFinished, m_exportPanel, &ExportPanel::showFinished);
    connect(&m_bridge, &EngineBridge::jobStarted, this, [this](JobKind kind) {
        if (kind == JobKind::Inversion)
            m_photoPanel->showStarted();
        if (kind == JobKind::Export)
            m_exportPanel->showStarted();
    });
    connect(&m_bridge, &EngineBridge::jobProgressed, this, [this](JobKind kind, const Progress& progress) {
        if (kind == JobKind::Inversion)
            m_photoPanel->showProgress(progress);
    });
    connect(&m_bridge, &EngineBridge::jobEnded, this, [this](JobKind kind) {
        if (kind == JobKind::Inversion)
            m_photoPanel->showStopped();
        if (kind == JobKind::Export)
            m_exportPanel->showStopped();
    });
}

void MainWindow::connectPanels() {
    connect(m_photoPanel, &PhotoPanel::openRequested, this, &MainWindow::choosePhoto);
    connect(m_photoPanel, &PhotoPanel::inversionRequested, this,
            [this] { m_conductor.invert(m_photoPanel->parameters()); });
    connect(m_photoPanel, &PhotoPanel::stopRequested, &m_conductor, &Conductor::cancelJob);
    connect(m_exportPanel, &ExportPanel::exportRequested, &m_conductor, &Conductor::exportLayers);
    connect(m_filmStrip, &FilmStrip::moreRequested, &m_conductor, &Conductor::showOtherSeeds);
}

void MainWindow::updateActions() {
    const bool hasModel = m_session.model() != nullptr;
    m_actions[ActionId::Undo]->setEnabled(m_session.canUndo());
    m_actions[ActionId::Redo]->setEnabled(m_session.canRedo());
    for (const ActionId id : {ActionId::SaveRecipe, ActionId::Export, ActionId::ResetEdits,
                              ActionId::RandomSeed, ActionId::OtherSeeds, ActionId::CopyCommandLine})
        m_actions[id]->setEnabled(hasModel);
    const auto check = [this](ActionId id, bool isOn) {
        const QSignalBlocker quiet(m_actions[id]);
        m_actions[id]->setChecked(isOn);
    };
    check(ActionId::Hatch, m_view.isHatched());
    check(ActionId::Wipe, m_view.isWiping());
    check(ActionId::Composite, m_view.content() == Content::Composite);
    check(ActionId::DarkTheme, m_theme == Theme::Dark);
    check(ActionId::LightTheme, m_theme == Theme::Light);
}

void MainWindow::updateHud() {
    if (!m_canvas || !m_actions[ActionId::Hud]->isChecked())
        return;
    const Rendering& shown = m_conductor.pictures().shown();
    const DeviceInfo device = m_bridge.device();
    HudReport report;
    report.timings = shown.timings;
    report.device = device.name;
    report.precision = precisionName(device.precision);
    report.memoryBytes = device.memoryBytes;
    report.picture = u"%1 x %2"_s.arg(shown.picture.width()).arg(shown.picture.height()).toStdString();
    m_canvas->setHudReport(report);
}

void MainWindow::updateTitle() {
    const EditState& state = m_session.state();
    const ModelInfo* model = m_session.model();
    if (!model) {
        setWindowTitle(u"Cameo"_s);
        return;
    }
    const QString what =
        state.photo ? QFileInfo(toQt(state.photo->file)).fileName() : tr("seed %1").arg(state.seed);
    setWindowTitle(u"%1 — %2 — Cameo"_s.arg(what, toQt(model->title)));
}

void MainWindow::escape() {
    if (m_conductor.cancelJob())
        return;
    if (m_notice->isVisible())
        m_notice->hide();
    else if (m_view.isWiping())
        m_view.setWiping(false);
    else if (m_view.mode() == Mode::Photo && m_session.photo())
        m_session.setPhoto(std::nullopt);
    else if (m_view.maskView() != MaskView::Off)
        m_view.setMaskView(MaskView::Off);
}

void MainWindow::chooseModel() {
    const QString file = QFileDialog::getOpenFileName(
        this, tr("Open model"), {}, tr("Generators (*.pkl *.pt *.pth *.safetensors);;All files (*)"));
    if (!file.isEmpty())
        m_conductor.openModel(file);
}

void MainWindow::choosePhoto() {
    const QString file = QFileDialog::getOpenFileName(
        this, tr("Open photo"), {}, tr("Pictures (*.png *.jpg *.jpeg *.tif *.tiff);;All files (*)"));
    if (!file.isEmpty())
        m_conductor.openPhoto(file);
}

void MainWindow::chooseRecipe() {
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Open recipe"), {},
                                     tr("Recipes and layers (*.cameo layers.json *.ora *.psd *.tif *.tiff "
                                        "*.png);;All files (*)"));
    if (!file.isEmpty())
        m_conductor.openRecipe(file);
}

void MainWindow::saveRecipe() {
    const EditState& state = m_session.state();
    const QString stem = state.photo ? QFileInfo(toQt(state.photo->file)).completeBaseName()
                                     : tr("seed%1").arg(state.seed, 4, 10, QChar(u'0'));
    const QString file = QFileDialog::getSaveFileName(this, tr("Save recipe"), stem + u".cameo"_s,
                                                      tr("Recipes (*.cameo);;All files (*)"));
    if (!file.isEmpty())
        m_conductor.saveRecipe(file);
}

void MainWindow::startExport() {
    m_view.setMode(Mode::Export);
    m_conductor.exportLayers(m_exportPanel->folder());
}

void MainWindow::setTheme(Theme theme) {
    m_theme = theme;
    m_canvasColours = applyTheme(theme);
    if (m_canvas)
        m_canvas->setColours(m_canvasColours);
    updateActions();
}

void MainWindow::restore() {
    if (m_memory == Memory::None)
        return;
    const QSettings settings;
    restoreGeometry(settings.value(u"window/geometry"_s).toByteArray());
    if (settings.value(u"window/theme"_s).toString() == u"light"_s)
        setTheme(Theme::Light);
    const QString folder = settings.value(u"training/folder"_s).toString();
    if (!folder.isEmpty())
        m_trainPanel->settings().setFolder(folder);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (m_memory == Memory::Settings) {
        QSettings settings;
        settings.setValue(u"window/geometry"_s, saveGeometry());
        settings.setValue(u"training/folder"_s, m_trainPanel->settings().folder());
        settings.setValue(u"window/theme"_s, m_theme == Theme::Light ? u"light"_s : u"dark"_s);
    }
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.isEmpty() || !urls.front().isLocalFile())
        return;
    event->acceptProposedAction();
    const QString file = urls.front().toLocalFile();
    if (!dropForTraining(file))
        m_conductor.open(file);
}

} // namespace cameo::ui
