// SPDX-License-Identifier: Apache-2.0
// Photo mode: the square of a photograph, the settings of the inversion, and its course. Window's thread
// only.
#pragma once

#include "ui/models/session.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QSpinBox;

namespace cameo::ui {

class ParameterForm;
class Plot;

class PhotoPanel : public QWidget {
    Q_OBJECT

  public:
    explicit PhotoPanel(Session& session, QWidget* parent = nullptr);

    ParameterValues parameters() const;
    void showStarted();
    void showProgress(const Progress& progress);
    void showFinished(const InversionResult& result);
    void showStopped();

  Q_SIGNALS:
    void openRequested();
    void inversionRequested();
    void stopRequested();

  private:
    void buildSource();
    void buildSquare();
    void buildInversion();
    void showPhoto();
    void squareEdited();

    Session& m_session;
    QLabel* m_file;
    QLabel* m_size;
    QWidget* m_squareBox;
    QSpinBox* m_x;
    QSpinBox* m_y;
    QSpinBox* m_side;
    ParameterForm* m_form;
    QPushButton* m_invert;
    QPushButton* m_stop;
    QLabel* m_course;
    Plot* m_plot;
    bool m_isRunning = false;
};

} // namespace cameo::ui
