// SPDX-License-Identifier: Apache-2.0
#include "ui/overlay/hud.h"

#include "core/base/text.h"
#include "ui/overlay/imgui_input.h"

#include <QEvent>

#include <imgui.h>
#include <imgui/backends/imgui_impl_opengl3.h>

namespace cameo::ui {

namespace {

constexpr float margin = 12; // from the canvas's corner
constexpr float width = 236;

void line(const char* name, const std::string& value) {
    ImGui::TextUnformatted(name);
    const float right = ImGui::GetWindowContentRegionMax().x - ImGui::CalcTextSize(value.c_str()).x;
    ImGui::SameLine(right);
    ImGui::TextColored(ImVec4(0.62F, 0.92F, 0.60F, 1), "%s", value.c_str());
}

std::string milliseconds(double value) {
    char text[32];
    std::snprintf(text, sizeof text, value < 10 ? "%.1f ms" : "%.0f ms", value);
    return text;
}

void fill(const HudReport& report) {
    double total = 0;
    for (const StageTiming& timing : report.timings) {
        line(timing.stage.c_str(), milliseconds(timing.milliseconds));
        total += timing.milliseconds;
    }
    if (report.timings.size() > 1)
        line("together", milliseconds(total));
    ImGui::Separator();
    line("upload", milliseconds(report.uploadMilliseconds));
    line("paint", milliseconds(report.paintMilliseconds));
    line("memory", byteCountText(report.memoryBytes));
    ImGui::Separator();
    ImGui::TextDisabled("%s", report.device.c_str());
    ImGui::TextDisabled("%s  %s", report.precision.c_str(), report.picture.c_str());
}

} // namespace

Hud::Hud() : m_context(ImGui::CreateContext()) {
    ImGui::SetCurrentContext(m_context);
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr; // no file beside the program
    io.LogFilename = nullptr;
    ImGui::StyleColorsDark();
    ImGuiStyle& style = ImGui::GetStyle();
    style.WindowRounding = 4;
    style.WindowPadding = ImVec2(10, 8);
    style.Colors[ImGuiCol_WindowBg] = ImVec4(0.05F, 0.05F, 0.06F, 0.82F);
}

Hud::~Hud() {
    ImGui::DestroyContext(m_context);
}

void Hud::initialise() {
    ImGui::SetCurrentContext(m_context);
    m_isReady = ImGui_ImplOpenGL3_Init("#version 330 core");
}

void Hud::release() {
    if (!m_isReady)
        return;
    ImGui::SetCurrentContext(m_context);
    ImGui_ImplOpenGL3_Shutdown();
    m_isReady = false;
}

void Hud::draw(const HudReport& report, QSize deviceSize, double pixelRatio) {
    if (!m_isReady)
        return;
    ImGui::SetCurrentContext(m_context);
    ImGuiIO& io = ImGui::GetIO();
    const auto ratio = static_cast<float>(pixelRatio);
    io.DisplaySize = ImVec2(static_cast<float>(deviceSize.width()), static_cast<float>(deviceSize.height()));
    io.DeltaTime = 1.0F / 60; // nothing in it moves by itself
    io.FontGlobalScale = ratio;
    ImGui_ImplOpenGL3_NewFrame();
    // Dear ImGui knows the height of what it shows one frame later, and the canvas paints no frame for
    // nothing.
    for (int pass = 0; pass < 2; ++pass)
        layOut(report, ratio);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    io.MouseWheel = 0;
}

void Hud::layOut(const HudReport& report, float ratio) {
    ImGui::NewFrame();
    ImGui::SetNextWindowPos(ImVec2(margin * ratio, margin * ratio), ImGuiCond_FirstUseEver);
    ImGui::SetNextWindowSize(ImVec2(width * ratio, 0), ImGuiCond_Always);
    ImGui::Begin("Timings", nullptr,
                 ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoScrollbar |
                     ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoFocusOnAppearing);
    fill(report);
    const ImVec2 position = ImGui::GetWindowPos(), size = ImGui::GetWindowSize();
    m_area = QRectF(position.x, position.y, size.x, size.y);
    ImGui::End();
    ImGui::Render();
}

bool Hud::handle(const QEvent& event, double pixelRatio) {
    if (!m_isReady)
        return false;
    ImGui::SetCurrentContext(m_context);
    feedImgui(event, pixelRatio);
    // Not WantCaptureMouse: that is known one frame later, and the canvas only paints when something changes.
    const ImGuiIO& io = ImGui::GetIO();
    const bool isOver = m_area.contains(QPointF(io.MousePos.x, io.MousePos.y));
    if (event.type() == QEvent::MouseButtonPress)
        m_holdsPointer = isOver;
    const bool isTaken = isOver || m_holdsPointer;
    if (event.type() == QEvent::MouseButtonRelease)
        m_holdsPointer = false;
    return isTaken;
}

} // namespace cameo::ui
