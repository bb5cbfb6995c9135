// SPDX-License-Identifier: Apache-2.0
// Dark and light: a palette, a small style sheet and the canvas's colours from one table per theme.
// Window's thread only.
#pragma once

#include "ui/canvas/canvas_renderer.h"

#include <QString>

namespace cameo::ui {

enum class Theme { Dark, Light };

/// Sets the application's style, palette and style sheet. Returns the canvas's colours.
CanvasColours applyTheme(Theme theme);

} // namespace cameo::ui
