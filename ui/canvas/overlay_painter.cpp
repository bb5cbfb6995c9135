// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/overlay_painter.h"

#include "ui/canvas/square_tool.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

namespace cameo::ui {

namespace {

constexpr double handleSide = 10; // px
const QColor accent(0x8a, 0xb4, 0xf8);

QRectF toWidget(const Rect& rect, const OverlayState& state) {
    const glm::dvec2 from = state.view.toView({rect.x, rect.y}) / state.pixelRatio;
    const double scale = state.view.zoom() / state.pixelRatio;
    return QRectF(from.x, from.y, rect.width * scale, rect.height * scale);
}

void paintSquare(QPainter& painter, const OverlayState& state) {
    const QRectF square = toWidget(*state.scene.square, state);
    QPainterPath outside;
    outside.addRect(QRectF(QPointF(0, 0), state.size));
    outside.addRect(square);
    painter.fillPath(outside, QColor(0, 0, 0, 120)); // odd-even: the square stays clear
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 160), 3));
    painter.drawRect(square);
    painter.setPen(QPen(accent, 1.5));
    painter.drawRect(square);
    painter.setPen(QPen(QColor(255, 255, 255, 70), 1));
    for (const double third : {1.0 / 3, 2.0 / 3}) {
        const double x = square.left() + third * square.width(), y = square.top() + third * square.height();
        painter.drawLine(QPointF(x, square.top()), QPointF(x, square.bottom()));
        painter.drawLine(QPointF(square.left(), y), QPointF(square.right(), y));
    }
    painter.setPen(QPen(QColor(0, 0, 0, 160), 1));
    painter.setBrush(accent);
    for (const QPointF& corner :
         {square.topLeft(), square.topRight(), square.bottomLeft(), square.bottomRight()})
        painter.drawRect(
            QRectF(corner.x() - handleSide / 2, corner.y() - handleSide / 2, handleSide, handleSide));
}

/// A small dark label; returns its rectangle.
void paintLabel(QPainter& painter, const QString& text, QPointF topLeft) {
    const QRectF bounds = painter.fontMetrics().boundingRect(text);
    const QRectF box(topLeft, QSizeF(bounds.width() + 16, bounds.height() + 8));
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(15, 15, 17, 200));
    painter.drawRoundedRect(box, 4, 4);
    painter.setPen(QColor(0xec, 0xec, 0xee));
    painter.drawText(box, Qt::AlignCenter, text);
}

double labelWidth(const QPainter& painter, const QString& text) {
    return painter.fontMetrics().boundingRect(text).width() + 16;
}

void paintWipe(QPainter& painter, const OverlayState& state) {
    const double x = *state.wipe;
    painter.setPen(QPen(QColor(0, 0, 0, 140), 4));
    painter.drawLine(QPointF(x, 0), QPointF(x, state.size.height()));
    painter.setPen(QPen(Qt::white, 1.6));
    painter.drawLine(QPointF(x, 0), QPointF(x, state.size.height()));
    const QPointF middle(x, state.size.height() / 2);
    painter.setBrush(Qt::white);
    painter.setPen(QPen(QColor(0, 0, 0, 140), 1));
    painter.drawEllipse(middle, 7, 7);
    const QString left = QCoreApplication::translate("Canvas", "Original");
    const QString right = QCoreApplication::translate("Canvas", "Edited");
    paintLabel(painter, left, QPointF(x - labelWidth(painter, left) - 12, 14));
    paintLabel(painter, right, QPointF(x + 12, 14));
}

void paintHint(QPainter& painter, const OverlayState& state) {
    QFont font = painter.font();
    font.setPointSizeF(font.pointSizeF() * 1.25);
    painter.setFont(font);
    painter.setPen(QColor(0xb4, 0xb7, 0xbc));
    const QRectF box = QRectF(QPointF(0, 0), state.size).adjusted(40, 40, -40, -40);
    painter.drawText(box, Qt::AlignCenter | Qt::TextWordWrap, state.scene.hint);
}

} // namespace

void paintOverlay(QPainter& painter, const OverlayState& state) {
    painter.setRenderHint(QPainter::Antialiasing);
    if (state.scene.square)
        paintSquare(painter, state);
    if (state.wipe)
        paintWipe(painter, state);
    if (!state.note.isEmpty())
        paintLabel(painter, state.note,
                   QPointF(state.size.width() - labelWidth(painter, state.note) - 14, 14));
    if (state.scene.area.isEmpty() && !state.scene.hint.isEmpty())
        paintHint(painter, state);
}

} // namespace cameo::ui
