// SPDX-License-Identifier: Apache-2.0
// Background mode: the plate (the original's ground, filled under the person) and what is composed over it.
// Window's thread only.
#pragma once

#include "ui/models/view_model.h"

#include "core/engine/engine.h"

#include <QWidget>

class QButtonGroup;
class QLabel;

namespace cameo::ui {

class BackgroundPanel : public QWidget {
    Q_OBJECT

  public:
    explicit BackgroundPanel(ViewModel& view, QWidget* parent = nullptr);
    void showRendering(const Rendering& rendering);

  private:
    enum class Choice { Picture, Composite, Plate, Person };
    void choose(Choice choice);
    void showView();

    ViewModel& m_view;
    QButtonGroup* m_choices;
    QLabel* m_plate;
    QLabel* m_note;
};

} // namespace cameo::ui
