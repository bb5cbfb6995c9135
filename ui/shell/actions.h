// SPDX-License-Identifier: Apache-2.0
// Every action of the window in one table: text, icon, keys. Menus, strips and tests ask for them here.
// Window's thread only.
#pragma once

#include <QAction>
#include <QKeySequence>
#include <QObject>

#include <map>
#include <vector>

class QWidget;

namespace cameo::ui {

enum class ActionId {
    OpenModel,
    OpenPhoto,
    OpenRecipe,
    SaveRecipe,
    Export,
    Quit,
    Undo,
    Redo,
    ResetEdits,
    ModeSample,
    ModePhoto,
    ModeEdit,
    ModeMask,
    ModeBackground,
    ModeExport,
    ModeTrain,
    Fit,
    ActualPixels,
    ZoomIn,
    ZoomOut,
    NextMaskView,
    Hatch,
    Composite,
    Wipe,
    Hud,
    HideDocks,
    DarkTheme,
    LightTheme,
    RandomSeed,
    OtherSeeds,
    CopyCommandLine,
    Escape,
    Keys,
    About,
};

class Actions : public QObject {
    Q_OBJECT

  public:
    /// The shortcuts work while `window` is active.
    explicit Actions(QWidget& window);
    QAction* operator[](ActionId id) const { return m_actions.at(id); }
    /// In the order of the table, for the list of keys.
    const std::vector<ActionId>& all() const { return m_order; }

  private:
    std::map<ActionId, QAction*> m_actions;
    std::vector<ActionId> m_order;
};

} // namespace cameo::ui
