// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/docks.h"

#include "ui/panels/panel_parts.h"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QMainWindow>
#include <QScrollArea>
#include <QToolButton>

#include <utility>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int panelWidth =
    372; // the widest panel needs it: all have it, so that the canvas stays where it is
constexpr int historyHeight = 190;

QWidget* titleBar(const QString& title, QDockWidget& dock) {
    auto* bar = new QWidget;
    bar->setObjectName(u"dockTitle"_s);
    bar->setAttribute(Qt::WA_StyledBackground);
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(12, 5, 6, 5);
    auto* label = new QLabel(title);
    auto* close = new QToolButton;
    makeFlat(*close, u"close"_s, QDockWidget::tr("Close %1").arg(title));
    close->setIconSize(QSize(11, 11));
    QObject::connect(close, &QToolButton::clicked, &dock, &QDockWidget::close);
    layout->addWidget(label, 1);
    layout->addWidget(close);
    return bar;
}

QWidget* scrolling(QWidget* panel) {
    auto* area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFrameShape(QFrame::NoFrame);
    area->setMinimumWidth(panelWidth);
    area->setWidget(panel);
    return area;
}

} // namespace

Docks::Docks(QMainWindow& window, ViewModel& view, const DockPanels& panels)
    : QObject(&window), m_window(window), m_view(view) {
    window.setDockOptions(QMainWindow::AllowNestedDocks | QMainWindow::AllowTabbedDocks);
    for (int i = 0; i < modeCount; ++i) {
        const auto mode = static_cast<Mode>(i);
        // The training's panel scrolls its settings itself, so that its buttons stay in sight.
        const Scroll scroll = mode == Mode::Train ? Scroll::No : Scroll::Yes;
        m_modes[static_cast<std::size_t>(i)] =
            add(u"mode%1"_s.arg(i), modeName(mode), panels.modes[static_cast<std::size_t>(i)], scroll);
    }
    m_layers = add(u"layers"_s, tr("Layers"), panels.layers, Scroll::No);
    m_history = add(u"history"_s, tr("History"), panels.history, Scroll::No);
    m_filmStrip = add(u"filmStrip"_s, tr("Film strip"), panels.filmStrip, Scroll::No);
    m_filmStrip->setTitleBarWidget(new QWidget); // the strip needs its height for pictures
    m_course = add(u"course"_s, tr("Course of the training"), panels.course, Scroll::No);
    m_course->setTitleBarWidget(new QWidget);
    for (QDockWidget* dock : m_all) {
        const bool isBelow = dock == m_filmStrip || dock == m_course;
        window.addDockWidget(isBelow ? Qt::BottomDockWidgetArea : Qt::RightDockWidgetArea, dock);
    }
    m_course->hide();
    panels.modes[static_cast<std::size_t>(Mode::Train)]->setMinimumWidth(panelWidth);
    window.setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    window.setCorner(Qt::TopRightCorner, Qt::RightDockWidgetArea);
    panels.layers->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    panels.history->setMinimumHeight(historyHeight / 2);
    connect(&view, &ViewModel::modeChanged, this, &Docks::showMode);
    showMode();
}

QDockWidget* Docks::add(const QString& name, const QString& title, QWidget* panel, Scroll scroll) {
    auto* dock = new QDockWidget(title, &m_window);
    dock->setObjectName(name);
    dock->setTitleBarWidget(titleBar(title, *dock));
    dock->setWidget(scroll == Scroll::Yes ? scrolling(panel) : panel);
    m_all.push_back(dock);
    return dock;
}

void Docks::showMode() {
    if (!m_hidden.empty())
        return;
    for (int i = 0; i < modeCount; ++i)
        m_modes[static_cast<std::size_t>(i)]->setVisible(static_cast<Mode>(i) == m_view.mode());
    showTraining(m_view.mode() == Mode::Train);
    // The task's panel takes what layers and history leave.
    QDockWidget* task = forMode(m_view.mode());
    m_window.resizeDocks({task, m_layers, m_history},
                         {m_window.height(), m_layers->sizeHint().height(), historyHeight}, Qt::Vertical);
}

void Docks::showTraining(bool isTraining) {
    if (isTraining == m_showsTraining)
        return;
    m_showsTraining = isTraining;
    if (!isTraining) {
        m_course->hide();
        for (QDockWidget* dock : std::exchange(m_resting, {}))
            dock->show();
        return;
    }
    for (QDockWidget* dock : {m_layers, m_history, m_filmStrip})
        if (!dock->isHidden()) {
            m_resting.push_back(dock);
            dock->hide();
        }
    m_course->show();
    m_window.resizeDocks({m_course}, {m_course->widget()->sizeHint().height()}, Qt::Vertical);
}

void Docks::setHidden(bool isHidden) {
    if (!isHidden) {
        for (QDockWidget* dock : std::exchange(m_hidden, {}))
            dock->show();
        showMode();
        return;
    }
    for (QDockWidget* dock : m_all)
        if (dock->isVisible()) {
            m_hidden.push_back(dock);
            dock->hide();
        }
}

} // namespace cameo::ui
