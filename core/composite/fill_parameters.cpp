// SPDX-License-Identifier: Apache-2.0
#include "core/composite/composite.h"

namespace cameo {
namespace {

constexpr Parameter table[] = {
    {"exclude", "Keep clear of the hole", 0, 20, 1.5, 1, "% of the shorter side",
     "How wide a band around the hole is not copied from: it may still show wisps of the person.",
     "measured on portraits: 1.2 % lets hair through where the mask is hard"},
    {"sample-left", "Sampling area, left", 0, 100, 0, 1, "% of the width",
     "Nothing to the left of this is copied from.",
     "the whole picture: what the ground offers is chosen by cost"},
    {"sample-top", "Sampling area, top", 0, 100, 0, 1, "% of the height",
     "Nothing above this is copied from.", "as for the left side"},
    {"sample-right", "Sampling area, right", 0, 100, 100, 1, "% of the width",
     "Nothing to the right of this is copied from.", "as for the left side"},
    {"sample-bottom", "Sampling area, bottom", 0, 100, 100, 1, "% of the height",
     "Nothing below this is copied from.", "as for the left side"},
    {"colour-adaptation", "Colour adaptation", 0, 100, 4, 0, "levels of 255",
     "How far the lighting of what is copied is moved towards its new place.",
     "Darabi et al. 2012, section 3.1; the range as there"},
    {"rotation", "Rotation adaptation", 0, 180, 0, 0, "degrees",
     "Copies may also be turned by this angle, and by half of it, to both sides.",
     "Barnes et al. 2010; off: turned copies are interpolated and softer"},
    {"scale", "Scale adaptation", 0, 50, 0, 0, "%", "Copies may also be larger or smaller by this.",
     "Barnes et al. 2010; off: scaled copies are interpolated and softer"},
    {"mirror", "Mirror", 0, 1, 1, 0, "", "1: copies may also be flipped left to right; 0: not.",
     "measured: without it the large holes of portraits find too few patches"},
    {"layout", "Keep the layout", 0, 3, 0.8, 2, "",
     "How much the large forms that lead from one side of the hole to the other choose what is copied.",
     "measured on the fill cases: 0 to 1.5, the best layout and texture together"},
    {"layering", "Keep the height", 0, 10000, 2000, 0, "squared levels",
     "Cost of copying from the other end of the height: grounds lie in layers.",
     "measured on the fill cases: 0 to 2000"},
    {"smooth-below", "Smooth below", 0, 255, 8, 1, "levels of 255",
     "Grounds of less contrast than this become a smooth surface with their grain; 0 never, 255 always.",
     "defocused portraits measured 2 to 7 levels, textured grounds 11 and more"},
    {"quality", "Quality", 0.25, 4, 1, 2, "", "More or fewer passes than usual, as a factor.",
     "1 is where more passes no longer showed"},
    {"seed", "Seed", 0, 1000000, 1, 0, "", "Another number gives another fill.", "any"},
};

} // namespace

std::span<const Parameter> fillerParameters() {
    return table;
}

} // namespace cameo
