// SPDX-License-Identifier: Apache-2.0
// Which of the canvas shader's variants a frame needs: everything that is not seen is left out of the
// program, because software renderers take both sides of every branch. Values, any thread.
#pragma once

#include "ui/models/view_model.h"

#include <QByteArray>

#include <compare>

namespace cameo::ui {

/// How a layer is sampled; the numbers are those of shaders/canvas.frag.
enum class Scaling { None = -1, Reduced, Smooth, Squares };

struct ShaderVariant {
    Scaling picture = Scaling::None;
    Scaling mask = Scaling::None;
    Scaling ground = Scaling::None;
    Scaling composite = Scaling::None;
    Scaling original = Scaling::None;
    bool isLayered = false;
    MaskView maskView = MaskView::Off;
    auto operator<=>(const ShaderVariant&) const = default;
};

/// The fragment shader of a variant; `source` is shaders/canvas.frag.
QByteArray fragmentSource(QByteArray source, const ShaderVariant& variant);

} // namespace cameo::ui
