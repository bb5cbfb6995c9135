// SPDX-License-Identifier: Apache-2.0
// One direction of the Edit panel: its strength, and on demand the rows of W+ that it acts on. Window's
// thread only.
#pragma once

#include "core/engine/engine.h"

#include <QWidget>

class QSpinBox;
class QToolButton;

namespace cameo::ui {

class ValueRow;

class DirectionRow : public QWidget {
    Q_OBJECT

  public:
    /// `rowCount`: rows of the model's W+.
    DirectionRow(const DirectionInfo& direction, long rowCount, QWidget* parent = nullptr);

    const DirectionInfo& direction() const { return m_direction; }
    DirectionEdit edit() const;
    void showEdit(const DirectionEdit& edit);

  Q_SIGNALS:
    void previewed(const cameo::DirectionEdit& edit);
    void committed(const cameo::DirectionEdit& edit);

  private:
    QWidget* buildRange();
    void rowsChanged();
    void showRowsButton();
    int lastRow() const;

    DirectionInfo m_direction;
    int m_rowCount;
    ValueRow* m_strength;
    QToolButton* m_rowsButton;
    QWidget* m_range;
    QSpinBox* m_first;
    QSpinBox* m_last;
};

} // namespace cameo::ui
