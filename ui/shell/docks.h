// SPDX-License-Identifier: Apache-2.0
// The docks around the canvas: one panel per mode, layers and history on the right, the film strip below.
// While a training is shown, its curves take the place of the film strip, and nobody needs layers and
// history. Window's thread only.
#pragma once

#include "ui/models/view_model.h"

#include <QHash>
#include <QObject>

#include <array>
#include <vector>

class QDockWidget;
class QMainWindow;
class QWidget;

namespace cameo::ui {

struct DockPanels {
    std::array<QWidget*, modeCount> modes; // by Mode
    QWidget* layers;
    QWidget* history;
    QWidget* filmStrip;
    QWidget* course; // of a training
};

class Docks : public QObject {
    Q_OBJECT

  public:
    Docks(QMainWindow& window, ViewModel& view, const DockPanels& panels);

    /// For the View menu.
    const std::vector<QDockWidget*>& all() const { return m_all; }
    QDockWidget* layers() const { return m_layers; }
    QDockWidget* forMode(Mode mode) const { return m_modes[static_cast<std::size_t>(mode)]; }
    /// Hides all, or brings back those that were hidden so.
    void setHidden(bool isHidden);

  private:
    enum class Scroll { No, Yes };
    QDockWidget* add(const QString& name, const QString& title, QWidget* panel, Scroll scroll);
    void showMode();
    void showTraining(bool isTraining);

    QMainWindow& m_window;
    ViewModel& m_view;
    std::array<QDockWidget*, modeCount> m_modes{};
    QDockWidget* m_layers = nullptr;
    QDockWidget* m_history = nullptr;
    QDockWidget* m_filmStrip = nullptr;
    QDockWidget* m_course = nullptr;
    std::vector<QDockWidget*> m_all;
    std::vector<QDockWidget*> m_hidden;  // by setHidden
    std::vector<QDockWidget*> m_resting; // while a training is shown
    bool m_showsTraining = false;
};

} // namespace cameo::ui
