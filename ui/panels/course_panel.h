// SPDX-License-Identifier: Apache-2.0
// Below the canvas while a training is shown: a slider through the sheets of samples, and the curves of
// losses, of r_t with the augmentation, and of one metric. Window's thread only.
#pragma once

#include "ui/models/training_model.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QSlider;
class QToolButton;

namespace cameo::ui {

class Plot;

class CoursePanel : public QWidget {
    Q_OBJECT

  public:
    explicit CoursePanel(TrainingModel& model, QWidget* parent = nullptr);
    QSize sizeHint() const override;

  private:
    void buildReplay();
    void buildPlots();
    void showSheets();
    void showCourse();
    void showMetrics();
    void showMetric();

    TrainingModel& m_model;
    QToolButton* m_back;
    QToolButton* m_forward;
    QSlider* m_slider;
    QLabel* m_sheet;
    Plot* m_losses;
    Plot* m_signs;
    Plot* m_metric;
    QComboBox* m_metrics;
};

} // namespace cameo::ui
