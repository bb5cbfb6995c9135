// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/loss_plot.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace cameo::ui {

namespace {

constexpr double smallestLoss = 1e-9; // for the logarithm

} // namespace

LossPlot::LossPlot(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Course of the loss"));
}

QSize LossPlot::sizeHint() const {
    return {160, 56};
}

void LossPlot::clear() {
    m_losses.clear();
    update();
}

void LossPlot::add(double loss) {
    m_losses.push_back(std::log(std::max(loss, smallestLoss)));
    update();
}

void LossPlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(palette().color(QPalette::Mid), 1));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    if (m_losses.size() < 2)
        return;
    const auto [low, high] = std::minmax_element(m_losses.begin(), m_losses.end());
    const double span = std::max(*high - *low, 1e-6);
    const QRectF area = QRectF(rect()).adjusted(5, 6, -5, -6);
    QPainterPath path;
    for (std::size_t i = 0; i < m_losses.size(); ++i) {
        const double x =
            area.left() + area.width() * static_cast<double>(i) / static_cast<double>(m_losses.size() - 1);
        const double y = area.bottom() - area.height() * (m_losses[i] - *low) / span;
        i == 0 ? path.moveTo(x, y) : path.lineTo(x, y);
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(palette().color(QPalette::Link), 1.5));
    painter.drawPath(path);
}

} // namespace cameo::ui
