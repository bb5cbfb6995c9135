// SPDX-License-Identifier: Apache-2.0
// Points of a curve gathered by the pixel columns that they lie in. Any thread.
#pragma once

#include <QLineF>
#include <QList>
#include <QPointF>

#include <algorithm>
#include <cmath>
#include <vector>

namespace cameo::ui {

/// What lies above one pixel of the axis: many points would cost much time and show a blot.
struct Column {
    double x = 0, mean = 0, low = 0, high = 0;
    int count = 0;
};

/// Points come in the order of their x, in px.
class Columns {
  public:
    void add(QPointF point) {
        if (m_columns.empty() || std::floor(point.x()) != std::floor(m_columns.back().x)) {
            m_columns.push_back({point.x(), point.y(), point.y(), point.y(), 1});
            return;
        }
        Column& column = m_columns.back();
        ++column.count;
        column.mean += (point.y() - column.mean) / column.count;
        column.low = std::min(column.low, point.y());
        column.high = std::max(column.high, point.y());
    }
    /// From low to high, where a column has more than one point.
    QList<QLineF> spreads() const {
        QList<QLineF> lines;
        for (const Column& column : m_columns)
            if (column.count > 1)
                lines << QLineF(column.x, column.low, column.x, column.high);
        return lines;
    }
    QList<QLineF> means() const {
        QList<QLineF> lines;
        for (std::size_t i = 1; i < m_columns.size(); ++i)
            lines << QLineF(m_columns[i - 1].x, m_columns[i - 1].mean, m_columns[i].x, m_columns[i].mean);
        return lines;
    }

  private:
    std::vector<Column> m_columns;
};

} // namespace cameo::ui
