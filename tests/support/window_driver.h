// SPDX-License-Identifier: Apache-2.0
// A window on an engine, how tests drive it, and how they look at it. Header only, for QtTest.
#pragma once

#include "core/engine/engine.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/shell/main_window.h"

#include <QDir>
#include <QImage>
#include <QScreen>
#include <QTest>

#include <memory>

namespace cameo::test {

class WindowDriver {
  public:
    /// Shows a window; no model is opened yet.
    explicit WindowDriver(Engine& engine, QSize size = QSize(1440, 900))
        : m_window(std::make_unique<ui::MainWindow>(engine, ui::MainWindow::Memory::None)) {
        m_window->resize(size);
        m_window->show();
        m_window->activateWindow();
        (void)QTest::qWaitForWindowExposed(m_window.get());
    }

    /// Opens the embedded or fake model and waits for its first finished picture.
    bool openModel() {
        m_window->conductor().openModel({});
        return settled() && m_window->session().model();
    }

    /// No job of any kind runs and the last picture is complete.
    bool settled(int milliseconds = 60'000) {
        using ui::JobKind;
        const auto isIdle = [&] {
            for (const JobKind kind : {JobKind::Model, JobKind::Picture, JobKind::Original,
                                       JobKind::Thumbnail, JobKind::Inversion, JobKind::Export})
                if (m_window->bridge().isRunning(kind))
                    return false;
            return true;
        };
        const bool isSettled = QTest::qWaitFor(isIdle, milliseconds);
        QTest::qWait(20); // one more turn of the event loop for painting
        return isSettled;
    }

    ui::MainWindow& window() { return *m_window; }
    ui::CanvasWidget& canvas() { return *m_window->canvas(); }
    void destroyWindow() { m_window.reset(); }

    void trigger(ui::ActionId id) { m_window->actions()[id]->trigger(); }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTest::keyClick(m_window.get(), key, modifiers);
    }

    /// The whole window with its canvas, as the user sees it, into the build folder's screenshots.
    QImage screenshot(const char* name) {
        // From the screen: QWidget::grab would lose what QPainter draws on the canvas.
        QTest::qWait(60);
        const QImage image = m_window->screen()->grabWindow(m_window->winId()).toImage();
        const QDir folder(QStringLiteral(CAMEO_BINARY_DIR "/screenshots"));
        folder.mkpath(QStringLiteral("."));
        image.save(folder.filePath(QString::fromLatin1(name) + QStringLiteral(".png")));
        return image;
    }

  private:
    std::unique_ptr<ui::MainWindow> m_window;
};

} // namespace cameo::test
