// SPDX-License-Identifier: Apache-2.0
// One number of a panel: label, slider, spin box with unit, reset. While it changes it is previewed; when the
// hand rests it is committed, once. Window's thread only.
#pragma once

#include "core/base/parameter.h"

#include <QTimer>
#include <QWidget>

class QDoubleSpinBox;
class QHBoxLayout;
class QLabel;
class QToolButton;

namespace cameo::ui {

class ValueSlider;

struct ValueRange {
    double minimum = 0, maximum = 1;
    double standard = 0; // what reset returns to
    int decimals = 2;
    QString unit;
    QString help;
    bool isSigned = false; // writes the plus sign of positive values
    /// A slider is of no use where the range spans powers of ten: the label takes its place, and the number
    /// is written without needless zeros.
    bool hasSlider = true;
};

class ValueRow : public QWidget {
    Q_OBJECT

  public:
    ValueRow(const QString& label, const ValueRange& range, QWidget* parent = nullptr);

    double value() const;
    /// Shows a value without telling anyone.
    void showValue(double value);
    /// Commits at once what was previewed and not yet committed.
    void settle();
    /// Puts a further control between the spin box and reset.
    void addControl(QWidget* control);

  Q_SIGNALS:
    void previewed(double value);
    void committed(double value);

  private:
    void buildControls(const QString& label);
    void connectControls();
    void take(double value);
    void showReset();
    int toTicks(double value) const;
    double fromTicks(int ticks) const;

    ValueRange m_range;
    ValueSlider* m_slider;
    QDoubleSpinBox* m_spin;
    QToolButton* m_reset;
    QHBoxLayout* m_line;
    QTimer m_rest; // runs while keys or the wheel change the value
};

ValueRange rangeOf(const Parameter& parameter);

} // namespace cameo::ui
