// SPDX-License-Identifier: Apache-2.0
// The layers: person, mask, ground, each with its picture and whether it is shown. Window's thread only.
#pragma once

#include "ui/models/view_model.h"

#include "core/engine/engine.h"

#include <QWidget>

#include <array>

class QLabel;
class QToolButton;

namespace cameo::ui {

class LayersPanel : public QWidget {
    Q_OBJECT

  public:
    explicit LayersPanel(ViewModel& view, QWidget* parent = nullptr);
    void showRendering(const Rendering& rendering);

  private:
    struct Row {
        LayerKind kind;
        QToolButton* eye;
        QLabel* picture;
    };
    Row addRow(LayerKind kind, const QString& name);
    void showView();

    ViewModel& m_view;
    std::array<Row, 3> m_rows;
};

} // namespace cameo::ui
