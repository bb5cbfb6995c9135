// SPDX-License-Identifier: Apache-2.0
// Every variant of the canvas's shaders that a frame can ask for compiles and links.
#include "tests/support/ui_main.h"
#include "ui/canvas/shader_variant.h"
#include "ui/panels/icons.h"

#include <QFile>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLShaderProgram>

#include <vector>

using namespace cameo::ui;

namespace {

QByteArray resource(const char* name) {
    QFile file(QStringLiteral(":/cameo/shaders/") + QString::fromLatin1(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::vector<ShaderVariant> variants() {
    std::vector<ShaderVariant> all;
    for (const Scaling scaling : {Scaling::Reduced, Scaling::Smooth, Scaling::Squares})
        for (int view = 0; view < maskViewCount; ++view)
            for (const Scaling original : {Scaling::None, scaling}) {
                ShaderVariant variant;
                variant.maskView = static_cast<MaskView>(view);
                variant.mask = scaling;
                variant.original = original;
                variant.picture = scaling;
                all.push_back(variant);
                variant.isLayered = true;
                variant.ground = scaling;
                all.push_back(variant);
                variant.picture = variant.ground = Scaling::None;
                variant.composite = scaling;
                all.push_back(variant);
            }
    all.push_back({}); // nothing has arrived
    return all;
}

} // namespace

class TestShaders : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void allVariantsLink() {
        initialiseResources();
        QSurfaceFormat format;
        format.setProfile(QSurfaceFormat::CoreProfile);
        format.setVersion(3, 3);
        QOpenGLContext context;
        context.setFormat(format);
        QVERIFY(context.create());
        QOffscreenSurface surface;
        surface.setFormat(context.format());
        surface.create();
        QVERIFY(context.makeCurrent(&surface));
        const QByteArray vertex = resource("canvas.vert"), fragment = resource("canvas.frag");
        QVERIFY(fragment.contains("// VARIANT\n"));
        for (const ShaderVariant& variant : variants()) {
            QOpenGLShaderProgram program;
            QVERIFY2(program.addShaderFromSourceCode(QOpenGLShader::Vertex, vertex),
                     qPrintable(program.log()));
            const QByteArray source = fragmentSource(fragment, variant);
            QVERIFY2(program.addShaderFromSourceCode(QOpenGLShader::Fragment, source),
                     qPrintable(program.log()));
            QVERIFY2(program.link(), qPrintable(program.log()));
        }
    }
};

CAMEO_UI_TEST_MAIN(TestShaders)
#include "test_shaders.moc"
