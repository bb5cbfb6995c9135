// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/run_window.h"

#include "ui/models/qt_text.h"
#include "ui/panels/icons.h"
#include "ui/shell/main_window.h"

#include <QApplication>
#include <QSettings>
#include <QSurfaceFormat>

#include <cstdio>
#include <cstdlib>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int exitNoDisplay = 1; // as every failure of the command line

bool isDisplayNamed() {
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        if (const char* value = std::getenv(name); value && *value)
            return true;
    return false;
}

void sayNoDisplay() {
    std::fputs("cameo: no display for the window (DISPLAY and WAYLAND_DISPLAY name none that answers). "
               "Use the commands instead: cameo --help\n",
               stderr);
}

/// Qt ends the process when no display answers: this turns its paragraph and abort into our line and exit
/// code.
void onStartMessage(QtMsgType type, const QMessageLogContext&, const QString&) {
    if (type != QtFatalMsg)
        return;
    sayNoDisplay();
    std::_Exit(exitNoDisplay);
}

} // namespace

int runWindow(int argc, char** argv, Engine& engine, const WindowOptions& options) {
    if (!isDisplayNamed()) {
        sayNoDisplay();
        return exitNoDisplay;
    }
    QApplication::setAttribute(Qt::AA_ShareOpenGLContexts);
    const QtMessageHandler usual = qInstallMessageHandler(onStartMessage);
    const QApplication application(argc, argv);
    qInstallMessageHandler(usual);
    QApplication::setApplicationName(u"cameo"_s);
    QApplication::setApplicationDisplayName(u"Cameo"_s);
    QApplication::setOrganizationName(u"cameo"_s);
    QApplication::setDesktopFileName(u"cameo"_s);
    initialiseResources();
    QApplication::setWindowIcon(QIcon(u":/cameo/icons/cameo.svg"_s));

    MainWindow window(engine, MainWindow::Memory::Settings);
    window.conductor().setFirstSeed(options.firstSeed);
    window.show();
    window.conductor().openModel(toQt(options.model));
    for (const auto& file : options.files)
        window.conductor().open(toQt(file));
    return QApplication::exec();
}

} // namespace cameo::ui
