// SPDX-License-Identifier: Apache-2.0
// Keys that act while they are held, wherever the keyboard is: space pans, `\` shows the original. Text
// fields and buttons keep the keys that they need. Window's thread only.
#pragma once

#include <QObject>

class QKeyEvent;
class QWidget;

namespace cameo::ui {

class HeldKeys : public QObject {
    Q_OBJECT

  public:
    /// Watches the whole application while `window` is active.
    explicit HeldKeys(QWidget& window);
    bool eventFilter(QObject* watched, QEvent* event) override;

  Q_SIGNALS:
    void panChanged(bool isHeld);
    void originalChanged(bool isHeld);

  private:
    bool handle(const QKeyEvent& event, bool isPress);
    void releaseAll();

    QWidget& m_window;
    bool m_isPanHeld = false;
    bool m_isOriginalHeld = false;
};

} // namespace cameo::ui
