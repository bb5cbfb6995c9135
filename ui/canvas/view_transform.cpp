// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/view_transform.h"

#include <glm/common.hpp>

#include <algorithm>

namespace cameo::ui {

namespace {

constexpr double fitMargin = 0.03; // of the canvas's shorter side, on every side

} // namespace

void ViewTransform::setViewport(glm::dvec2 size) {
    const glm::dvec2 middle = toDocument(centre());
    m_viewport = glm::max(size, glm::dvec2(1, 1));
    if (m_isFitted)
        fit();
    else
        m_offset = centre() - middle * m_zoom;
}

void ViewTransform::setArea(glm::dvec2 origin, glm::dvec2 size) {
    m_origin = origin;
    m_size = glm::max(size, glm::dvec2(1, 1));
    if (m_isFitted)
        fit();
    else
        keepReachable();
}

double ViewTransform::fittedZoom() const {
    const double margin = std::min(m_viewport.x, m_viewport.y) * fitMargin;
    const glm::dvec2 room = glm::max(m_viewport - 2 * margin, glm::dvec2(1, 1));
    return std::clamp(std::min(room.x / m_size.x, room.y / m_size.y), minimumZoom, maximumZoom);
}

void ViewTransform::fit() {
    m_zoom = fittedZoom();
    m_offset = glm::floor(centre() - (m_origin + m_size / 2.0) * m_zoom + 0.5);
    m_isFitted = true;
}

void ViewTransform::zoomTo(double zoom, glm::dvec2 anchor) {
    const glm::dvec2 point = toDocument(anchor);
    m_zoom = std::clamp(zoom, minimumZoom, maximumZoom);
    m_offset = anchor - point * m_zoom;
    m_isFitted = false;
    keepReachable();
}

void ViewTransform::panBy(glm::dvec2 distance) {
    m_offset += distance;
    m_isFitted = false;
    keepReachable();
}

/// The document never leaves the canvas altogether.
void ViewTransform::keepReachable() {
    const glm::dvec2 keep = glm::min(m_viewport / 4.0, m_size * m_zoom / 2.0);
    const glm::dvec2 first = toView(m_origin), last = toView(m_origin + m_size);
    m_offset += glm::max(keep - last, glm::dvec2(0, 0));
    m_offset -= glm::max(first - (m_viewport - keep), glm::dvec2(0, 0));
}

glm::mat3 ViewTransform::matrix() const {
    const glm::dvec2 scale = glm::dvec2(2 * m_zoom, -2 * m_zoom) / m_viewport;
    const glm::dvec2 shift = glm::dvec2(2 * m_offset.x, -2 * m_offset.y) / m_viewport + glm::dvec2(-1, 1);
    return glm::mat3(scale.x, 0, 0, 0, scale.y, 0, shift.x, shift.y, 1);
}

} // namespace cameo::ui
