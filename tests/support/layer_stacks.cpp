// SPDX-License-Identifier: Apache-2.0
#include "tests/support/layer_stacks.h"

#include "core/document/edit_state.h"
#include "core/image/convert.h"
#include "tests/support/image_compare.h"

namespace cameo::test {
namespace {

Image picture(PixelType type, int width, int height, int channels) {
    return type == PixelType::U16 ? makeTestPicture16(width, height, channels)
                                  : makeTestPicture(width, height, channels);
}

} // namespace

LayerStack makeLayerStack(PixelType type) {
    LayerStack stack{.width = 64, .height = 48, .resolution = 300.0};
    stack.layers.push_back({.name = "Ground (filled)", .id = "ground", .image = picture(type, 64, 48, 3)});
    Layer group{.name = "Gruppe ü \xf0\x9f\x8e\xad", .id = "group", .opacity = 0.5, .isGroup = true};
    group.children.push_back({.name = "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \"<&>\" a/b\\c'",
                              .id = "person",
                              .image = picture(type, 40, 36, 3),
                              .x = 10,
                              .y = 6,
                              .mask = LayerMask{imageFromMask(makeDiscMask(30, 30, 11, 4), type), 14, 9}});
    group.children.push_back(
        {.name = "", .id = "hidden", .image = picture(type, 20, 10, 3), .visible = false});
    stack.layers.push_back(std::move(group));
    stack.layers.push_back({.name = "Multiply",
                            .id = "multiply",
                            .image = picture(type, 30, 20, 4),
                            .x = -7,
                            .y = 33,
                            .opacity = 0.8,
                            .blendMode = "multiply"});
    stack.recipe = makeRecipe();
    stack.provenance = Provenance::Generated;
    return stack;
}

LayerStack makeStackOf(const Image& image) {
    LayerStack stack{.width = image.width(), .height = image.height()};
    stack.layers.push_back({.name = "Layer", .id = "layer", .image = image});
    return stack;
}

Json makeRecipe() {
    EditState state;
    state.seed = 41;
    state.model = "m\xc3\xb6"
                  "del <&>\".pkl";
    state.directions = {{"pc2", -1.25, 0, 4}};
    return toJson(state);
}

} // namespace cameo::test
