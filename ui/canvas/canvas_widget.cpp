// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/canvas_widget.h"

#include "ui/canvas/overlay_painter.h"

#include <QElapsedTimer>
#include <QMouseEvent>
#include <QOpenGLContext>
#include <QOpenGLVersionFunctionsFactory>
#include <QPainter>

#include <cmath>

namespace cameo::ui {

namespace {

constexpr double wheelZoom = 1.2; // per notch
constexpr double stepZoom = 1.5;  // per key press
constexpr double wipeReach = 8;   // px on both sides of the line
constexpr double handleReach = 10;

double milliseconds(const QElapsedTimer& timer) {
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

QSurfaceFormat canvasFormat() {
    QSurfaceFormat format;
    format.setRenderableType(QSurfaceFormat::OpenGL);
    format.setProfile(QSurfaceFormat::CoreProfile);
    format.setVersion(3, 3);
    format.setStencilBufferSize(8); // QPainter clips with it
    return format;
}

} // namespace

CanvasWidget::CanvasWidget(QWidget* parent) : QOpenGLWidget(parent) {
    setFormat(canvasFormat());
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(240, 200);
    setAccessibleName(tr("Canvas"));
    setAccessibleDescription(tr("The picture. Space-drag pans, the wheel zooms, Ctrl+0 fits."));
}

CanvasWidget::~CanvasWidget() {
    releaseGl();
}

void CanvasWidget::initializeGL() {
    m_gl = QOpenGLVersionFunctionsFactory::get<QOpenGLFunctions_3_3_Core>(context());
    if (!m_gl) {
        Q_EMIT failed(tr("This system offers no OpenGL 3.3."));
        return;
    }
    // The context goes before the widget when the window is moved to another screen's device.
    connect(context(), &QOpenGLContext::aboutToBeDestroyed, this, &CanvasWidget::releaseGl,
            Qt::UniqueConnection);
    if (const QString reason = m_renderer.initialise(*m_gl); !reason.isEmpty()) {
        Q_EMIT failed(reason);
        return;
    }
    m_hud.initialise();
    m_isReady = true;
}

void CanvasWidget::releaseGl() {
    if (context())
        disconnect(context(), nullptr, this, nullptr);
    if (!m_isReady)
        return;
    makeCurrent();
    m_hud.release();
    m_renderer.release(*m_gl);
    m_isReady = false;
    doneCurrent();
}

void CanvasWidget::resizeGL(int width, int height) {
    m_view.setViewport(glm::dvec2(width, height) * devicePixelRatioF());
    Q_EMIT zoomChanged(zoom());
}

void CanvasWidget::paintGL() {
    if (!m_isReady)
        return;
    QElapsedTimer timer;
    timer.start();
    if (m_renderer.upload(*m_gl, m_scene))
        m_report.uploadMilliseconds = milliseconds(timer);
    timer.restart();
    const double ratio = devicePixelRatioF();
    const FrameOptions options{m_colours, ratio, m_scene.isWiping ? wipeX() * ratio : -1};
    m_renderer.draw(*m_gl, m_scene, m_view, options);
    paintOver();
    if (m_isHudVisible)
        m_hud.draw(m_report, size() * ratio, ratio);
    m_report.paintMilliseconds = milliseconds(timer);
}

void CanvasWidget::paintOver() {
    QPainter painter(this);
    OverlayState state{m_scene, m_view, devicePixelRatioF(), QSizeF(size()), std::nullopt, note()};
    if (m_scene.isWiping && !m_scene.area.isEmpty())
        state.wipe = wipeX();
    paintOverlay(painter, state);
}

QString CanvasWidget::note() const {
    if (m_scene.area.isEmpty())
        return {};
    if (m_scene.showsOriginal)
        return tr("Original");
    if (m_scene.maskView != MaskView::Off)
        return tr("Mask: %1").arg(maskViewName(m_scene.maskView).toLower());
    return {};
}

void CanvasWidget::setScene(const CanvasScene& scene) {
    const bool isOtherArea = scene.area != m_scene.area;
    m_scene = scene;
    if (isOtherArea && !scene.area.isEmpty()) {
        m_view.setArea({scene.area.x(), scene.area.y()}, {scene.area.width(), scene.area.height()});
        m_view.fit();
        Q_EMIT zoomChanged(zoom());
    }
    update();
}

void CanvasWidget::setColours(const CanvasColours& colours) {
    m_colours = colours;
    update();
}

void CanvasWidget::setHudReport(const HudReport& report) {
    const double upload = m_report.uploadMilliseconds, paint = m_report.paintMilliseconds;
    m_report = report;
    m_report.uploadMilliseconds = upload;
    m_report.paintMilliseconds = paint;
    if (m_isHudVisible)
        update();
}

void CanvasWidget::setHudVisible(bool isVisible) {
    m_isHudVisible = isVisible;
    update();
}

void CanvasWidget::setPanning(bool isPanning) {
    m_isPanning = isPanning;
    updateCursor(mapFromGlobal(QCursor::pos()));
}

void CanvasWidget::fit() {
    m_view.fit();
    viewMoved();
}

void CanvasWidget::zoomToActualPixels() {
    m_view.zoomTo(1, m_view.centre());
    viewMoved();
}

void CanvasWidget::zoomAround(double factor) {
    m_view.zoomBy(factor, m_view.centre());
    viewMoved();
}

void CanvasWidget::zoomIn() {
    zoomAround(stepZoom);
}

void CanvasWidget::zoomOut() {
    zoomAround(1 / stepZoom);
}

void CanvasWidget::viewMoved() {
    Q_EMIT zoomChanged(zoom());
    update();
}

glm::dvec2 CanvasWidget::toDevice(QPointF position) const {
    return glm::dvec2(position.x(), position.y()) * devicePixelRatioF();
}

QPointF CanvasWidget::toDocument(QPointF position) const {
    const glm::dvec2 point = m_view.toDocument(toDevice(position));
    return {point.x, point.y};
}

double CanvasWidget::wipeX() const {
    return m_wipeShare * width();
}

bool CanvasWidget::isWipeAt(QPointF position) const {
    return m_scene.isWiping && std::abs(position.x() - wipeX()) <= wipeReach;
}

double CanvasWidget::squareReach() const {
    return handleReach * devicePixelRatioF() / m_view.zoom();
}

PixelProbe CanvasWidget::probe(QPointF widgetPosition) const {
    const QPointF point = toDocument(widgetPosition);
    PixelProbe result{
        QPoint(static_cast<int>(std::floor(point.x())), static_cast<int>(std::floor(point.y()))), {}, {}};
    const QRectF& area = m_scene.pictureArea;
    if (m_scene.picture.isEmpty() || !area.contains(point))
        return result;
    const auto indexIn = [&](int width, int height) {
        const int x = std::min(static_cast<int>((point.x() - area.x()) / area.width() * width), width - 1);
        const int y = std::min(static_cast<int>((point.y() - area.y()) / area.height() * height), height - 1);
        return QPoint(x, y);
    };
    const Image& picture = m_scene.picture;
    if (picture.type() == PixelType::U8 && picture.channels() >= 3) {
        const QPoint at = indexIn(picture.width(), picture.height());
        const auto* pixel =
            picture.u8().data() +
            (static_cast<std::size_t>(at.y()) * picture.width() + at.x()) * picture.channels();
        result.colour = QColor(pixel[0], pixel[1], pixel[2]);
    }
    if (!m_scene.mask.isEmpty()) {
        const QPoint at = indexIn(m_scene.mask.width(), m_scene.mask.height());
        result.alpha = m_scene.mask.at(at.x(), at.y());
    }
    return result;
}

void CanvasWidget::updateCursor(QPointF position) {
    if (m_isPanning || m_drag == Drag::Pan) {
        setCursor(m_drag == Drag::Pan ? Qt::ClosedHandCursor : Qt::OpenHandCursor);
        return;
    }
    if (isWipeAt(position)) {
        setCursor(Qt::SplitHCursor);
        return;
    }
    const auto part = m_scene.square
                          ? SquareTool::partAt(*m_scene.square, toDocument(position), squareReach())
                          : SquareTool::Part::None;
    switch (part) {
    case SquareTool::Part::TopLeft:
    case SquareTool::Part::BottomRight:
        setCursor(Qt::SizeFDiagCursor);
        break;
    case SquareTool::Part::TopRight:
    case SquareTool::Part::BottomLeft:
        setCursor(Qt::SizeBDiagCursor);
        break;
    case SquareTool::Part::Inside:
        setCursor(Qt::SizeAllCursor);
        break;
    case SquareTool::Part::None:
        unsetCursor();
        break;
    }
}

void CanvasWidget::mousePressEvent(QMouseEvent* event) {
    if (m_isHudVisible && m_hud.handle(*event, devicePixelRatioF()))
        return update();
    m_lastPosition = event->position();
    const bool isLeft = event->button() == Qt::LeftButton;
    if (event->button() == Qt::MiddleButton || (isLeft && m_isPanning)) {
        m_drag = Drag::Pan;
    } else if (isLeft && isWipeAt(event->position())) {
        m_drag = Drag::Wipe;
    } else if (isLeft && m_scene.square) {
        m_squareTool.press(*m_scene.square, toDocument(event->position()), squareReach());
        m_drag = m_squareTool.isDragging() ? Drag::Square : Drag::None;
    }
    updateCursor(event->position());
}

void CanvasWidget::mouseMoveEvent(QMouseEvent* event) {
    if (m_drag == Drag::None && m_isHudVisible && m_hud.handle(*event, devicePixelRatioF()))
        return update();
    const QPointF position = event->position();
    switch (m_drag) {
    case Drag::Pan:
        m_view.panBy(toDevice(position - m_lastPosition));
        viewMoved();
        break;
    case Drag::Wipe:
        m_wipeShare = std::clamp(position.x() / std::max(width(), 1), 0.0, 1.0);
        update();
        break;
    case Drag::Square:
        if (const auto square =
                m_squareTool.drag(toDocument(position), static_cast<int>(m_scene.area.width()),
                                  static_cast<int>(m_scene.area.height())))
            Q_EMIT squareDragged(*square);
        break;
    case Drag::None:
        break;
    }
    m_lastPosition = position;
    updateCursor(position);
    if (!m_scene.area.isEmpty())
        Q_EMIT probed(probe(position));
}

void CanvasWidget::mouseReleaseEvent(QMouseEvent* event) {
    if (m_isHudVisible)
        m_hud.handle(*event, devicePixelRatioF());
    m_drag = Drag::None;
    m_squareTool.release();
    updateCursor(event->position());
}

void CanvasWidget::wheelEvent(QWheelEvent* event) {
    if (m_isHudVisible && m_hud.handle(*event, devicePixelRatioF()))
        return update();
    const double notches = event->angleDelta().y() / 120.0;
    if (notches == 0 || m_scene.area.isEmpty())
        return;
    m_view.zoomBy(std::pow(wheelZoom, notches), toDevice(event->position()));
    viewMoved();
    event->accept();
}

void CanvasWidget::leaveEvent(QEvent* event) {
    if (m_isHudVisible)
        m_hud.handle(*event, devicePixelRatioF());
    Q_EMIT pointerLeft();
}

} // namespace cameo::ui
