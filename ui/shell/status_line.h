// SPDX-License-Identifier: Apache-2.0
// The status bar's parts: the device and why, the running job with Cancel, zoom, and what is under the
// pointer. Window's thread only.
#pragma once

#include "ui/bridge/engine_bridge.h"
#include "ui/canvas/canvas_widget.h"

#include <QObject>
#include <QTimer>

#include <optional>

class QLabel;
class QProgressBar;
class QPushButton;
class QStatusBar;

namespace cameo::ui {

class StatusLine : public QObject {
    Q_OBJECT

  public:
    StatusLine(QStatusBar& bar, EngineBridge& bridge);
    void showDevice();
    void showZoom(double zoom);
    void showProbe(const PixelProbe& probe);
    void clearProbe();

  Q_SIGNALS:
    void cancelRequested(cameo::ui::JobKind kind);

  private:
    void buildParts(QStatusBar& bar);
    void jobStarted(JobKind kind);
    void jobProgressed(JobKind kind, const Progress& progress);
    void jobEnded(JobKind kind);
    void showJob();

    EngineBridge& m_bridge;
    QLabel* m_device;
    QLabel* m_job;
    QProgressBar* m_bar;
    QLabel* m_time;
    QPushButton* m_cancel;
    QLabel* m_zoom;
    QLabel* m_position;
    QLabel* m_swatch;
    QLabel* m_colour;
    QLabel* m_alpha;
    QTimer m_patience; // short drawing is not announced
    std::optional<JobKind> m_shownJob;
    Progress m_progress;
};

} // namespace cameo::ui
