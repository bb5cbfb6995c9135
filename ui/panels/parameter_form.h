// SPDX-License-Identifier: Apache-2.0
// Controls made from a parameter table of core: one row per number. Window's thread only.
#pragma once

#include "core/base/parameter.h"

#include <QHash>
#include <QWidget>

#include <span>

class QVBoxLayout;

namespace cameo::ui {

class ValueRow;

class ParameterForm : public QWidget {
    Q_OBJECT

  public:
    /// Sliders: for values that are tried out. Numbers: for tables whose ranges span powers of ten.
    enum class Rows { Sliders, Numbers };

    explicit ParameterForm(Rows rows = Rows::Sliders, QWidget* parent = nullptr);

    /// `table` must outlive the form (the tables of core are static).
    void setTable(std::span<const Parameter> table);
    void showValues(const ParameterValues& values);
    /// Only those that differ from their default.
    ParameterValues values() const;

  Q_SIGNALS:
    void previewed(const cameo::ParameterValues& values);
    void committed(const QString& label, const cameo::ParameterValues& values);

  private:
    Rows m_kind;
    std::span<const Parameter> m_table;
    QVBoxLayout* m_layout;
    QHash<QString, ValueRow*> m_rows;
};

} // namespace cameo::ui
