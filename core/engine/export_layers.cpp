// SPDX-License-Identifier: Apache-2.0
#include "core/engine/export_layers.h"

#include "core/base/file.h"
#include "core/composite/composite.h"
#include "core/image/convert.h"
#include "core/interchange/layers.h"

namespace cameo {

ExportReport exportToFolder(Renderer& renderer, const ExportRequest& request, const Renderer::Task& given) {
    ensureWritableFolder(request.folder);
    Renderer::Task task = given;
    task.request = {.state = request.state, .wantMask = true, .wantComposite = true, .isDraft = false};
    task.maxGroundSide = 0;
    const Rendering rendering = renderer.render(task);
    const GroundCanvas& canvas = renderer.ground(task).canvas;
    const Rect& s = canvas.square;
    const Mask alpha = alphaOnSquare(canvas, rendering.mask);
    const Image person = resize(rendering.picture, s.width, s.height);
    LayerStack stack{.width = canvas.ground.width(),
                     .height = canvas.ground.height(),
                     .resolution = canvas.ground.resolution(),
                     .layers = {},
                     .recipe = toJson(request.state)};
    stack.layers.push_back({.name = "Ground (filled)", .id = "ground", .image = rendering.plate});
    stack.layers.push_back(
        {.name = "Person", .id = "person", .image = cutOut(person, alpha), .x = s.x, .y = s.y});
    stack.layers.push_back({.name = "Mask",
                            .id = "mask",
                            .image = imageFromMask(alpha, PixelType::U8),
                            .x = s.x,
                            .y = s.y,
                            .visible = false});
    stack.layers.push_back(
        {.name = "Composite", .id = "composite", .image = rendering.composite, .visible = false});
    return {.files = writeLayerFolder(request.folder, stack),
            .timings = rendering.timings,
            .coverage = rendering.mask.coverage()};
}

} // namespace cameo
