// SPDX-License-Identifier: Apache-2.0
// The course of a loss as a small line, on a logarithmic scale. Window's thread only.
#pragma once

#include <QWidget>

#include <vector>

namespace cameo::ui {

class LossPlot : public QWidget {
    Q_OBJECT

  public:
    explicit LossPlot(QWidget* parent = nullptr);
    void clear();
    void add(double loss);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    std::vector<double> m_losses;
};

} // namespace cameo::ui
