// SPDX-License-Identifier: Apache-2.0
// The seven modes at the window's left edge. Window's thread only.
#pragma once

#include "ui/models/view_model.h"
#include "ui/shell/actions.h"

#include <QWidget>

namespace cameo::ui {

class ModeStrip : public QWidget {
    Q_OBJECT

  public:
    ModeStrip(const Actions& actions, ViewModel& view, QWidget* parent = nullptr);
};

/// The action that enters a mode.
ActionId modeAction(Mode mode);

} // namespace cameo::ui
