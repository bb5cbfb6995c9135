// SPDX-License-Identifier: Apache-2.0
// The list of keys and "About": windows of their own that do not block. Window's thread only.
#pragma once

#include "ui/shell/actions.h"

class QWidget;

namespace cameo::ui {

void showKeys(QWidget& parent, const Actions& actions);
void showAbout(QWidget& parent);

} // namespace cameo::ui
