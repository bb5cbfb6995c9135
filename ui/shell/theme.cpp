// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/theme.h"

#include "ui/panels/icons.h"

#include <QApplication>
#include <QFile>
#include <QHash>
#include <QPalette>
#include <QSettings>
#include <QStyleFactory>

#include <algorithm>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

using ColourTable = QHash<QString, QColor>;

ColourTable readColours(Theme theme) {
    QSettings file(theme == Theme::Dark ? u":/cameo/themes/dark.ini"_s : u":/cameo/themes/light.ini"_s,
                   QSettings::IniFormat);
    file.beginGroup(u"colours"_s);
    ColourTable table;
    const QStringList names = file.childKeys();
    for (const QString& name : names)
        table.insert(name, QColor(file.value(name).toString()));
    return table;
}

QPalette paletteFrom(const ColourTable& colours) {
    const auto colour = [&](const char16_t* name) { return colours.value(QString::fromUtf16(name)); };
    QPalette palette(colour(u"button"), colour(u"window"));
    palette.setColor(QPalette::WindowText, colour(u"text"));
    palette.setColor(QPalette::Base, colour(u"field"));
    palette.setColor(QPalette::AlternateBase, colour(u"alternate"));
    palette.setColor(QPalette::Text, colour(u"text"));
    palette.setColor(QPalette::PlaceholderText, colour(u"dim"));
    palette.setColor(QPalette::Button, colour(u"button"));
    palette.setColor(QPalette::ButtonText, colour(u"text"));
    palette.setColor(QPalette::BrightText, colour(u"warm"));
    palette.setColor(QPalette::Link, colour(u"accent"));
    palette.setColor(QPalette::LinkVisited, colour(u"third")); // of the curves of a plot
    palette.setColor(QPalette::Highlight, colour(u"selection"));
    palette.setColor(QPalette::HighlightedText, colour(u"selectionText"));
    palette.setColor(QPalette::ToolTipBase, colour(u"header"));
    palette.setColor(QPalette::ToolTipText, colour(u"text"));
    palette.setColor(QPalette::Mid, colour(u"border"));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, colour(u"disabled"));
    return palette;
}

QString styleSheetFrom(const ColourTable& colours, Theme theme) {
    QFile file(u":/cameo/themes/cameo.qss"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QString sheet = QString::fromUtf8(file.readAll());
    sheet.replace(u"@theme"_s, theme == Theme::Dark ? u"dark"_s : u"light"_s);
    // Longest names first: @selectionText must not be read as @selection.
    QStringList names = colours.keys();
    std::sort(names.begin(), names.end(),
              [](const QString& a, const QString& b) { return a.size() > b.size(); });
    for (const QString& name : names)
        sheet.replace(u"@"_s + name, colours.value(name).name());
    return sheet;
}

} // namespace

CanvasColours applyTheme(Theme theme) {
    initialiseResources();
    const ColourTable colours = readColours(theme);
    QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
    QApplication::setPalette(paletteFrom(colours));
    qApp->setStyleSheet(styleSheetFrom(colours, theme));
    CanvasColours canvas;
    canvas.surround = colours.value(u"surround"_s);
    canvas.checkDark = colours.value(u"checkDark"_s);
    canvas.checkLight = colours.value(u"checkLight"_s);
    return canvas;
}

} // namespace cameo::ui
