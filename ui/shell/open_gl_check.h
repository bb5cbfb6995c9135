// SPDX-License-Identifier: Apache-2.0
// Whether the canvas can have the OpenGL that it needs, found out before a widget asks for it. Window's
// thread only.
#pragma once

#include <QString>

namespace cameo::ui {

/// Empty when OpenGL 3.3 is there, otherwise what is missing.
QString openGlProblem();

} // namespace cameo::ui
