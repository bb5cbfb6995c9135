// SPDX-License-Identifier: Apache-2.0
// The program's icons: one-colour drawings that take their colour from the palette when they are painted, so
// that they follow the theme. Window's thread only.
#pragma once

#include <QIcon>
#include <QString>

namespace cameo::ui {

/// `name` is the file's in resources/icons, without its ending.
QIcon themedIcon(const QString& name);

/// Makes the compiled-in icons, themes and shaders available; may be called more than once.
void initialiseResources();

} // namespace cameo::ui
