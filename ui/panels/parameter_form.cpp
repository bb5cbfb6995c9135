// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/parameter_form.h"

#include "ui/panels/value_row.h"

#include <QVBoxLayout>

namespace cameo::ui {

ParameterForm::ParameterForm(Rows rows, QWidget* parent)
    : QWidget(parent), m_kind(rows), m_layout(new QVBoxLayout(this)) {
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(6);
}

void ParameterForm::setTable(std::span<const Parameter> table) {
    m_table = table;
    qDeleteAll(m_rows);
    m_rows.clear();
    for (const Parameter& parameter : table) {
        const QString label = QString::fromUtf8(parameter.label);
        ValueRange range = rangeOf(parameter);
        range.hasSlider = m_kind == Rows::Sliders;
        auto* row = new ValueRow(label, range);
        connect(row, &ValueRow::previewed, this, [this] { Q_EMIT previewed(values()); });
        connect(row, &ValueRow::committed, this, [this, label] { Q_EMIT committed(label, values()); });
        m_layout->addWidget(row);
        m_rows.insert(QString::fromUtf8(parameter.name), row);
    }
}

void ParameterForm::showValues(const ParameterValues& values) {
    for (const Parameter& parameter : m_table) {
        const auto found = values.find(parameter.name);
        m_rows.value(QString::fromUtf8(parameter.name))
            ->showValue(found == values.end() ? parameter.standard : found->second);
    }
}

ParameterValues ParameterForm::values() const {
    ParameterValues values;
    for (const Parameter& parameter : m_table) {
        const double value = m_rows.value(QString::fromUtf8(parameter.name))->value();
        if (value != parameter.standard)
            values.emplace(parameter.name, value);
    }
    return values;
}

} // namespace cameo::ui
