// SPDX-License-Identifier: Apache-2.0
// The canvas: shows a CanvasScene, pans, zooms, wipes and lets a photograph's square be dragged. It edits
// nothing itself. Window's thread only.
#pragma once

#include "ui/canvas/canvas_renderer.h"
#include "ui/canvas/square_tool.h"
#include "ui/overlay/hud.h"

#include <QOpenGLWidget>

#include <memory>
#include <optional>

namespace cameo::ui {

/// What lies under the pointer.
struct PixelProbe {
    QPoint position;              // document px
    std::optional<QColor> colour; // of the picture
    std::optional<double> alpha;  // of the mask
};

class CanvasWidget : public QOpenGLWidget {
    Q_OBJECT

  public:
    explicit CanvasWidget(QWidget* parent = nullptr);
    ~CanvasWidget() override;

    void setScene(const CanvasScene& scene);
    const CanvasScene& scene() const { return m_scene; }
    void setColours(const CanvasColours& colours);
    void setHudReport(const HudReport& report);
    void setHudVisible(bool isVisible);
    bool isHudVisible() const { return m_isHudVisible; }
    /// While the space bar is down, dragging pans.
    void setPanning(bool isPanning);

    void fit();
    void zoomToActualPixels();
    void zoomIn();
    void zoomOut();
    double zoom() const { return m_view.zoom(); }
    const ViewTransform& view() const { return m_view; }
    PixelProbe probe(QPointF widgetPosition) const;

  Q_SIGNALS:
    void zoomChanged(double zoom);
    void probed(const cameo::ui::PixelProbe& probe);
    void pointerLeft();
    void squareDragged(const cameo::Rect& square);
    /// OpenGL cannot do what the canvas needs; the canvas stays empty.
    void failed(const QString& reason);

  protected:
    void initializeGL() override;
    void resizeGL(int width, int height) override;
    void paintGL() override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    enum class Drag { None, Pan, Wipe, Square };

    void releaseGl();
    void setReady();
    void paintOver();
    bool isWipeAt(QPointF position) const;
    double wipeX() const; // device-independent px
    double squareReach() const;
    glm::dvec2 toDevice(QPointF position) const;
    QPointF toDocument(QPointF position) const;
    void updateCursor(QPointF position);
    void zoomAround(double factor);
    void viewMoved();
    QString note() const;

    CanvasScene m_scene;
    CanvasColours m_colours;
    ViewTransform m_view;
    CanvasRenderer m_renderer;
    Hud m_hud;
    HudReport m_report;
    SquareTool m_squareTool;
    QOpenGLFunctions_3_3_Core* m_gl = nullptr; // owned by the context
    bool m_isReady = false;
    bool m_isHudVisible = false;
    bool m_isPanning = false;
    double m_wipeShare = 0.5; // of the canvas's width
    Drag m_drag = Drag::None;
    QPointF m_lastPosition;
};

} // namespace cameo::ui
