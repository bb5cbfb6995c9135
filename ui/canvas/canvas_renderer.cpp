// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/canvas_renderer.h"

#include <QFile>
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

Scaling scalingFor(const GlTexture& texture, const QRectF& area, const ViewTransform& view) {
    if (!texture.exists() || area.isEmpty())
        return Scaling::None;
    const double enlargement = area.width() * view.zoom() / texture.width();
    if (enlargement <= 1)
        return Scaling::Reduced;
    const bool isFullSize = texture.width() >= area.width();
    const bool isInspected = view.zoom() > view.fittedZoom() * beyondFit || view.fittedZoom() <= 1;
    return isFullSize && isInspected && enlargement >= squarePixelZoom ? Scaling::Squares : Scaling::Smooth;
}

QVector4D toVector(const QRectF& area) {
    return QVector4D(static_cast<float>(area.x()), static_cast<float>(area.y()),
                     static_cast<float>(area.width()), static_cast<float>(area.height()));
}

QVector3D toVector(const QColor& colour) {
    return QVector3D(colour.redF(), colour.greenF(), colour.blueF());
}

QByteArray shaderSource(const QString& name) {
    QFile file(u":/cameo/shaders/%1"_s.arg(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void setOptions(QOpenGLShaderProgram& program, const CanvasScene& scene, const FrameOptions& options) {
    program.setUniformValue("u_area", toVector(scene.area));
    program.setUniformValue("u_isHatched", scene.isHatched);
    program.setUniformValue("u_wipe", scene.showsOriginal ? 1e9F : static_cast<float>(options.wipe));
    program.setUniformValue("u_pixelRatio", static_cast<float>(options.pixelRatio));
    program.setUniformValue("u_checkDark", toVector(options.colours.checkDark));
    program.setUniformValue("u_checkLight", toVector(options.colours.checkLight));
    program.setUniformValue("u_groundTint", toVector(options.colours.groundTint));
    program.setUniformValue("u_edgeTint", toVector(options.colours.edgeTint));
}

} // namespace

CanvasRenderer::CanvasRenderer() = default;
CanvasRenderer::~CanvasRenderer() = default;

QString CanvasRenderer::initialise(QOpenGLFunctions_3_3_Core& gl) {
    ShaderVariant plain;
    plain.picture = Scaling::Smooth;
    if (!programFor(plain))
        return m_log;
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
    m_programs.clear();
}

QOpenGLShaderProgram* CanvasRenderer::programFor(const ShaderVariant& variant) {
    const auto found = m_programs.find(variant);
    if (found != m_programs.end())
        return found->second.get();
    auto program = std::make_unique<QOpenGLShaderProgram>();
    const QByteArray fragment = fragmentSource(shaderSource(u"canvas.frag"_s), variant);
    if (!program->addShaderFromSourceCode(QOpenGLShader::Vertex, shaderSource(u"canvas.vert"_s)) ||
        !program->addShaderFromSourceCode(QOpenGLShader::Fragment, fragment) || !program->link()) {
        m_log = program->log().isEmpty() ? u"the shaders cannot be compiled"_s : program->log();
        program.reset();
    }
    return m_programs.emplace(variant, std::move(program)).first->second.get();
}

bool CanvasRenderer::upload(QOpenGLFunctions_3_3_Core& gl, const CanvasScene& scene) {
    bool isNew = m_picture.upload(gl, scene.picture);
    isNew |= m_mask.upload(gl, scene.mask);
    isNew |= m_ground.upload(gl, scene.ground);
    isNew |= m_composite.upload(gl, scene.composite);
    isNew |= m_original.upload(gl, scene.original);
    return isNew;
}

ShaderVariant CanvasRenderer::variantFor(const CanvasScene& scene, const ViewTransform& view,
                                         const FrameOptions& options) const {
    ShaderVariant variant;
    variant.isLayered = scene.content == Content::Composite;
    const bool isWhole = scene.showsPerson && scene.showsGround;
    if (variant.isLayered && isWhole)
        variant.composite = scalingFor(m_composite, scene.area, view);
    const bool isMixed = variant.isLayered && variant.composite == Scaling::None;
    if (!variant.isLayered || (isMixed && scene.showsPerson))
        variant.picture = scalingFor(m_picture, scene.pictureArea, view);
    if (isMixed && scene.showsGround)
        variant.ground = scalingFor(m_ground, scene.area, view);
    if (isMixed || scene.maskView != MaskView::Off)
        variant.mask = scalingFor(m_mask, scene.pictureArea, view);
    if (variant.mask != Scaling::None)
        variant.maskView = scene.maskView;
    if (scene.showsOriginal || options.wipe >= 0)
        variant.original = scalingFor(m_original, scene.originalArea, view);
    return variant;
}

void CanvasRenderer::bindLayers(QOpenGLFunctions_3_3_Core& gl, QOpenGLShaderProgram& program,
                                const CanvasScene& scene) const {
    const auto bind = [&](int unit, const char* name, const GlTexture& texture, const QRectF& area) {
        const QByteArray sampler = QByteArray("u_") + name;
        texture.bind(gl, unit);
        program.setUniformValue(sampler.constData(), unit);
        program.setUniformValue((sampler + "Area").constData(), toVector(area));
    };
    bind(0, "picture", m_picture, scene.pictureArea);
    bind(1, "mask", m_mask, scene.pictureArea);
    bind(2, "ground", m_ground, scene.area);
    bind(3, "composite", m_composite, scene.area);
    bind(4, "original", m_original, scene.originalArea);
    gl.glActiveTexture(GL_TEXTURE0);
}

void CanvasRenderer::draw(QOpenGLFunctions_3_3_Core& gl, const CanvasScene& scene, const ViewTransform& view,
                          const FrameOptions& options) {
    const QColor& behind = options.colours.surround;
    gl.glClearColor(behind.redF(), behind.greenF(), behind.blueF(), 1);
    gl.glClear(GL_COLOR_BUFFER_BIT);
    if (scene.area.isEmpty() || (!m_picture.exists() && !m_composite.exists() && !m_ground.exists()))
        return;
    QOpenGLShaderProgram* program = programFor(variantFor(scene, view, options));
    if (!program)
        return;
    gl.glDisable(GL_BLEND);
    gl.glDisable(GL_DEPTH_TEST);
    gl.glDisable(GL_SCISSOR_TEST);
    program->bind();
    const QOpenGLVertexArrayObject::Binder bound(&m_array);
    bindLayers(gl, *program, scene);
    setOptions(*program, scene, options);
    const glm::mat3 matrix = view.matrix();
    gl.glUniformMatrix3fv(program->uniformLocation("u_view"), 1, GL_FALSE, glm::value_ptr(matrix));
    gl.glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    program->release();
}

} // namespace cameo::ui
