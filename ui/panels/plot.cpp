// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/plot.h"

#include "ui/panels/plot_columns.h"
#include "ui/panels/plot_ticks.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <limits>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int margin = 8, keyLength = 12, gap = 5;
constexpr int mostXTicks = 5, mostYTicks = 5;

/// The point nearest to x; the points must not be empty.
std::size_t nearestTo(const std::vector<QPointF>& points, double x) {
    const auto after =
        std::lower_bound(points.begin(), points.end(), x,
                         [](const QPointF& point, double wanted) { return point.x() < wanted; });
    if (after == points.begin())
        return 0;
    if (after == points.end() || x - (after - 1)->x() < after->x() - x)
        return static_cast<std::size_t>(after - points.begin()) - 1;
    return static_cast<std::size_t>(after - points.begin());
}

} // namespace

Plot::Plot(const PlotOptions& options, QWidget* parent) : QWidget(parent), m_options(options) {
    const bool isCompact = options.style == PlotStyle::Compact;
    setSizePolicy(QSizePolicy::Expanding, isCompact ? QSizePolicy::Fixed : QSizePolicy::Expanding);
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setToolTip(tr("Point at the curves to read them, or use the arrow keys"));
    m_series.resize(1);
    setTitle(options.title);
}

void Plot::setTitle(const QString& title) {
    m_options.title = title;
    setAccessibleName(title);
    update();
}

void Plot::setTarget(std::optional<double> value) {
    m_target = value;
    update();
}

void Plot::setHint(const QString& hint) {
    m_hint = hint;
    update();
}

void Plot::setSeries(std::vector<PlotSeries> series) {
    if (series.size() > mostSeries)
        series.resize(mostSeries);
    if (series.empty())
        series.resize(1);
    m_series = std::move(series);
    changed();
}

void Plot::add(QPointF point) {
    m_series.front().points.push_back(point);
    changed();
}

void Plot::clear() {
    for (PlotSeries& series : m_series)
        series.points.clear();
    m_reading.reset();
    changed();
}

void Plot::changed() {
    m_isLogarithmic = m_options.scale == PlotScale::Logarithmic;
    for (const PlotSeries& series : m_series)
        for (const QPointF& point : series.points)
            m_isLogarithmic = m_isLogarithmic && point.y() > 0;
    setAccessibleDescription(readOut());
    update();
}

QSize Plot::sizeHint() const {
    return m_options.style == PlotStyle::Compact ? QSize(160, 96) : QSize(300, 220);
}

QSize Plot::minimumSizeHint() const {
    return m_options.style == PlotStyle::Compact ? QSize(120, 80) : QSize(180, 150);
}

bool Plot::isEmpty() const {
    return std::all_of(m_series.begin(), m_series.end(),
                       [](const PlotSeries& series) { return series.points.empty(); });
}

double Plot::scaled(double value) const {
    return m_isLogarithmic ? std::log10(value) : value;
}

Plot::Range Plot::xRange() const {
    Range range{std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest()};
    for (const PlotSeries& series : m_series)
        if (!series.points.empty()) {
            range.low = std::min(range.low, series.points.front().x());
            range.high = std::max(range.high, series.points.back().x());
        }
    if (!(range.high > range.low))
        range.high = range.low + 1;
    return range;
}

Plot::Range Plot::yRange() const {
    Range range{std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest()};
    const bool isLog = m_isLogarithmic;
    for (const PlotSeries& series : m_series)
        for (const QPointF& point : series.points) {
            range.low = std::min(range.low, point.y());
            range.high = std::max(range.high, point.y());
        }
    if (m_target) {
        range.low = std::min(range.low, *m_target);
        range.high = std::max(range.high, *m_target);
    }
    if (isLog && range.low > 0)
        range = {std::log10(range.low), std::log10(range.high)};
    const double span = range.high - range.low;
    const double room = span > 1e-9 ? span * 0.06 : std::max(std::abs(range.high) * 0.1, 1e-3);
    return {range.low - room, range.high + room};
}

QRectF Plot::plotArea() const {
    const int line = fontMetrics().height();
    const int numbers = fontMetrics().horizontalAdvance(u"0.0001"_s) + gap;
    const int top = m_options.style == PlotStyle::Compact ? margin : margin + 2 * line + 2 * gap;
    return QRectF(rect()).adjusted(margin + numbers, top, -margin - gap, -margin - line - gap);
}

QPointF Plot::place(QPointF point, const QRectF& area, const Range& x, const Range& y) const {
    return {area.left() + area.width() * (point.x() - x.low) / (x.high - x.low),
            area.bottom() - area.height() * (point.y() - y.low) / (y.high - y.low)};
}

std::optional<QPointF> Plot::valueAt(const PlotSeries& series) const {
    if (series.points.empty())
        return std::nullopt;
    return m_reading ? series.points[nearestTo(series.points, *m_reading)] : series.points.back();
}

QString Plot::readOut() const {
    QStringList parts;
    double x = 0;
    for (const PlotSeries& series : m_series)
        if (const auto point = valueAt(series)) {
            parts << (u"%1 %2"_s.arg(series.name, numberText(point->y()))).trimmed();
            x = std::max(x, point->x());
        }
    if (parts.isEmpty())
        return {};
    return tr("%1 at %2 %3").arg(parts.join(u", "_s), countText(x), m_options.xUnit);
}

QColor Plot::colour(std::size_t series) const {
    constexpr QPalette::ColorRole roles[] = {QPalette::Link, QPalette::BrightText, QPalette::LinkVisited};
    return palette().color(roles[series % std::size(roles)]);
}

void Plot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(palette().color(hasFocus() ? QPalette::Link : QPalette::Mid), 1));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    painter.setBrush(Qt::NoBrush);
    if (m_options.style == PlotStyle::Full)
        paintHeader(painter);
    if (isEmpty()) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(QRectF(rect()).adjusted(2 * margin, 2 * margin, -2 * margin, -margin),
                         static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap, m_hint);
        return;
    }
    const QRectF area = plotArea();
    const Range x = xRange(), y = yRange();
    paintAxes(painter, area, x, y);
    painter.save();
    painter.setClipRect(area.adjusted(-1, -1, 1, 1));
    paintSeries(painter, area, x, y);
    painter.restore();
    if (m_reading)
        paintReading(painter, area, x, y);
}

QStringList Plot::legend() const {
    const auto texts = [this](bool isShort) {
        QStringList lines;
        for (const PlotSeries& series : m_series) {
            const auto point = valueAt(series);
            const QString& name = isShort && !series.shortName.isEmpty() ? series.shortName : series.name;
            lines << (point ? u"%1 %2"_s.arg(name, numberText(point->y())) : QString());
        }
        lines << (m_target && !isEmpty() ? tr("target %1").arg(numberText(*m_target)) : QString());
        return lines;
    };
    const QStringList whole = texts(false);
    int wide = 2 * margin;
    for (const QString& text : whole)
        wide += text.isEmpty() ? 0 : keyLength + 3 * gap + fontMetrics().horizontalAdvance(text);
    return wide <= width() ? whole : texts(true);
}

void Plot::paintHeader(QPainter& painter) const {
    const int line = fontMetrics().height();
    QFont bold = font();
    bold.setBold(true);
    painter.setFont(bold);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRectF(margin, margin - 1, width() - 2 * margin, line), Qt::AlignLeft, m_options.title);
    painter.setFont(font());
    double right = margin;
    const double middle = margin + line + gap + line / 2.0;
    double x = 0;
    const QStringList texts = legend();
    for (std::size_t i = 0; i <= m_series.size(); ++i) {
        const QString& text = texts[static_cast<qsizetype>(i)];
        if (text.isEmpty())
            continue;
        const bool isTarget = i == m_series.size();
        if (!isTarget)
            x = std::max(x, valueAt(m_series[i])->x());
        painter.setPen(isTarget ? QPen(palette().color(QPalette::PlaceholderText), 1, Qt::DashLine)
                                : QPen(colour(i), 2));
        painter.drawLine(QPointF(right, middle), QPointF(right + keyLength, middle));
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawText(QPointF(right + keyLength + gap, middle + fontMetrics().ascent() / 2.0 - 1), text);
        right += keyLength + fontMetrics().horizontalAdvance(text) + 3 * gap;
    }
    if (m_reading && !isEmpty()) {
        painter.setPen(palette().color(QPalette::PlaceholderText));
        painter.drawText(QRectF(margin, margin - 1, width() - 2 * margin, line), Qt::AlignRight,
                         u"%1 %2"_s.arg(countText(x), m_options.xUnit));
    }
}

void Plot::paintAxes(QPainter& painter, const QRectF& area, const Range& x, const Range& y) const {
    const QColor dim = palette().color(QPalette::PlaceholderText);
    QColor grid = palette().color(QPalette::Mid);
    grid.setAlphaF(0.6F);
    const bool isLog = m_isLogarithmic;
    const std::vector<double> yTicks =
        isLog ? logarithmicTicks(std::pow(10.0, y.low), std::pow(10.0, y.high), mostYTicks)
              : linearTicks(y.low, y.high, mostYTicks);
    const int line = fontMetrics().height();
    for (const double tick : yTicks) {
        const double at = std::round(place({x.low, scaled(tick)}, area, x, y).y()) + 0.5;
        painter.setPen(QPen(grid, 1));
        painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at));
        painter.setPen(dim);
        painter.drawText(QRectF(margin, at - line / 2.0, area.left() - margin - gap, line),
                         Qt::AlignRight | Qt::AlignVCenter, numberText(tick));
    }
    painter.setPen(QPen(grid, 1));
    painter.drawLine(area.bottomLeft(), area.bottomRight());
    // The unit stands at the right end; numbers that would touch it are left out.
    const double unitWidth = fontMetrics().horizontalAdvance(m_options.xUnit);
    const double below = area.bottom() + gap, unitLeft = width() - margin - unitWidth;
    painter.setPen(dim);
    painter.drawText(QRectF(unitLeft, below, unitWidth + 1, line), Qt::AlignLeft, m_options.xUnit);
    for (const double tick : linearTicks(x.low, x.high, mostXTicks)) {
        const QString text = countText(tick);
        const double at = place({tick, y.low}, area, x, y).x();
        const double wide = fontMetrics().horizontalAdvance(text);
        painter.setPen(QPen(grid, 1));
        painter.drawLine(QPointF(at, area.bottom()), QPointF(at, area.bottom() + 3));
        painter.setPen(dim);
        if (at + wide / 2 + gap < unitLeft)
            painter.drawText(QRectF(at - wide / 2, below, wide + 1, line), Qt::AlignLeft, text);
    }
}

void Plot::paintSeries(QPainter& painter, const QRectF& area, const Range& x, const Range& y) const {
    const bool isLog = m_isLogarithmic;
    if (m_target) {
        const double value = isLog ? std::log10(*m_target) : *m_target;
        const double at = place({x.low, value}, area, x, y).y();
        painter.setPen(QPen(palette().color(QPalette::PlaceholderText), 1, Qt::DashLine));
        painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at));
    }
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        const std::vector<QPointF>& points = m_series[i].points;
        Columns columns;
        for (const QPointF& point : points)
            columns.add(place({point.x(), isLog ? std::log10(point.y()) : point.y()}, area, x, y));
        QColor faint = colour(i);
        faint.setAlphaF(0.35F);
        painter.setPen(QPen(faint, 1));
        painter.setRenderHint(QPainter::Antialiasing, false); // upright lines need none, and it takes longest
        painter.drawLines(columns.spreads());
        painter.setRenderHint(QPainter::Antialiasing);
        // Lines of their own: one path with so many corners takes longer to stroke.
        painter.setPen(QPen(colour(i), 1.5, Qt::SolidLine, Qt::RoundCap));
        if (points.size() == 1)
            painter.drawPoint(place({points[0].x(), scaled(points[0].y())}, area, x, y));
        painter.drawLines(columns.means());
    }
}

void Plot::paintReading(QPainter& painter, const QRectF& area, const Range& x, const Range& y) const {
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        const auto point = valueAt(m_series[i]);
        if (!point)
            continue;
        const QPointF at = place({point->x(), scaled(point->y())}, area, x, y);
        painter.setPen(QPen(palette().color(QPalette::PlaceholderText), 1, Qt::DotLine));
        painter.drawLine(QPointF(at.x(), area.top()), QPointF(at.x(), area.bottom()));
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour(i));
        painter.drawEllipse(at, 3.5, 3.5);
        painter.setBrush(Qt::NoBrush);
    }
}

void Plot::mouseMoveEvent(QMouseEvent* event) {
    if (isEmpty())
        return;
    const QRectF area = plotArea();
    const Range x = xRange();
    const double share = std::clamp((event->position().x() - area.left()) / area.width(), 0.0, 1.0);
    m_reading = x.low + share * (x.high - x.low);
    changed();
}

void Plot::leaveEvent(QEvent*) {
    m_reading.reset();
    changed();
}

void Plot::focusOutEvent(QFocusEvent* event) {
    m_reading.reset();
    changed();
    QWidget::focusOutEvent(event);
}

void Plot::moveReading(int steps) {
    const auto longest =
        std::max_element(m_series.begin(), m_series.end(), [](const PlotSeries& a, const PlotSeries& b) {
            return a.points.size() < b.points.size();
        });
    const std::vector<QPointF>& points = longest->points;
    const auto last = static_cast<int>(points.size()) - 1;
    const int present = m_reading ? static_cast<int>(nearestTo(points, *m_reading)) : last;
    m_reading = points[static_cast<std::size_t>(std::clamp(present + steps, 0, last))].x();
    changed();
}

void Plot::keyPressEvent(QKeyEvent* event) {
    const int step = event->key() == Qt::Key_Left ? -1 : event->key() == Qt::Key_Right ? 1 : 0;
    if (step == 0 || isEmpty())
        QWidget::keyPressEvent(event);
    else
        moveReading(step);
}

} // namespace cameo::ui
