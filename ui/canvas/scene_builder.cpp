// SPDX-License-Identifier: Apache-2.0
#include "ui/canvas/scene_builder.h"

#include "ui/models/edit_ops.h"
#include "ui/models/image_convert.h"

namespace cameo::ui {

namespace {

void copyView(CanvasScene& scene, const ViewModel& view) {
    scene.content = view.content();
    scene.maskView = view.maskView();
    scene.showsPerson = view.isVisible(LayerKind::Person);
    scene.showsGround = view.isVisible(LayerKind::Ground);
    scene.isHatched = view.isHatched();
    scene.isWiping = view.isWiping();
    scene.showsOriginal = view.showsOriginal();
}

/// The photograph with its square, or with the reconstruction so far in the square.
CanvasScene photoScene(const PhotoCandidate& candidate, const InversionResult* inversion) {
    CanvasScene scene;
    const Photo& photo = candidate.photo;
    scene.area = QRectF(0, 0, photo.width, photo.height);
    if (inversion && !inversion->picture.isEmpty()) {
        scene.content = Content::Composite;
        scene.ground = photo.display;
        scene.picture = inversion->picture;
        scene.pictureArea = toQt(candidate.square);
        scene.original = photo.display;
        scene.originalArea = scene.area;
        return scene;
    }
    scene.picture = photo.display;
    scene.pictureArea = scene.area;
    if (!inversion)
        scene.square = candidate.square;
    return scene;
}

/// The sheet of a training's samples.
CanvasScene sheetScene(const SceneInputs& inputs) {
    CanvasScene scene;
    if (!inputs.sheet || inputs.sheet->isEmpty()) {
        scene.hint = inputs.sheetHint;
        return scene;
    }
    scene.picture = *inputs.sheet;
    scene.area = QRectF(0, 0, inputs.sheet->width(), inputs.sheet->height());
    scene.pictureArea = scene.area;
    return scene;
}

QRectF wholeArea(const SceneInputs& inputs, const QRectF& square) {
    const Rendering& shown = inputs.pictures.shown();
    if (inputs.photo)
        return QRectF(0, 0, inputs.photo->width, inputs.photo->height);
    if (!shown.plate.isEmpty())
        return QRectF(0, 0, shown.plate.width(), shown.plate.height());
    return square;
}

} // namespace

CanvasScene buildScene(const SceneInputs& inputs) {
    if (inputs.view.mode() == Mode::Train)
        return sheetScene(inputs);
    const PhotoCandidate* candidate = inputs.session.photo();
    if (inputs.view.mode() == Mode::Photo && candidate)
        return photoScene(*candidate, inputs.inversion);
    CanvasScene scene;
    const Rendering& shown = inputs.pictures.shown();
    copyView(scene, inputs.view);
    if (shown.picture.isEmpty()) {
        scene.hint = inputs.hint;
        return scene;
    }
    const bool isPhoto = shown.state.photo.has_value();
    const double side = inputs.session.model() ? static_cast<double>(inputs.session.model()->resolution)
                                               : shown.picture.width();
    scene.picture = shown.picture;
    scene.mask = shown.mask;
    scene.ground = shown.plate;
    scene.composite = shown.composite;
    scene.pictureArea = isPhoto ? toQt(shown.state.photo->square) : QRectF(0, 0, side, side);
    scene.area = isPhoto && scene.content == Content::Composite ? wholeArea(inputs, scene.pictureArea)
                                                                : scene.pictureArea;
    if (isPhoto && inputs.photo) {
        // Until the plate is there, the photograph itself stands for the ground.
        if (scene.ground.isEmpty())
            scene.ground = inputs.photo->display;
        scene.original = inputs.photo->display;
        scene.originalArea = QRectF(0, 0, inputs.photo->width, inputs.photo->height);
    } else {
        scene.original = inputs.pictures.originalFor(shown.state);
        scene.originalArea = scene.pictureArea;
    }
    return scene;
}

} // namespace cameo::ui
