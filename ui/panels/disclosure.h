// SPDX-License-Identifier: Apache-2.0
// A heading that opens and closes what belongs to it: settings that most people leave alone. Window's thread
// only.
#pragma once

#include <QWidget>

class QToolButton;

namespace cameo::ui {

class Disclosure : public QWidget {
    Q_OBJECT

  public:
    enum class State { Closed, Open };
    Disclosure(const QString& title, QWidget* content, State state, QWidget* parent = nullptr);

  private:
    QToolButton* m_heading;
};

} // namespace cameo::ui
