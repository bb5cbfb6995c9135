// SPDX-License-Identifier: Apache-2.0
// A state as the command that makes the same layers: the window's "Copy as command line". Pure functions, any
// thread.
#pragma once

#include "core/engine/engine.h"

#include <QString>
#include <QStringList>

namespace cameo::ui {

/// Empty for a latent that is neither in a seed nor in a photograph: only a saved recipe can name it.
/// `cameo export ...`, quoted for a POSIX shell. Directions that act on all of their own rows are written
/// without rows.
QString exportCommandLine(const EditState& state, const ModelInfo* model, const QString& folder);

/// One word of a POSIX shell command: quoted only where it must be.
QString shellWord(const QString& text);

} // namespace cameo::ui
