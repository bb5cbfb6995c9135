// SPDX-License-Identifier: Apache-2.0
// A smooth surface over a hole. Internal to core/composite. Pure function, any thread.
#pragma once

#include "core/composite/float_picture.h"

#include <functional>

namespace cameo {

struct MembraneOptions {
    double horizontal = 0.5; // weight of the horizontal neighbours, 0..1; 0.5 is the isotropic membrane
    std::function<void()> checkStop = {}; // called between levels; may throw
};

/// Solves the membrane (Laplace) equation in the hole, with the known pixels as the boundary and none at the
/// picture's border, coarse to fine. At least one pixel must be known.
void fillMembrane(FloatPicture& picture, const Hole& hole, const MembraneOptions& options);

} // namespace cameo
