// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/open_gl_check.h"

#include <QCoreApplication>
#include <QOpenGLContext>

namespace cameo::ui {

QString openGlProblem() {
    QSurfaceFormat format;
    format.setRenderableType(QSurfaceFormat::OpenGL);
    format.setProfile(QSurfaceFormat::CoreProfile);
    format.setVersion(3, 3);
    QOpenGLContext context;
    context.setFormat(format);
    if (!context.create())
        return QCoreApplication::translate("OpenGl", "This display offers no OpenGL.");
    const QSurfaceFormat got = context.format();
    if (got.version() < qMakePair(3, 3))
        return QCoreApplication::translate("OpenGl", "This display offers OpenGL %1.%2; Cameo needs 3.3.")
            .arg(got.majorVersion())
            .arg(got.minorVersion());
    return {};
}

} // namespace cameo::ui
