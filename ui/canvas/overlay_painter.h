// SPDX-License-Identifier: Apache-2.0
// What lies over the pictures: the square of a photograph, the wipe line, names of what is shown, and what to
// do next.
#pragma once

#include "ui/canvas/canvas_scene.h"
#include "ui/canvas/view_transform.h"

#include <QFont>
#include <QRectF>

#include <optional>

class QPainter;

namespace cameo::ui {

struct OverlayState {
    const CanvasScene& scene;
    const ViewTransform& view;
    double pixelRatio = 1;
    QSizeF size;                // of the canvas, in device-independent px
    std::optional<double> wipe; // x of the line, in device-independent px
    QString note;               // "Original", "Mask: on black" ...
};

void paintOverlay(QPainter& painter, const OverlayState& state);

} // namespace cameo::ui
