// SPDX-License-Identifier: Apache-2.0
// Qt's pointer events for Dear ImGui 1.86, which has no Qt backend. Works on the current ImGui context.
#pragma once

class QEvent;

namespace cameo::ui {

/// Mouse moves, buttons and wheel; other events are left alone. Positions are turned into device pixels.
void feedImgui(const QEvent& event, double pixelRatio);

} // namespace cameo::ui
