// SPDX-License-Identifier: Apache-2.0
// Curves over a growing number, such as images seen: several series with a legend, axes with numbers, a scale
// that may be logarithmic, and a read-out under the pointer or the arrow keys. Window's thread only.
#pragma once

#include <QPointF>
#include <QString>
#include <QWidget>

#include <optional>
#include <vector>

namespace cameo::ui {

struct PlotSeries {
    QString name;
    QString shortName;           // where the legend has no room for the name; may be empty
    std::vector<QPointF> points; // x grows
};

enum class PlotScale { Linear, Logarithmic }; // logarithmic where every value is above zero
/// Compact: for a narrow place and one series, without title and legend.
enum class PlotStyle { Full, Compact };

struct PlotOptions {
    QString title; // also the accessible name
    QString xUnit; // "images"
    PlotScale scale = PlotScale::Linear;
    PlotStyle style = PlotStyle::Full;
};

class Plot : public QWidget {
    Q_OBJECT

  public:
    static constexpr int mostSeries = 3; // as many colours as the theme has for them

    explicit Plot(const PlotOptions& options, QWidget* parent = nullptr);
    /// The first mostSeries of them.
    void setSeries(std::vector<PlotSeries> series);
    void setTitle(const QString& title);
    /// A dashed line at this value, named in the legend.
    void setTarget(std::optional<double> value);
    /// What stands in the middle while there is no point.
    void setHint(const QString& hint);
    /// Adds a point to the first series.
    void add(QPointF point);
    void clear();
    /// "Generator 0.93, discriminator 1.2 at 12 k images": of the position read, or of the newest.
    QString readOut() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    struct Range {
        double low = 0, high = 1;
    };
    bool isEmpty() const;
    double scaled(double value) const;
    Range xRange() const;
    Range yRange() const; // scaled
    QRectF plotArea() const;
    QPointF place(QPointF point, const QRectF& area, const Range& x, const Range& y) const;
    std::optional<QPointF> valueAt(const PlotSeries& series) const;
    void moveReading(int steps);
    void changed();

    void paintHeader(QPainter& painter) const;
    void paintAxes(QPainter& painter, const QRectF& area, const Range& x, const Range& y) const;
    void paintSeries(QPainter& painter, const QRectF& area, const Range& x, const Range& y) const;
    void paintReading(QPainter& painter, const QRectF& area, const Range& x, const Range& y) const;
    QColor colour(std::size_t series) const;
    /// The legend's text for each series, then for the target, empty without a value; short where the names
    /// do not fit.
    QStringList legend() const;

    PlotOptions m_options;
    QString m_hint;
    std::vector<PlotSeries> m_series;
    bool m_isLogarithmic = false; // the scale asks for it and every value allows it
    std::optional<double> m_target;
    std::optional<double> m_reading; // x under the pointer
};

} // namespace cameo::ui
