// SPDX-License-Identifier: Apache-2.0
// Which pictures lie where on the canvas, from the document, the view and what has arrived. Pure function.
#pragma once

#include "ui/canvas/canvas_scene.h"
#include "ui/models/picture_store.h"
#include "ui/models/session.h"

namespace cameo::ui {

struct SceneInputs {
    const Session& session;
    const ViewModel& view;
    const PictureStore& pictures;
    const Photo* photo = nullptr;               // of the present state; null while it is not read
    const InversionResult* inversion = nullptr; // while one runs, what it has so far
    QString hint;                               // where there is no picture
    const Image* sheet = nullptr;               // of a training, in its mode
    QString sheetHint;                          // where there is none
};

CanvasScene buildScene(const SceneInputs& inputs);

} // namespace cameo::ui
