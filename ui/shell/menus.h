// SPDX-License-Identifier: Apache-2.0
// The menu bar. Window's thread only.
#pragma once

#include "ui/shell/actions.h"
#include "ui/shell/docks.h"

class QMenuBar;

namespace cameo::ui {

void buildMenus(QMenuBar& bar, const Actions& actions, const Docks& docks, ViewModel& view);

} // namespace cameo::ui
