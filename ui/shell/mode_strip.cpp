// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/mode_strip.h"

#include <QActionGroup>
#include <QToolButton>
#include <QVBoxLayout>

namespace cameo::ui {

using namespace Qt::StringLiterals;

ActionId modeAction(Mode mode) {
    constexpr ActionId ids[] = {ActionId::ModeSample, ActionId::ModePhoto,      ActionId::ModeEdit,
                                ActionId::ModeMask,   ActionId::ModeBackground, ActionId::ModeExport,
                                ActionId::ModeTrain};
    return ids[static_cast<int>(mode)];
}

ModeStrip::ModeStrip(const Actions& actions, ViewModel& view, QWidget* parent) : QWidget(parent) {
    setObjectName(u"modeStrip"_s);
    setAttribute(Qt::WA_StyledBackground);
    setAccessibleName(tr("Modes"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 8, 4, 8);
    layout->setSpacing(4);
    auto* group = new QActionGroup(this);
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    setFont(small);
    const int width = fontMetrics().horizontalAdvance(u"Background"_s) + 12;
    for (int i = 0; i < modeCount; ++i) {
        const auto mode = static_cast<Mode>(i);
        QAction* action = actions[modeAction(mode)];
        group->addAction(action);
        auto* button = new QToolButton;
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        button->setIconSize(QSize(22, 22));
        button->setFont(small);
        button->setFixedSize(width, 54);
        button->setAccessibleName(modeName(mode));
        layout->addWidget(button);
        connect(action, &QAction::triggered, &view, [&view, mode] { view.setMode(mode); });
    }
    layout->addStretch(1);
    const auto show = [&actions, &view] { actions[modeAction(view.mode())]->setChecked(true); };
    connect(&view, &ViewModel::modeChanged, this, show);
    show();
}

} // namespace cameo::ui
