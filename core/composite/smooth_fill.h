// SPDX-License-Identifier: Apache-2.0
// A smooth surface with the ground's own grain over a hole. Internal to core/composite. Pure function, any
// thread.
#pragma once

#include "core/composite/float_picture.h"

#include <functional>

namespace cameo {

/// Called with the fraction done, 0..1, which never falls; may throw to stop the work.
using Report = std::function<void(double fraction)>;

/// The whole picture with its hole filled. Outside of the hole only roughly the photo: the caller takes the
/// hole alone.
FloatPicture fillSmoothly(const FloatPicture& photo, const Hole& hole, const Report& report);

} // namespace cameo
