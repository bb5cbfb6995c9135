// SPDX-License-Identifier: Apache-2.0
// Frontal faces found by OpenCV's cascades (Viola and Jones 2001; Lienhart and Maydt 2002): a judge of
// generated portraits that was trained on other pictures by other people. One thread at a time.
#pragma once

#include "core/train/face_finder.h"

namespace cameo {

/// Looks at pictures enlarged or reduced to 256 px; two eyes count in the upper part of the largest face. The
/// cascades are looked for in the folder that CAMEO_CASCADE_DIR names, else where Debian and OpenCV's own
/// installation put them; without them `find` is empty and `reason` says what to install.
train::FaceFinder openFaceFinder();

} // namespace cameo
