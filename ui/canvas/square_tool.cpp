// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/square_tool.h"

#include <algorithm>
#include <cmath>

namespace cameo::ui {

namespace {

constexpr int smallestSide = 16; // px: less holds no face

} // namespace

std::array<QPointF, 4> SquareTool::corners(const Rect& square) {
    const QRectF area(square.x, square.y, square.width, square.height);
    return {area.topLeft(), area.topRight(), area.bottomLeft(), area.bottomRight()};
}

SquareTool::Part SquareTool::partAt(const Rect& square, QPointF point, double reach) {
    constexpr Part parts[] = {Part::TopLeft, Part::TopRight, Part::BottomLeft, Part::BottomRight};
    const auto all = corners(square);
    for (std::size_t i = 0; i < all.size(); ++i)
        if (std::abs(all[i].x() - point.x()) <= reach && std::abs(all[i].y() - point.y()) <= reach)
            return parts[i];
    return QRectF(all[0], all[3]).contains(point) ? Part::Inside : Part::None;
}

void SquareTool::press(const Rect& square, QPointF point, double reach) {
    m_part = partAt(square, point, reach);
    m_start = square;
    m_from = point;
}

std::optional<Rect> SquareTool::drag(QPointF point, int width, int height) const {
    if (m_part == Part::None)
        return std::nullopt;
    if (m_part != Part::Inside)
        return resized(point, width, height);
    const int x = m_start.x + static_cast<int>(std::lround(point.x() - m_from.x()));
    const int y = m_start.y + static_cast<int>(std::lround(point.y() - m_from.y()));
    const int side = m_start.width;
    return Rect{std::clamp(x, 0, std::max(0, width - side)), std::clamp(y, 0, std::max(0, height - side)),
                side, side};
}

/// The opposite corner stays; the larger of the two distances sets the side.
Rect SquareTool::resized(QPointF point, int width, int height) const {
    const bool isLeft = m_part == Part::TopLeft || m_part == Part::BottomLeft;
    const bool isTop = m_part == Part::TopLeft || m_part == Part::TopRight;
    const int anchorX = isLeft ? m_start.x + m_start.width : m_start.x;
    const int anchorY = isTop ? m_start.y + m_start.height : m_start.y;
    const double wishX = isLeft ? anchorX - point.x() : point.x() - anchorX;
    const double wishY = isTop ? anchorY - point.y() : point.y() - anchorY;
    const int roomX = isLeft ? anchorX : width - anchorX;
    const int roomY = isTop ? anchorY : height - anchorY;
    const int room = std::max(1, std::min(roomX, roomY));
    const int side =
        std::clamp(static_cast<int>(std::lround(std::max(wishX, wishY))), std::min(smallestSide, room), room);
    return Rect{isLeft ? anchorX - side : anchorX, isTop ? anchorY - side : anchorY, side, side};
}

} // namespace cameo::ui
