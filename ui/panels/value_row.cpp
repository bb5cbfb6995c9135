// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/value_row.h"

#include "ui/panels/panel_parts.h"
#include "ui/panels/value_slider.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int restMilliseconds = 500; // without a further key press the change is one step of the history
constexpr int mostTicks = 1000;

/// Writes "+2.5": in an edit the sign is the message.
class SignedSpinBox : public QDoubleSpinBox {
  public:
    using QDoubleSpinBox::QDoubleSpinBox;
    QString textFromValue(double value) const override {
        const QString text = QDoubleSpinBox::textFromValue(value);
        return value > 0 ? u"+"_s + text : text;
    }
};

/// Writes "0.0025" and "10", not "0.002500" and "10.000".
class ShortSpinBox : public QDoubleSpinBox {
  public:
    using QDoubleSpinBox::QDoubleSpinBox;
    QString textFromValue(double value) const override {
        QString text = QDoubleSpinBox::textFromValue(value);
        const QString point = locale().decimalPoint();
        if (!text.contains(point))
            return text;
        while (text.endsWith(u'0'))
            text.chop(1);
        if (text.endsWith(point))
            text.chop(point.size());
        return text;
    }
};

QDoubleSpinBox* spinBoxFor(const ValueRange& range) {
    if (range.isSigned)
        return new SignedSpinBox;
    return range.hasSlider ? new QDoubleSpinBox : new ShortSpinBox;
}

} // namespace

ValueRow::ValueRow(const QString& label, const ValueRange& range, QWidget* parent)
    : QWidget(parent),
      m_range(range),
      m_slider(new ValueSlider),
      m_spin(spinBoxFor(range)),
      m_reset(new QToolButton),
      m_line(new QHBoxLayout(this)) {
    buildControls(label);
    connectControls();
    showValue(range.standard);
}

void ValueRow::buildControls(const QString& label) {
    auto* name = new ElidedLabel(label);
    if (m_range.hasSlider)
        name->setFixedWidth(labelColumnWidth(*this));
    name->setBuddy(m_spin);
    m_slider->setVisible(m_range.hasSlider);
    m_slider->setRange(0, toTicks(m_range.maximum));
    m_slider->setRestingValue(toTicks(m_range.standard));
    m_slider->setPageStep(std::max(1, m_slider->maximum() / 20));
    m_slider->setAccessibleName(label);
    m_spin->setDecimals(m_range.decimals);
    m_spin->setRange(m_range.minimum, m_range.maximum);
    if (m_range.hasSlider)
        m_spin->setSingleStep(fromTicks(1) - fromTicks(0));
    else
        m_spin->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    m_spin->setAlignment(Qt::AlignRight);
    m_spin->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_spin->setFixedWidth(m_range.hasSlider ? numberColumnWidth(*this) : wideNumberColumnWidth(*this));
    m_spin->setAccessibleName(label);
    if (!m_range.unit.isEmpty())
        m_spin->setSuffix(u" "_s + m_range.unit);
    makeFlat(*m_reset, u"reset"_s, tr("Reset %1").arg(label));
    for (QWidget* widget :
         {static_cast<QWidget*>(m_slider), static_cast<QWidget*>(m_spin), static_cast<QWidget*>(name)})
        widget->setToolTip(m_range.help);
    m_line->setContentsMargins(0, 0, 0, 0);
    m_line->setSpacing(7);
    m_line->addWidget(name, m_range.hasSlider ? 0 : 1);
    m_line->addWidget(m_slider, m_range.hasSlider ? 1 : 0);
    m_line->addWidget(m_spin);
    m_line->addWidget(m_reset);
    ignoreIdleWheel(*m_spin);
}

void ValueRow::connectControls() {
    m_rest.setSingleShot(true);
    m_rest.setInterval(restMilliseconds);
    connect(&m_rest, &QTimer::timeout, this, [this] { Q_EMIT committed(value()); });
    connect(m_slider, &QSlider::valueChanged, this, [this](int ticks) {
        const QSignalBlocker quiet(m_spin);
        m_spin->setValue(fromTicks(ticks));
        take(value());
    });
    connect(m_slider, &QSlider::sliderReleased, this, [this] {
        m_rest.start();
        settle();
    });
    connect(m_spin, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        const QSignalBlocker quiet(m_slider);
        m_slider->setValue(toTicks(value));
        take(value);
    });
    connect(m_spin, &QDoubleSpinBox::editingFinished, this, &ValueRow::settle);
    connect(m_reset, &QToolButton::clicked, this, [this] {
        showValue(m_range.standard);
        m_rest.stop();
        Q_EMIT committed(value());
    });
}

void ValueRow::take(double value) {
    showReset();
    Q_EMIT previewed(value);
    if (m_slider->isSliderDown())
        m_rest.stop();
    else
        m_rest.start();
}

void ValueRow::settle() {
    if (!m_rest.isActive())
        return;
    m_rest.stop();
    Q_EMIT committed(value());
}

double ValueRow::value() const {
    return m_spin->value();
}

void ValueRow::showValue(double value) {
    const QSignalBlocker quietSlider(m_slider), quietSpin(m_spin);
    // A hand on the control is stronger than an echo of what it did.
    if (!m_slider->isSliderDown())
        m_slider->setValue(toTicks(value));
    if (m_spin->value() != value)
        m_spin->setValue(value);
    m_slider->update();
    showReset();
}

void ValueRow::showReset() {
    m_reset->setEnabled(std::abs(value() - m_range.standard) > 1e-9);
}

void ValueRow::addControl(QWidget* control) {
    m_line->insertWidget(m_line->count() - 1, control);
}

int ValueRow::toTicks(double value) const {
    const double span = m_range.maximum - m_range.minimum;
    const double finest = span * std::pow(10.0, m_range.decimals);
    const double ticks = std::min<double>(std::max(finest, 1.0), mostTicks);
    return static_cast<int>(std::lround((value - m_range.minimum) / span * ticks));
}

double ValueRow::fromTicks(int ticks) const {
    const int all = std::max(toTicks(m_range.maximum), 1);
    return m_range.minimum + (m_range.maximum - m_range.minimum) * ticks / all;
}

ValueRange rangeOf(const Parameter& parameter) {
    ValueRange range;
    range.minimum = parameter.minimum;
    range.maximum = parameter.maximum;
    range.standard = parameter.standard;
    range.decimals = parameter.decimals;
    range.unit = QString::fromUtf8(parameter.unit);
    range.help = QString::fromUtf8(parameter.help);
    if (parameter.source && *parameter.source)
        range.help += u"\n(%1)"_s.arg(QString::fromUtf8(parameter.source));
    return range;
}

} // namespace cameo::ui
