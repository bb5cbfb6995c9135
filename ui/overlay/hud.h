// SPDX-License-Identifier: Apache-2.0
// The head-up display: diagnostics on the canvas, drawn by Dear ImGui. It shows and changes nothing of the
// document, so that everything essential stays in Qt widgets. All calls need the canvas's current OpenGL
// context.
#pragma once

#include "core/engine/engine.h"

#include <QRectF>
#include <QSize>

#include <string>
#include <vector>

struct ImGuiContext;
class QEvent;

namespace cameo::ui {

struct HudReport {
    std::vector<StageTiming> timings; // of the picture that is shown
    double uploadMilliseconds = 0;
    double paintMilliseconds = 0;
    std::string device, precision;
    unsigned long long memoryBytes = 0;
    std::string picture; // "256 x 256, W+ 14 rows"
};

class Hud {
  public:
    Hud();
    ~Hud();
    Hud(const Hud&) = delete;
    Hud& operator=(const Hud&) = delete;

    void initialise();
    void release();
    void draw(const HudReport& report, QSize deviceSize, double pixelRatio);
    /// True when the pointer event belongs to the display and the canvas must not act on it.
    bool handle(const QEvent& event, double pixelRatio);

  private:
    void layOut(const HudReport& report, float ratio);

    ImGuiContext* m_context;
    QRectF m_area; // device px, as drawn last
    bool m_holdsPointer = false;
    bool m_isReady = false;
};

} // namespace cameo::ui
