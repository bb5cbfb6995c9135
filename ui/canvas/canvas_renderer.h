// SPDX-License-Identifier: Apache-2.0
// Draws a CanvasScene with OpenGL 3.3. Knows no widget. All calls need the same current context.
#pragma once

#include "ui/canvas/canvas_scene.h"
#include "ui/canvas/gl_texture.h"
#include "ui/canvas/shader_variant.h"
#include "ui/canvas/view_transform.h"

#include <QColor>
#include <QOpenGLBuffer>
#include <QOpenGLShaderProgram>
#include <QOpenGLVertexArrayObject>

#include <map>
#include <memory>

namespace cameo::ui {

struct CanvasColours {
    QColor surround{0x1a, 0x1b, 0x1d};
    QColor checkDark{0x5a, 0x5c, 0x60}, checkLight{0x78, 0x7a, 0x7e};
    QColor groundTint{0x2f, 0x6f, 0xdb}; // blue and orange: told apart by every kind of colour vision
    QColor edgeTint{0xff, 0x9a, 0x2e};
};

struct FrameOptions {
    CanvasColours colours;
    double pixelRatio = 1;
    double wipe = -1; // device px from the left; negative: none
};

class CanvasRenderer {
  public:
    CanvasRenderer();
    ~CanvasRenderer();
    CanvasRenderer(const CanvasRenderer&) = delete;
    CanvasRenderer& operator=(const CanvasRenderer&) = delete;

    /// Empty when all went well, otherwise what the driver said.
    QString initialise(QOpenGLFunctions_3_3_Core& gl);
    void release(QOpenGLFunctions_3_3_Core& gl);
    /// Sends what has changed; true when something was sent.
    bool upload(QOpenGLFunctions_3_3_Core& gl, const CanvasScene& scene);
    void draw(QOpenGLFunctions_3_3_Core& gl, const CanvasScene& scene, const ViewTransform& view,
              const FrameOptions& options);

  private:
    ShaderVariant variantFor(const CanvasScene& scene, const ViewTransform& view,
                             const FrameOptions& options) const;
    /// Null when the driver refuses it; says why in m_log.
    QOpenGLShaderProgram* programFor(const ShaderVariant& variant);
    void bindLayers(QOpenGLFunctions_3_3_Core& gl, QOpenGLShaderProgram& program,
                    const CanvasScene& scene) const;

    std::map<ShaderVariant, std::unique_ptr<QOpenGLShaderProgram>> m_programs;
    QString m_log;
    QOpenGLVertexArrayObject m_array;
    QOpenGLBuffer m_corners;
    GlTexture m_picture, m_mask, m_ground, m_composite, m_original;
};

} // namespace cameo::ui
