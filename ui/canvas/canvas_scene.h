// SPDX-License-Identifier: Apache-2.0
// All that the canvas shows, as a value: pictures share their pixels, so copying is cheap. Positions are in
// document pixels: the photograph's where there is one, otherwise the generator's.
#pragma once

#include "core/image/image.h"
#include "ui/models/view_model.h"

#include <QRectF>
#include <QString>

#include <optional>

namespace cameo::ui {

struct CanvasScene {
    QRectF area; // what "fit" shows; empty: nothing to show yet
    Image picture;
    QRectF pictureArea; // a coarse picture is stretched over it
    Mask mask;          // lies on pictureArea
    Image ground;       // lies on area
    Image composite;    // lies on area; empty: made from picture, mask and ground
    Image original;
    QRectF originalArea;

    Content content = Content::Picture;
    MaskView maskView = MaskView::Off;
    bool showsPerson = true;
    bool showsGround = true;
    bool isHatched = false;
    bool isWiping = false;
    bool showsOriginal = false;

    std::optional<Rect> square; // of a photograph that is to be cropped: movable on the canvas
    QString hint;               // what to do next where there is nothing to show
};

} // namespace cameo::ui
