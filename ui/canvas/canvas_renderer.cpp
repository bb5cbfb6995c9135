// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/canvas_renderer.h"

#include <QVector3D>
#include <QVector4D>

#include <glm/gtc/type_ptr.hpp>

#include <algorithm>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr float corners[] = {0, 0, 1, 0, 0, 1, 1, 1};
// From here on every pixel is a square, but only beyond the fitted view: a small generator's picture that
// fills the canvas is looked at, one that was zoomed into is inspected.
constexpr double squarePixelZoom = 4;
constexpr double beyondFit = 1.25;

int scalingFor(const GlTexture& texture, const QRectF& area, const ViewTransform& view) {
    const double enlargement = area.width() * view.zoom() / std::max(texture.width(), 1);
    if (enlargement <= 1)
        return 0;
    const bool isFullSize = texture.width() >= area.width();
    const bool isInspected = view.zoom() > view.fittedZoom() * beyondFit || view.fittedZoom() <= 1;
    return isFullSize && isInspected && enlargement >= squarePixelZoom ? 2 : 1;
}

QVector4D toVector(const QRectF& area) {
    return QVector4D(static_cast<float>(area.x()), static_cast<float>(area.y()),
                     static_cast<float>(area.width()), static_cast<float>(area.height()));
}

} // namespace

QVector3D toVector(const QColor& colour) {
    return QVector3D(colour.redF(), colour.greenF(), colour.blueF());
}

CanvasRenderer::CanvasRenderer() = default;
CanvasRenderer::~CanvasRenderer() = default;

QString CanvasRenderer::initialise(QOpenGLFunctions_3_3_Core& gl) {
    if (!m_program.addShaderFromSourceFile(QOpenGLShader::Vertex, u":/cameo/shaders/canvas.vert"_s) ||
        !m_program.addShaderFromSourceFile(QOpenGLShader::Fragment, u":/cameo/shaders/canvas.frag"_s) ||
        !m_program.link())
        return m_program.log().isEmpty() ? u"the shaders cannot be compiled"_s : m_program.log();
    m_array.create();
    const QOpenGLVertexArrayObject::Binder bound(&m_array);
    m_corners.create();
    m_corners.bind();
    m_corners.allocate(corners, sizeof corners);
    gl.glEnableVertexAttribArray(0);
    gl.glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, nullptr);
    m_corners.release();
    return {};
}

void CanvasRenderer::release(QOpenGLFunctions_3_3_Core& gl) {
    for (GlTexture* texture : {&m_picture, &m_mask, &m_ground, &m_composite, &m_original})
        texture->release(gl);
    m_corners.destroy();
    m_array.destroy();
    m_program.removeAllShaders();
}

bool CanvasRenderer::upload(QOpenGLFunctions_3_3_Core& gl, const CanvasScene& scene) {
    bool isNew = m_picture.upload(gl, scene.picture);
    isNew |= m_mask.upload(gl, scene.mask);
    isNew |= m_ground.upload(gl, scene.ground);
    isNew |= m_composite.upload(gl, scene.composite);
    isNew |= m_original.upload(gl, scene.original);
    return isNew;
}

void CanvasRenderer::setLayer(QOpenGLFunctions_3_3_Core& gl, int unit, const LayerSource& source,
                              const ViewTransform& view) {
    const QByteArray name = QByteArray("u_") + source.name;
    const QByteArray layer = name + "Layer.";
    source.texture.bind(gl, unit);
    m_program.setUniformValue(name.constData(), unit);
    m_program.setUniformValue((layer + "area").constData(), toVector(source.area));
    m_program.setUniformValue((layer + "scaling").constData(), scalingFor(source.texture, source.area, view));
    m_program.setUniformValue((layer + "exists").constData(),
                              source.texture.exists() && !source.area.isEmpty());
}

void CanvasRenderer::setOptions(const CanvasScene& scene, const FrameOptions& options) {
    m_program.setUniformValue("u_area", toVector(scene.area));
    m_program.setUniformValue("u_showsLayers", scene.content == Content::Composite);
    m_program.setUniformValue("u_showsPerson", scene.showsPerson);
    m_program.setUniformValue("u_showsGround", scene.showsGround);
    m_program.setUniformValue("u_maskView", static_cast<int>(scene.maskView));
    m_program.setUniformValue("u_isHatched", scene.isHatched);
    m_program.setUniformValue("u_showsOriginal", scene.showsOriginal);
    m_program.setUniformValue("u_wipe", static_cast<float>(options.wipe));
    m_program.setUniformValue("u_pixelRatio", static_cast<float>(options.pixelRatio));
    m_program.setUniformValue("u_checkDark", toVector(options.colours.checkDark));
    m_program.setUniformValue("u_checkLight", toVector(options.colours.checkLight));
    m_program.setUniformValue("u_groundTint", toVector(options.colours.groundTint));
    m_program.setUniformValue("u_edgeTint", toVector(options.colours.edgeTint));
}

void CanvasRenderer::draw(QOpenGLFunctions_3_3_Core& gl, const CanvasScene& scene, const ViewTransform& view,
                          const FrameOptions& options) {
    const QColor& behind = options.colours.surround;
    gl.glClearColor(behind.redF(), behind.greenF(), behind.blueF(), 1);
    gl.glClear(GL_COLOR_BUFFER_BIT);
    if (scene.area.isEmpty() || (!m_picture.exists() && !m_composite.exists() && !m_ground.exists()))
        return;
    gl.glDisable(GL_BLEND);
    gl.glDisable(GL_DEPTH_TEST);
    gl.glDisable(GL_SCISSOR_TEST);
    m_program.bind();
    const QOpenGLVertexArrayObject::Binder bound(&m_array);
    setLayer(gl, 0, {"picture", m_picture, scene.pictureArea}, view);
    setLayer(gl, 1, {"mask", m_mask, scene.pictureArea}, view);
    setLayer(gl, 2, {"ground", m_ground, scene.area}, view);
    setLayer(gl, 3, {"composite", m_composite, scene.area}, view);
    setLayer(gl, 4, {"original", m_original, scene.originalArea}, view);
    gl.glActiveTexture(GL_TEXTURE0);
    setOptions(scene, options);
    const glm::mat3 matrix = view.matrix();
    gl.glUniformMatrix3fv(m_program.uniformLocation("u_view"), 1, GL_FALSE, glm::value_ptr(matrix));
    gl.glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    m_program.release();
}

} // namespace cameo::ui
