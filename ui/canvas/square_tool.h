// SPDX-License-Identifier: Apache-2.0
// Moving and resizing the square of a photograph with the mouse. Pure logic: no widget, no painting.
#pragma once

#include "core/image/image.h"

#include <QPointF>
#include <QRectF>

#include <array>
#include <optional>

namespace cameo::ui {

class SquareTool {
  public:
    enum class Part { None, Inside, TopLeft, TopRight, BottomLeft, BottomRight };

    /// Which part lies under `point`; `reach` is how near to a corner counts. All in document pixels.
    static Part partAt(const Rect& square, QPointF point, double reach);
    static std::array<QPointF, 4> corners(const Rect& square);

    void press(const Rect& square, QPointF point, double reach);
    /// The square for the pointer at `point`, inside a picture of this size; empty when nothing is dragged.
    std::optional<Rect> drag(QPointF point, int width, int height) const;
    void release() { m_part = Part::None; }
    bool isDragging() const { return m_part != Part::None; }

  private:
    Rect resized(QPointF point, int width, int height) const;

    Part m_part = Part::None;
    Rect m_start;
    QPointF m_from;
};

} // namespace cameo::ui
