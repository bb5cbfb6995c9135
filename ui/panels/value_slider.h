// SPDX-License-Identifier: Apache-2.0
// A slider that is filled from its resting value, jumps to where it is clicked, and leaves the wheel to the
// scroll area until it has the keyboard. Window's thread only.
#pragma once

#include <QSlider>

namespace cameo::ui {

class ValueSlider : public QSlider {
    Q_OBJECT

  public:
    explicit ValueSlider(QWidget* parent = nullptr);
    /// Where the filled part starts, and where a double click returns to.
    void setRestingValue(int value);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

  private:
    double positionOf(int value) const;
    int valueAt(double position) const;

    int m_restingValue = 0;
};

} // namespace cameo::ui
