// SPDX-License-Identifier: Apache-2.0
// What went wrong, above the canvas, with what to do about it. It never blocks. Window's thread only.
#pragma once

#include "core/base/error.h"

#include <QFrame>

class QLabel;

namespace cameo::ui {

class NoticeStrip : public QFrame {
    Q_OBJECT

  public:
    explicit NoticeStrip(QWidget* parent = nullptr);
    void showError(const Error& error);
    void showInfo(const QString& message, const QString& advice = {});
    QString message() const;
    QString advice() const;

  private:
    enum class Kind { Error, Info };
    void show(Kind kind, const QString& message, const QString& advice);

    QLabel* m_icon;
    QLabel* m_message;
    QLabel* m_advice;
};

} // namespace cameo::ui
