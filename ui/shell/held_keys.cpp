// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/held_keys.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>

namespace cameo::ui {

namespace {

bool takesText(const QWidget* widget) {
    return qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QAbstractSpinBox*>(widget) ||
           qobject_cast<const QPlainTextEdit*>(widget);
}

bool takesSpace(const QWidget* widget) {
    return takesText(widget) || qobject_cast<const QAbstractButton*>(widget) ||
           qobject_cast<const QComboBox*>(widget) || qobject_cast<const QAbstractItemView*>(widget);
}

} // namespace

HeldKeys::HeldKeys(QWidget& window) : QObject(&window), m_window(window) {
    qApp->installEventFilter(this);
}

bool HeldKeys::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::WindowDeactivate && watched == &m_window)
        releaseAll();
    const bool isPress = event->type() == QEvent::KeyPress;
    if ((!isPress && event->type() != QEvent::KeyRelease) || !watched->isWidgetType())
        return false;
    if (static_cast<QWidget*>(watched)->window() != &m_window)
        return false;
    return handle(static_cast<QKeyEvent&>(*event), isPress);
}

bool HeldKeys::handle(const QKeyEvent& event, bool isPress) {
    const QWidget* focus = QApplication::focusWidget();
    if (event.key() == Qt::Key_Space && (m_isPanHeld || !takesSpace(focus))) {
        if (!event.isAutoRepeat() && m_isPanHeld != isPress)
            Q_EMIT panChanged(m_isPanHeld = isPress);
        return true;
    }
    if (event.key() == Qt::Key_Backslash && (m_isOriginalHeld || !takesText(focus))) {
        if (!event.isAutoRepeat() && m_isOriginalHeld != isPress)
            Q_EMIT originalChanged(m_isOriginalHeld = isPress);
        return true;
    }
    return false;
}

void HeldKeys::releaseAll() {
    if (std::exchange(m_isPanHeld, false))
        Q_EMIT panChanged(false);
    if (std::exchange(m_isOriginalHeld, false))
        Q_EMIT originalChanged(false);
}

} // namespace cameo::ui
