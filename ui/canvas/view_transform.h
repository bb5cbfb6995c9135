// SPDX-License-Identifier: Apache-2.0
// Between document pixels and the canvas. View coordinates are device pixels with y downwards. Values, any
// thread.
#pragma once

#include <glm/mat3x3.hpp>
#include <glm/vec2.hpp>

namespace cameo::ui {

class ViewTransform {
  public:
    static constexpr double minimumZoom = 0.01, maximumZoom = 64;

    /// Sizes of the canvas and of the document. A fitted view stays fitted.
    void setViewport(glm::dvec2 size);
    void setArea(glm::dvec2 origin, glm::dvec2 size);

    void fit();
    bool isFitted() const { return m_isFitted; }
    /// Device pixels per document pixel.
    double zoom() const { return m_zoom; }
    double fittedZoom() const;
    /// The document point under `anchor` (view coordinates) stays where it is.
    void zoomTo(double zoom, glm::dvec2 anchor);
    void zoomBy(double factor, glm::dvec2 anchor) { zoomTo(m_zoom * factor, anchor); }
    void panBy(glm::dvec2 distance);

    glm::dvec2 toView(glm::dvec2 point) const { return point * m_zoom + m_offset; }
    glm::dvec2 toDocument(glm::dvec2 view) const { return (view - m_offset) / m_zoom; }
    glm::dvec2 centre() const { return m_viewport / 2.0; }
    /// Document pixels to OpenGL's clip space.
    glm::mat3 matrix() const;

  private:
    void keepReachable();

    glm::dvec2 m_viewport{1, 1};
    glm::dvec2 m_origin{0, 0}, m_size{1, 1};
    double m_zoom = 1;
    glm::dvec2 m_offset{0, 0};
    bool m_isFitted = true;
};

} // namespace cameo::ui
