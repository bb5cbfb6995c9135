// SPDX-License-Identifier: Apache-2.0
// Train mode: the settings, which scroll, and below them what the run does and the buttons that command it.
// Window's thread only.
#pragma once

#include "ui/models/training_model.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QProgressBar;
class QPushButton;

namespace cameo::ui {

class TrainSettings;

class TrainPanel : public QWidget {
    Q_OBJECT

  public:
    TrainPanel(TrainingModel& model, const DeviceInfo& device, QWidget* parent = nullptr);
    TrainSettings& settings() { return *m_settings; }

  Q_SIGNALS:
    void startRequested(const cameo::TrainingRequest& request);
    void stopRequested();
    void saveRequested();
    void openRequested(const QString& generator);

  private:
    struct Fact {
        QLabel* name;
        QLabel* value;
    };
    void buildFacts();
    void buildButtons();
    Fact addFact(QGridLayout& grid, int row, int column, const QString& name, const QString& help);
    void showPhase();
    void showStatus();
    void showProgress();
    QString phaseText() const;
    QString problem() const;
    void showFact(const Fact& fact, const QString& text);

    TrainingModel& m_model;
    TrainSettings* m_settings;
    QWidget* m_footer;
    QLabel* m_phase;
    QLabel* m_hint;
    QProgressBar* m_bar;
    QWidget* m_facts;
    Fact m_images, m_speed, m_left, m_sign, m_probability, m_saved;
    QPushButton* m_start;
    QPushButton* m_stop;
    QPushButton* m_save;
    QPushButton* m_open;
    long m_savedBefore = -1; // images of the last state that was told of
};

} // namespace cameo::ui
