// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/direction_row.h"

#include "ui/models/qt_text.h"
#include "ui/panels/panel_parts.h"
#include "ui/panels/value_row.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

ValueRange strengthRange(const DirectionInfo& direction) {
    ValueRange range;
    range.minimum = direction.minimum;
    range.maximum = direction.maximum;
    range.decimals = 1;
    range.unit = u"σ"_s;
    range.isSigned = true;
    range.help = DirectionRow::tr("Moves the latent along %1, in standard deviations. It explains %2 % of W.")
                     .arg(toQt(direction.id))
                     .arg(direction.explained * 100, 0, 'f', 1);
    return range;
}

} // namespace

DirectionRow::DirectionRow(const DirectionInfo& direction, long rowCount, QWidget* parent)
    : QWidget(parent),
      m_direction(direction),
      m_rowCount(std::max(1, static_cast<int>(rowCount))),
      m_strength(new ValueRow(toQt(direction.label), strengthRange(direction))),
      m_rowsButton(new QToolButton),
      m_range(buildRange()) {
    makeFlat(*m_rowsButton, u"rows"_s, tr("Rows of %1").arg(toQt(direction.label)));
    m_rowsButton->setCheckable(true);
    m_strength->addControl(m_rowsButton);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    layout->addWidget(m_strength);
    layout->addWidget(m_range);
    m_range->hide();
    connect(m_rowsButton, &QToolButton::toggled, m_range, &QWidget::setVisible);
    connect(m_strength, &ValueRow::previewed, this, [this] { Q_EMIT previewed(edit()); });
    connect(m_strength, &ValueRow::committed, this, [this] { Q_EMIT committed(edit()); });
    showEdit(DirectionEdit{direction.id, 0, direction.firstRow, direction.lastRow});
}

QWidget* DirectionRow::buildRange() {
    auto* line = new QWidget;
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins(labelColumnWidth(*this) + 7, 0, 0, 2);
    layout->setSpacing(6);
    m_first = new QSpinBox;
    m_last = new QSpinBox;
    for (QSpinBox* spin : {m_first, m_last}) {
        spin->setRange(0, m_rowCount - 1);
        ignoreIdleWheel(*spin);
        connect(spin, &QSpinBox::valueChanged, this, &DirectionRow::rowsChanged);
    }
    m_first->setAccessibleName(tr("First row of %1").arg(toQt(m_direction.label)));
    m_last->setAccessibleName(tr("Last row of %1").arg(toQt(m_direction.label)));
    m_first->setToolTip(tr("Low rows shape pose and form, high rows colour and texture."));
    m_last->setToolTip(m_first->toolTip());
    auto* label = new QLabel(tr("rows"));
    label->setProperty("role", u"dim"_s);
    auto* to = new QLabel(tr("to"));
    to->setProperty("role", u"dim"_s);
    layout->addWidget(label);
    layout->addWidget(m_first);
    layout->addWidget(to);
    layout->addWidget(m_last);
    layout->addStretch(1);
    return line;
}

int DirectionRow::lastRow() const {
    return m_last->value() == m_rowCount - 1 ? -1 : m_last->value();
}

DirectionEdit DirectionRow::edit() const {
    const bool meansAll = m_direction.lastRow < 0 || m_direction.lastRow == m_rowCount - 1;
    const int last = m_last->value() == m_rowCount - 1 && meansAll ? m_direction.lastRow : lastRow();
    return DirectionEdit{m_direction.id, m_strength->value(), m_first->value(), last};
}

void DirectionRow::showEdit(const DirectionEdit& edit) {
    m_strength->showValue(edit.strength);
    const QSignalBlocker quietFirst(m_first), quietLast(m_last);
    m_first->setValue(edit.firstRow);
    m_last->setValue(edit.lastRow < 0 ? m_rowCount - 1 : edit.lastRow);
    showRowsButton();
}

void DirectionRow::showRowsButton() {
    m_rowsButton->setToolTip(tr("Rows %1 to %2 of %3: click to change")
                                 .arg(m_first->value())
                                 .arg(m_last->value())
                                 .arg(m_rowCount));
}

void DirectionRow::rowsChanged() {
    const QSignalBlocker quietFirst(m_first), quietLast(m_last);
    if (m_first->value() > m_last->value()) {
        if (sender() == m_first)
            m_last->setValue(m_first->value());
        else
            m_first->setValue(m_last->value());
    }
    showRowsButton();
    Q_EMIT committed(edit());
}

} // namespace cameo::ui
