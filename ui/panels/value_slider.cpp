// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/value_slider.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace cameo::ui {

namespace {

constexpr double knobRadius = 6.5; // px
constexpr double grooveHeight = 3;

} // namespace

ValueSlider::ValueSlider(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ValueSlider::setRestingValue(int value) {
    m_restingValue = value;
    update();
}

QSize ValueSlider::sizeHint() const {
    return {110, 22};
}

QSize ValueSlider::minimumSizeHint() const {
    return {48, 22};
}

double ValueSlider::positionOf(int value) const {
    const double span = std::max(maximum() - minimum(), 1);
    return knobRadius + 1 + (value - minimum()) / span * (width() - 2 * knobRadius - 2);
}

int ValueSlider::valueAt(double position) const {
    const double room = std::max(width() - 2 * knobRadius - 2, 1.0);
    const double share = std::clamp((position - knobRadius - 1) / room, 0.0, 1.0);
    return minimum() + static_cast<int>(std::lround(share * (maximum() - minimum())));
}

void ValueSlider::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double y = height() / 2.0, knob = positionOf(sliderPosition());
    const double rest = positionOf(std::clamp(m_restingValue, minimum(), maximum()));
    const auto bar = [&](double from, double to, const QColor& colour) {
        painter.setBrush(colour);
        painter.drawRoundedRect(
            QRectF(std::min(from, to), y - grooveHeight / 2, std::abs(to - from), grooveHeight), 1.5, 1.5);
    };
    bar(knobRadius, width() - knobRadius, palette().color(QPalette::Mid));
    const QColor accent = palette().color(isEnabled() ? QPalette::Link : QPalette::Mid);
    bar(rest, knob, accent);
    if (m_restingValue > minimum() && m_restingValue < maximum()) {
        painter.setBrush(palette().color(QPalette::Disabled, QPalette::WindowText));
        painter.drawRect(QRectF(rest - 0.5, y - 5, 1, 10));
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(accent, 1.5));
        painter.drawEllipse(QPointF(knob, y), knobRadius + 2.5, knobRadius + 2.5);
    }
    const QColor knobColour = isEnabled() ? palette().color(QPalette::WindowText)
                                          : palette().color(QPalette::Disabled, QPalette::WindowText);
    painter.setPen(QPen(palette().color(QPalette::Window), 1));
    painter.setBrush(isSliderDown() ? accent : knobColour);
    painter.drawEllipse(QPointF(knob, y), knobRadius, knobRadius);
}

void ValueSlider::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return event->ignore();
    setSliderDown(true);
    setSliderPosition(valueAt(event->position().x()));
    update();
}

void ValueSlider::mouseMoveEvent(QMouseEvent* event) {
    if (isSliderDown())
        setSliderPosition(valueAt(event->position().x()));
}

void ValueSlider::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !isSliderDown())
        return;
    setSliderDown(false);
    update();
}

void ValueSlider::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        setValue(m_restingValue);
}

void ValueSlider::wheelEvent(QWheelEvent* event) {
    if (hasFocus())
        QSlider::wheelEvent(event);
    else
        event->ignore();
}

} // namespace cameo::ui
