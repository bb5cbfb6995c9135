// SPDX-License-Identifier: Apache-2.0
#include "ui/overlay/imgui_input.h"

#include <QMouseEvent>
#include <QWheelEvent>

#include <imgui.h>

#include <limits>

namespace cameo::ui {

namespace {

void feedMouse(const QMouseEvent& event, double pixelRatio) {
    ImGuiIO& io = ImGui::GetIO();
    const QPointF position = event.position() * pixelRatio;
    io.MousePos = ImVec2(static_cast<float>(position.x()), static_cast<float>(position.y()));
    constexpr Qt::MouseButton buttons[] = {Qt::LeftButton, Qt::RightButton, Qt::MiddleButton};
    for (int i = 0; i < 3; ++i)
        io.MouseDown[i] = event.buttons().testFlag(buttons[i]);
}

} // namespace

void feedImgui(const QEvent& event, double pixelRatio) {
    switch (event.type()) {
    case QEvent::MouseMove:
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonRelease:
    case QEvent::MouseButtonDblClick:
        feedMouse(static_cast<const QMouseEvent&>(event), pixelRatio);
        break;
    case QEvent::Wheel:
        ImGui::GetIO().MouseWheel +=
            static_cast<float>(static_cast<const QWheelEvent&>(event).angleDelta().y()) / 120;
        break;
    case QEvent::Leave: {
        constexpr float nowhere = -std::numeric_limits<float>::max();
        ImGui::GetIO().MousePos = ImVec2(nowhere, nowhere);
        break;
    }
    default:
        break;
    }
}

} // namespace cameo::ui
