// SPDX-License-Identifier: Apache-2.0
#include "core/engine/export_layers.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/composite/composite.h"
#include "core/image/convert.h"
#include "core/interchange/flatten.h"
#include "core/interchange/layered_file.h"

namespace cameo {
namespace {

LayerFormat formatOf(const ExportRequest& request) {
    if (!request.format)
        return layerFormatOf(request.target);
    switch (*request.format) {
    case ExportFormat::OpenRaster:
        return LayerFormat::OpenRaster;
    case ExportFormat::Psd:
        return LayerFormat::Psd;
    case ExportFormat::Tiff:
        return LayerFormat::Tiff;
    case ExportFormat::PngFolder:
        break;
    }
    return LayerFormat::PngFolder;
}

/// Before the work that nobody wants to lose.
void checkTarget(const ExportRequest& request, LayerFormat format) {
    if (request.bits != 8 && request.bits != 16)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("Layers have 8 or 16 bit a channel, not ", request.bits));
    if (format == LayerFormat::PngFolder)
        ensureWritableFolder(request.target);
    else
        ensureWritableFolder(request.target.has_parent_path() ? request.target.parent_path() : ".");
}

/// Everything on the canvas in the depth of the export. With 16 bit the masks and what is blended through
/// them are finer; the generator's own pictures and photographs have 8 bit on the way here.
struct Parts {
    Image plate, person, composite; // RGB; the person at the square's size
    Mask alpha;                     // on the square
    Rect square;
};

Parts makeParts(const Rendering& rendering, const GroundCanvas& canvas, PixelType type) {
    Parts parts{.plate = rendering.plate, .composite = rendering.composite, .square = canvas.square};
    const bool isWide = type == PixelType::U16;
    const Image picture = isWide ? toU16(rendering.picture) : rendering.picture;
    parts.alpha = alphaOnSquare(canvas, rendering.mask);
    parts.person = resize(picture, parts.square.width, parts.square.height);
    if (isWide) {
        parts.plate = toU16(rendering.plate);
        parts.composite = toU16(rendering.composite);
    }
    return parts;
}

/// Formats with layer masks get the whole picture under the mask, so that hair can be painted back in; the
/// others get the person cut out.
Layer personLayer(const Parts& parts, LayerFormat format, PixelType type) {
    Layer layer{.name = "Person", .id = "person", .x = parts.square.x, .y = parts.square.y};
    if (format != LayerFormat::Psd) {
        layer.image = cutOut(parts.person, parts.alpha);
        return layer;
    }
    layer.image = parts.person;
    layer.mask = LayerMask{imageFromMask(parts.alpha, type), parts.square.x, parts.square.y};
    return layer;
}

std::vector<Layer> makeLayers(const Parts& parts, LayerFormat format, PixelType type) {
    std::vector<Layer> layers;
    layers.push_back({.name = "Ground (filled)", .id = "ground", .image = parts.plate});
    layers.push_back(personLayer(parts, format, type));
    Layer mask{.name = "Mask",
               .id = "mask",
               .image = imageFromMask(parts.alpha, type),
               .x = parts.square.x,
               .y = parts.square.y,
               .visible = false};
    Layer composite{.name = "Composite", .id = "composite", .image = parts.composite, .visible = false};
    if (format == LayerFormat::PngFolder || format == LayerFormat::Tiff) {
        layers.push_back(std::move(mask));
        layers.push_back(std::move(composite));
        return layers;
    }
    mask.visible = composite.visible = true; // once their group is shown
    Layer group{.name = "For reference", .id = "reference", .visible = false, .isGroup = true};
    group.children = {std::move(composite), std::move(mask)};
    layers.push_back(std::move(group));
    return layers;
}

} // namespace

ExportReport exportToFiles(Renderer& renderer, const ExportRequest& request, const Renderer::Task& given) {
    const LayerFormat format = formatOf(request);
    checkTarget(request, format);
    Renderer::Task task = given;
    task.request = {.state = request.state, .wantMask = true, .wantComposite = true, .isDraft = false};
    task.maxGroundSide = 0;
    const Rendering rendering = renderer.render(task);
    const GroundCanvas& canvas = renderer.ground(task).canvas;
    const PixelType type = request.bits == 16 ? PixelType::U16 : PixelType::U8;
    LayerStack stack{.width = canvas.ground.width(),
                     .height = canvas.ground.height(),
                     .resolution = canvas.ground.resolution(),
                     .layers = makeLayers(makeParts(rendering, canvas, type), format, type)};
    if (request.metadata == Metadata::Whole) {
        stack.recipe = toJson(request.state);
        stack.provenance = request.state.photo ? Provenance::Composite : Provenance::Generated;
    }
    return {.files = writeLayers(request.target, format, stack),
            .timings = rendering.timings,
            .coverage = rendering.mask.coverage()};
}

} // namespace cameo
