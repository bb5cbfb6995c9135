// SPDX-License-Identifier: Apache-2.0
// Sample mode: which seed, how much truncation, which noise. Window's thread only.
#pragma once

#include "ui/models/session.h"

#include <QWidget>

class QComboBox;
class QSpinBox;

namespace cameo::ui {

class ValueRow;

class SamplePanel : public QWidget {
    Q_OBJECT

  public:
    explicit SamplePanel(Session& session, QWidget* parent = nullptr);
    /// Another seed by chance.
    void chooseRandomSeed();

  private:
    void buildControls();
    void connectControls();
    void showState();
    void showModel();
    void commitSeed(std::uint32_t seed);

    Session& m_session;
    QSpinBox* m_seed;
    ValueRow* m_psi;
    QComboBox* m_noise;
    QSpinBox* m_noiseSeed;
    QWidget* m_noiseSeedLine;
    QSpinBox* m_class;
    QWidget* m_classLine;
    QWidget* m_latentNote;
};

} // namespace cameo::ui
