// SPDX-License-Identifier: Apache-2.0
// Where the display has no OpenGL the window opens all the same and says what to do. CTest sets the variable
// that takes OpenGL away from Qt's xcb platform.
#include "tests/support/ui_main.h"
#include "tests/support/window_probe.h"
#include "ui/shell/open_gl_check.h"

#include <QLabel>

using namespace cameo::test;
using namespace cameo::ui;

class TestNoOpenGl : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void windowSaysWhatToDo() {
        QCOMPARE(qgetenv("QT_XCB_GL_INTEGRATION"), QByteArray("none"));
        QVERIFY(!openGlProblem().isEmpty());
        WindowProbe probe;
        QVERIFY(!probe.window().canvas());
        bool isTold = false;
        for (const QLabel* label : probe.window().findChildren<QLabel*>())
            isTold |= label->isVisible() && label->text().contains(QStringLiteral("libgl1-mesa-dri"));
        QVERIFY(isTold);
        QVERIFY(probe.openModel()); // panels, history and export work on
        probe.trigger(ActionId::RandomSeed);
        QVERIFY(probe.settled());
        QVERIFY(probe.window().session().canUndo());
    }
};

CAMEO_UI_TEST_MAIN(TestNoOpenGl)
#include "test_no_opengl.moc"
