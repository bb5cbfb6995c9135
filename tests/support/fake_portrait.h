// SPDX-License-Identifier: Apache-2.0
// Drawn portraits for the fake engine: every number of an EditState changes them in a way that can be seen,
// at once and always the same. Pure functions, any thread.
#pragma once

#include "core/document/edit_state.h"
#include "core/image/image.h"

namespace cameo::test {

struct Portrait {
    Image picture; // RGB U8
    Mask mask;     // of the person
    Image ground;  // the picture without the person
};

Portrait drawPortrait(const EditState& state, int side);

} // namespace cameo::test
