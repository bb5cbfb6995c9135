// SPDX-License-Identifier: Apache-2.0
// Small parts that all panels share, so that they line up and look alike. Window's thread only.
#pragma once

#include <QLabel>

class QAbstractSpinBox;
class QFormLayout;
class QPushButton;
class QToolButton;
class QVBoxLayout;
class QWidget;

namespace cameo::ui {

/// A label of one line that is cut with an ellipsis instead of pushing its neighbours; the tool tip has it
/// all.
class ElidedLabel : public QLabel {
    Q_OBJECT

  public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);
    void setFullText(const QString& text);
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

int labelColumnWidth(const QWidget& widget);
int numberColumnWidth(const QWidget& widget);
/// For numbers with long units, where no slider stands beside them.
int wideNumberColumnWidth(const QWidget& widget);

QLabel* heading(const QString& text);
/// Wraps; for explanations and empty states.
QLabel* dimText(const QString& text = {});
QWidget* rule();
/// The main button of a panel.
QPushButton* mainButton(const QString& text, const QString& icon);
QPushButton* plainButton(const QString& text, const QString& icon);

/// An icon-only button; `name` becomes its tool tip and accessible name.
void makeFlat(QToolButton& button, const QString& icon, const QString& name);
/// Lets the wheel scroll the panel unless the spin box has the keyboard.
void ignoreIdleWheel(QWidget& widget);
/// A layout with the margins and spacing of all panels.
QVBoxLayout* panelLayout(QWidget& panel);
/// One line: label on the left in the common column, the control on the right.
QWidget* labelled(const QString& text, QWidget* control);

} // namespace cameo::ui
