// SPDX-License-Identifier: Apache-2.0
// Edit mode: a slider for each direction of the model, and style mixing with a second seed. Window's thread
// only.
#pragma once

#include "ui/models/session.h"

#include <QWidget>

#include <vector>

class QCheckBox;
class QLabel;
class QSpinBox;
class QVBoxLayout;

namespace cameo::ui {

class DirectionRow;
class ValueRow;

class EditPanel : public QWidget {
    Q_OBJECT

  public:
    explicit EditPanel(Session& session, QWidget* parent = nullptr);
    /// Back to the unedited picture, as one step.
    void resetAll();

  private:
    void buildControls();
    void buildMix(QVBoxLayout& layout);
    void rebuildRows();
    void addRow(const DirectionInfo& direction);
    void showState();
    void mixChanged(bool isFinal);
    EditState withMix() const;
    QString mixName() const;

    Session& m_session;
    QLabel* m_empty;
    QVBoxLayout* m_rowsLayout;
    std::vector<DirectionRow*> m_rows;
    QWidget* m_mix;
    QCheckBox* m_isMixing;
    QSpinBox* m_mixSeed;
    ValueRow* m_crossover = nullptr;
    QVBoxLayout* m_crossoverPlace;
    QWidget* m_resetAll;
};

} // namespace cameo::ui
