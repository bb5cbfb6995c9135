// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/menus.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <QDockWidget>
#include <QMenu>
#include <QMenuBar>

namespace cameo::ui {

namespace {

QString text(const char* source) {
    return QCoreApplication::translate("Menus", source);
}

void add(QMenu& menu, const Actions& actions, std::initializer_list<ActionId> ids) {
    for (const ActionId id : ids)
        menu.addAction(actions[id]);
}

void addMaskViews(QMenu& menu, ViewModel& view) {
    QMenu* views = menu.addMenu(text("&Mask view"));
    auto* group = new QActionGroup(views);
    for (int i = 0; i < maskViewCount; ++i) {
        const auto choice = static_cast<MaskView>(i);
        QAction* action = views->addAction(maskViewName(choice));
        action->setCheckable(true);
        group->addAction(action);
        QObject::connect(action, &QAction::triggered, &view, [&view, choice] { view.setMaskView(choice); });
    }
    QObject::connect(views, &QMenu::aboutToShow, &view, [group, &view] {
        group->actions().at(static_cast<int>(view.maskView()))->setChecked(true);
    });
}

void buildView(QMenu& menu, const Actions& actions, const Docks& docks, ViewModel& view) {
    add(menu, actions, {ActionId::Fit, ActionId::ActualPixels, ActionId::ZoomIn, ActionId::ZoomOut});
    menu.addSeparator();
    addMaskViews(menu, view);
    add(menu, actions, {ActionId::NextMaskView, ActionId::Hatch, ActionId::Composite, ActionId::Wipe});
    menu.addSeparator();
    QMenu* modes = menu.addMenu(text("M&ode"));
    add(*modes, actions,
        {ActionId::ModeSample, ActionId::ModePhoto, ActionId::ModeEdit, ActionId::ModeMask,
         ActionId::ModeBackground, ActionId::ModeExport, ActionId::ModeTrain});
    QMenu* panels = menu.addMenu(text("Doc&ks"));
    for (QDockWidget* dock : docks.all())
        panels->addAction(dock->toggleViewAction());
    add(menu, actions, {ActionId::HideDocks, ActionId::Hud});
    QMenu* themes = menu.addMenu(text("&Theme"));
    add(*themes, actions, {ActionId::DarkTheme, ActionId::LightTheme});
}

} // namespace

void buildMenus(QMenuBar& bar, const Actions& actions, const Docks& docks, ViewModel& view) {
    QMenu* file = bar.addMenu(text("&File"));
    add(*file, actions, {ActionId::OpenPhoto, ActionId::OpenModel, ActionId::OpenRecipe});
    file->addSeparator();
    add(*file, actions, {ActionId::SaveRecipe, ActionId::Export, ActionId::CopyCommandLine});
    file->addSeparator();
    add(*file, actions, {ActionId::Quit});
    QMenu* edit = bar.addMenu(text("&Edit"));
    add(*edit, actions, {ActionId::Undo, ActionId::Redo});
    edit->addSeparator();
    add(*edit, actions, {ActionId::ResetEdits});
    buildView(*bar.addMenu(text("&View")), actions, docks, view);
    QMenu* sample = bar.addMenu(text("&Sample"));
    add(*sample, actions, {ActionId::RandomSeed, ActionId::OtherSeeds});
    QMenu* help = bar.addMenu(text("&Help"));
    add(*help, actions, {ActionId::Keys, ActionId::About});
}

} // namespace cameo::ui
