// SPDX-License-Identifier: Apache-2.0
// A smooth surface with the ground's own grain over a hole. Internal to core/composite. Pure function, any
// thread.
#pragma once

#include "core/composite/float_picture.h"

#include <functional>

namespace cameo {

/// Called with the fraction done, 0..1, which never falls; may throw to stop the work.
using Report = std::function<void(double fraction)>;

/// The ground's large forms: blurred where it is known, a membrane over the hole. At least one pixel must be
/// known.
FloatPicture largeForms(const FloatPicture& photo, const Hole& hole, const Report& report);

/// How much the known part differs from its large forms: root mean square over pixels and channels.
double contrastOf(const FloatPicture& photo, const FloatPicture& forms, const Hole& hole);

/// Adds to the hole what its large forms lack compared with `forms`, by at most `reach` (0..1 units).
void adaptForms(FloatPicture& filled, const Hole& hole, const FloatPicture& forms, double reach);

/// The whole picture with its hole filled. Outside of the hole only roughly the photo: the caller takes the
/// hole alone.
FloatPicture fillSmoothly(const FloatPicture& photo, const Hole& hole, const Report& report);

} // namespace cameo
