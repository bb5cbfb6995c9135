// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/actions.h"

#include "ui/panels/icons.h"

#include <QCoreApplication>
#include <QWidget>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

enum class Kind { Plain, Toggle };

struct ActionSpec {
    ActionId id;
    const char* text; // translated below
    const char* icon;
    QList<QKeySequence> keys;
    Kind kind = Kind::Plain;
    const char* help = nullptr;
};

#define TEXT(text) QT_TRANSLATE_NOOP("Actions", text)

std::vector<ActionSpec> specs() {
    using K = QKeySequence;
    using enum ActionId;
    return {
        {OpenModel,
         TEXT("Open &model…"),
         "model",
         {K(Qt::CTRL | Qt::SHIFT | Qt::Key_O)},
         Kind::Plain,
         TEXT("A StyleGAN2 generator: .pkl, .pt or .safetensors")},
        {OpenPhoto,
         TEXT("&Open photo…"),
         "open",
         {K(Qt::CTRL | Qt::Key_O)},
         Kind::Plain,
         TEXT("A photograph to find in the model and edit: PNG, JPEG or TIFF")},
        {OpenRecipe,
         TEXT("Open &recipe…"),
         "folder",
         {K(Qt::CTRL | Qt::ALT | Qt::Key_O)},
         Kind::Plain,
         TEXT("A FILE.cameo that was saved before, or the layers.json of exported layers")},
        {SaveRecipe,
         TEXT("&Save recipe…"),
         "",
         {K(Qt::CTRL | Qt::Key_S)},
         Kind::Plain,
         TEXT("Everything that makes this picture, as a FILE.cameo")},
        {Export,
         TEXT("&Export layers"),
         "export",
         {K(Qt::CTRL | Qt::SHIFT | Qt::Key_E)},
         Kind::Plain,
         TEXT("Ground, person, mask and composite as PNGs")},
        {Quit, TEXT("&Quit"), "", {K(Qt::CTRL | Qt::Key_Q)}},
        {Undo, TEXT("&Undo"), "undo", {K(Qt::CTRL | Qt::Key_Z)}},
        {Redo, TEXT("&Redo"), "redo", {K(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), K(Qt::CTRL | Qt::Key_Y)}},
        {ResetEdits, TEXT("Re&set all edits"), "reset", {K(Qt::CTRL | Qt::SHIFT | Qt::Key_R)}},
        {ModeSample,
         TEXT("Sample"),
         "sample",
         {K(Qt::Key_1)},
         Kind::Toggle,
         TEXT("Choose a portrait by its seed")},
        {ModePhoto,
         TEXT("Photo"),
         "photo",
         {K(Qt::Key_2)},
         Kind::Toggle,
         TEXT("Find a photograph in the model")},
        {ModeEdit, TEXT("Edit"), "edit", {K(Qt::Key_3)}, Kind::Toggle, TEXT("Change the person")},
        {ModeMask,
         TEXT("Mask"),
         "mask",
         {K(Qt::Key_4)},
         Kind::Toggle,
         TEXT("Tell the person from the ground")},
        {ModeBackground,
         TEXT("Background"),
         "background",
         {K(Qt::Key_5)},
         Kind::Toggle,
         TEXT("Set the person on the filled ground")},
        {ModeExport,
         TEXT("Export"),
         "export",
         {K(Qt::Key_6)},
         Kind::Toggle,
         TEXT("Take the layers elsewhere")},
        {ModeTrain,
         TEXT("Train"),
         "train",
         {K(Qt::Key_7)},
         Kind::Toggle,
         TEXT("Train a generator on your own pictures and watch it improve")},
        {Fit, TEXT("&Fit"), "fit", {K(Qt::CTRL | Qt::Key_0)}},
        {ActualPixels, TEXT("&100 %"), "", {K(Qt::CTRL | Qt::Key_1)}},
        {ZoomIn,
         TEXT("Zoom &in"),
         "",
         {K(Qt::CTRL | Qt::Key_Plus), K(Qt::CTRL | Qt::Key_Equal), K(Qt::Key_Plus)}},
        {ZoomOut, TEXT("Zoom &out"), "", {K(Qt::CTRL | Qt::Key_Minus), K(Qt::Key_Minus)}},
        {NextMaskView, TEXT("&Next mask view"), "mask", {K(Qt::Key_F)}},
        {Hatch, TEXT("&Hatch the overlay"), "", {K(Qt::Key_H)}, Kind::Toggle},
        {Composite,
         TEXT("&Composite"),
         "background",
         {K(Qt::Key_C)},
         Kind::Toggle,
         TEXT("The edited person over the filled ground")},
        {Wipe, TEXT("&Wipe original and edited"), "compare", {K(Qt::Key_W)}, Kind::Toggle},
        {Hud, TEXT("&Timings (head-up display)"), "info", {K(Qt::Key_F12)}, Kind::Toggle},
        {HideDocks, TEXT("Hide &docks"), "", {K(Qt::Key_Tab)}, Kind::Toggle},
        {DarkTheme, TEXT("&Dark"), "", {}, Kind::Toggle},
        {LightTheme, TEXT("&Light"), "", {}, Kind::Toggle},
        {RandomSeed, TEXT("&Random seed"), "random", {K(Qt::Key_R)}},
        {OtherSeeds, TEXT("&Other seeds in the film strip"), "sample", {K(Qt::SHIFT | Qt::Key_R)}},
        {CopyCommandLine, TEXT("Copy as command &line"), "copy", {K(Qt::CTRL | Qt::SHIFT | Qt::Key_C)}},
        {Escape, TEXT("Cancel the job, then the tool"), "close", {K(Qt::Key_Escape)}},
        {Keys, TEXT("&Keys"), "", {K(Qt::Key_F1)}},
        {About, TEXT("&About Cameo"), "", {}},
    };
}

#undef TEXT

QString translated(const char* text) {
    return QCoreApplication::translate("Actions", text);
}

} // namespace

Actions::Actions(QWidget& window) : QObject(&window) {
    for (const ActionSpec& spec : specs()) {
        auto* action = new QAction(translated(spec.text), this);
        if (*spec.icon)
            action->setIcon(themedIcon(QString::fromLatin1(spec.icon)));
        action->setShortcuts(spec.keys);
        action->setCheckable(spec.kind == Kind::Toggle);
        QString help = spec.help ? translated(spec.help) : action->text().remove(u'&');
        if (!spec.keys.isEmpty())
            help += u" (%1)"_s.arg(spec.keys.front().toString(QKeySequence::NativeText));
        action->setToolTip(help);
        m_actions.emplace(spec.id, action);
        m_order.push_back(spec.id);
        window.addAction(action);
    }
}

} // namespace cameo::ui
