// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/course_panel.h"

#include "ui/models/qt_text.h"
#include "ui/panels/panel_parts.h"
#include "ui/panels/plot.h"
#include "ui/panels/plot_ticks.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHash>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t mostPoints = 2000; // of a curve: more than there are pixels for

/// Of a long log the lowest and the highest of every stretch.
PlotSeries seriesOf(const TrainingCourse& course, const std::string& key, const QString& name,
                    const QString& shortName = {}) {
    PlotSeries series{name, shortName, {}};
    const auto found = course.series.find(key);
    if (found == course.series.end())
        return series;
    const std::vector<CoursePoint>& points = found->second;
    if (points.size() <= mostPoints) {
        for (const CoursePoint& point : points)
            series.points.emplace_back(point.images, point.value);
        return series;
    }
    const std::size_t step = (2 * points.size() + mostPoints - 1) / mostPoints;
    const auto isLower = [](const CoursePoint& a, const CoursePoint& b) { return a.value < b.value; };
    for (std::size_t begin = 0; begin < points.size(); begin += step) {
        const auto first = points.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto last = points.begin() + static_cast<std::ptrdiff_t>(std::min(begin + step, points.size()));
        auto [low, high] = std::minmax_element(first, last, isLower);
        if (high < low)
            std::swap(low, high); // in the order of their images
        series.points.emplace_back(low->images, low->value);
        if (high != low)
            series.points.emplace_back(high->images, high->value);
    }
    if (series.points.back().x() < points.back().images)
        series.points.emplace_back(points.back().images, points.back().value); // what the legend reads
    return series;
}

/// Metrics as people write them; those that this version does not know by their keys.
QString metricName(const QString& key) {
    static const QHash<QString, QString> names = {
        {u"frechet"_s, CoursePanel::tr("Fréchet distance")},
        {u"wasserstein"_s, CoursePanel::tr("Wasserstein distance")},
        {u"precision"_s, CoursePanel::tr("Precision")},
        {u"recall"_s, CoursePanel::tr("Recall")},
        {u"face"_s, CoursePanel::tr("Faces found")},
        {u"two-eyes"_s, CoursePanel::tr("Two eyes found")},
        {u"too-close"_s, CoursePanel::tr("Too close to a picture")},
    };
    return names.value(key, key);
}

} // namespace

CoursePanel::CoursePanel(TrainingModel& model, QWidget* parent) : QWidget(parent), m_model(model) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 6, 10, 8);
    column->setSpacing(6);
    buildReplay();
    buildPlots();
    connect(&m_model, &TrainingModel::courseChanged, this, &CoursePanel::showCourse);
    connect(&m_model, &TrainingModel::courseChanged, this, &CoursePanel::showSheets);
    connect(&m_model, &TrainingModel::sheetChanged, this, &CoursePanel::showSheets);
    connect(&m_model, &TrainingModel::phaseChanged, this, &CoursePanel::showCourse);
    showCourse();
    showSheets();
}

QSize CoursePanel::sizeHint() const {
    return {600, 264};
}

void CoursePanel::buildReplay() {
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    m_back = new QToolButton;
    makeFlat(*m_back, u"back"_s, tr("Earlier samples"));
    m_forward = new QToolButton;
    makeFlat(*m_forward, u"forward"_s, tr("Later samples"));
    m_slider = new QSlider(Qt::Horizontal);
    m_slider->setAccessibleName(tr("Samples in the course of the training"));
    m_slider->setToolTip(tr("Drag to see how the same seeds improved; the right end follows the newest"));
    m_slider->setPageStep(5);
    m_sheet = new QLabel;
    m_sheet->setMinimumWidth(
        m_sheet->fontMetrics().horizontalAdvance(u"Samples at 99.9 k images (100 of 100)"_s));
    m_sheet->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(m_back);
    row->addWidget(m_slider, 1);
    row->addWidget(m_forward);
    row->addWidget(m_sheet);
    static_cast<QVBoxLayout*>(layout())->addLayout(row);
    connect(m_slider, &QSlider::valueChanged, &m_model, &TrainingModel::showSheet);
    connect(m_back, &QToolButton::clicked, this, [this] { m_model.showSheet(m_model.sheetIndex() - 1); });
    connect(m_forward, &QToolButton::clicked, this, [this] { m_model.showSheet(m_model.sheetIndex() + 1); });
}

void CoursePanel::buildPlots() {
    const QString unit = tr("images");
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    m_losses = new Plot({.title = tr("Losses"), .xUnit = unit});
    m_signs = new Plot({.title = tr("Overfitting and augmentation"), .xUnit = unit});
    m_metric = new Plot({.title = tr("Metric"), .xUnit = unit, .scale = PlotScale::Logarithmic});
    m_metrics = new QComboBox(m_metric);
    m_metrics->setAccessibleName(tr("Metric"));
    m_metrics->setToolTip(tr("Which of the measured quantities is drawn, on a logarithmic scale"));
    m_metrics->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    for (Plot* plot : {m_losses, m_signs, m_metric})
        row->addWidget(plot, 1);
    auto* corner = new QVBoxLayout(m_metric);
    corner->setContentsMargins(6, 4, 6, 4);
    corner->addWidget(m_metrics, 0, Qt::AlignRight | Qt::AlignTop);
    corner->addStretch(1);
    static_cast<QVBoxLayout*>(layout())->addLayout(row, 1);
    connect(m_metrics, &QComboBox::currentIndexChanged, this, &CoursePanel::showMetric);
}

void CoursePanel::showSheets() {
    const QSignalBlocker quiet(m_slider);
    const int count = m_model.sheetCount(), index = m_model.sheetIndex();
    m_slider->setRange(0, std::max(0, count - 1));
    m_slider->setValue(index);
    m_slider->setEnabled(count > 1);
    m_back->setEnabled(index > 0);
    m_forward->setEnabled(index >= 0 && index < count - 1);
    const TrainingSheet* shown = m_model.shownSheet();
    m_sheet->setText(shown ? tr("Samples at %1 images (%2 of %3)")
                                 .arg(countText(static_cast<double>(shown->images)))
                                 .arg(index + 1)
                                 .arg(count)
                           : tr("No samples yet"));
}

void CoursePanel::showCourse() {
    const TrainingCourse& course = m_model.course();
    const bool isActive = m_model.isActive();
    const QString hint = isActive ? tr("The first line of the log will be here soon")
                                  : tr("Start a training, or choose the folder of an earlier run");
    m_losses->setHint(hint);
    m_signs->setHint(hint);
    m_losses->setSeries({seriesOf(course, "loss-generator", tr("Generator"), tr("G")),
                         seriesOf(course, "loss-discriminator", tr("Discriminator"), tr("D"))});
    m_signs->setSeries(
        {seriesOf(course, "sign-real", tr("r_t")), seriesOf(course, "augment-probability", tr("p"))});
    const auto& request = m_model.run().request;
    std::optional<double> target;
    if (course.last("sign-real"))
        target = parameterValue(trainingParameters(), request ? request->parameters : ParameterValues(),
                                "augment-target");
    m_signs->setTarget(target && *target > 0 ? target : std::nullopt); // 0: the probability is fixed
    showMetrics();
}

void CoursePanel::showMetrics() {
    QStringList keys;
    for (const auto& [key, points] : m_model.course().series)
        if (isTrainingMetric(key) && !points.empty())
            keys << toQt(key);
    QStringList present;
    for (int i = 0; i < m_metrics->count(); ++i)
        present << m_metrics->itemData(i).toString();
    if (keys != present) {
        const QSignalBlocker quiet(m_metrics);
        const QString chosen = m_metrics->currentData().toString();
        m_metrics->clear();
        for (const QString& key : keys)
            m_metrics->addItem(metricName(key), key);
        const int usual = m_metrics->findData(u"frechet"_s);
        m_metrics->setCurrentIndex(std::max({0, usual, m_metrics->findData(chosen)}));
    }
    m_metrics->setVisible(m_metrics->count() > 0);
    m_metric->setHint(m_model.course().series.empty()
                          ? tr("Fréchet distance, faces found and more, where the trainer measures them")
                          : tr("This run has no measurements yet"));
    showMetric();
}

void CoursePanel::showMetric() {
    const QString key = m_metrics->currentData().toString();
    m_metric->setSeries({seriesOf(m_model.course(), key.toStdString(), metricName(key))});
}

} // namespace cameo::ui
