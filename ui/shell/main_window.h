// SPDX-License-Identifier: Apache-2.0
// The window: puts the parts together and connects them. Logic is in the conductor, the session and the
// panels. Window's thread only.
#pragma once

#include "ui/bridge/engine_bridge.h"
#include "ui/models/seed_model.h"
#include "ui/models/session.h"
#include "ui/models/view_model.h"
#include "ui/shell/actions.h"
#include "ui/shell/conductor.h"
#include "ui/shell/theme.h"
#include "ui/shell/training_conductor.h"

#include <QMainWindow>

class QLabel;
class QStackedWidget;

namespace cameo::ui {

class BackgroundPanel;
class CanvasWidget;
class CoursePanel;
class Docks;
class EditPanel;
class ExportPanel;
class FilmStrip;
class HistoryPanel;
class LayersPanel;
class MaskPanel;
class NoticeStrip;
class PhotoPanel;
class SamplePanel;
class StatusLine;
class TrainPanel;

class MainWindow : public QMainWindow {
    Q_OBJECT

  public:
    /// Whether theme and window size are kept from one run to the next.
    enum class Memory { None, Settings };

    MainWindow(Engine& engine, Memory memory, QWidget* parent = nullptr);
    ~MainWindow() override;

    Conductor& conductor() { return m_conductor; }
    Session& session() { return m_session; }
    ViewModel& view() { return m_view; }
    EngineBridge& bridge() { return m_bridge; }
    TrainingModel& training() { return m_training; }
    TrainPanel& trainPanel() { return *m_trainPanel; }
    const Actions& actions() const { return m_actions; }
    /// Null where OpenGL is missing.
    CanvasWidget* canvas() const { return m_canvas; }
    NoticeStrip& notice() const { return *m_notice; }
    void setTheme(Theme theme);

  protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    void buildPanels();
    void buildCentre();
    void buildCanvas();
    void showNoCanvas(const QString& reason);
    void connectFileActions();
    void connectViewActions();
    void connectCanvas();
    void connectJobs();
    void connectPanels();
    void connectTraining();
    bool dropForTraining(const QString& file);
    void updateActions();
    void updateHud();
    void updateTitle();
    void escape();
    void chooseModel();
    void choosePhoto();
    void chooseRecipe();
    void saveRecipe();
    void startExport();
    void restore();

    Memory m_memory;
    Theme m_theme = Theme::Dark;
    CanvasColours m_canvasColours;
    EngineBridge m_bridge;
    Session m_session;
    ViewModel m_view;
    SeedModel m_seeds;
    TrainingModel m_training;
    Conductor m_conductor;
    TrainingConductor m_trainingConductor;
    Actions m_actions;

    QStackedWidget* m_centre = nullptr;
    CanvasWidget* m_canvas = nullptr;
    NoticeStrip* m_notice = nullptr;
    StatusLine* m_status = nullptr;
    Docks* m_docks = nullptr;
    SamplePanel* m_samplePanel = nullptr;
    PhotoPanel* m_photoPanel = nullptr;
    EditPanel* m_editPanel = nullptr;
    MaskPanel* m_maskPanel = nullptr;
    BackgroundPanel* m_backgroundPanel = nullptr;
    ExportPanel* m_exportPanel = nullptr;
    LayersPanel* m_layersPanel = nullptr;
    HistoryPanel* m_historyPanel = nullptr;
    FilmStrip* m_filmStrip = nullptr;
    TrainPanel* m_trainPanel = nullptr;
    CoursePanel* m_coursePanel = nullptr;
};

} // namespace cameo::ui
