// SPDX-License-Identifier: Apache-2.0
// Small changes of an EditState, and their names for the history. Pure functions, any thread.
#pragma once

#include "core/engine/engine.h"

#include <QString>

namespace cameo::ui {

/// The edit along a direction, or one of strength 0 over the direction's own rows.
DirectionEdit directionEdit(const EditState& state, const DirectionInfo& direction);

/// With the edit in place of the one before it; strength 0 over the direction's own rows removes it.
EditState withDirection(EditState state, const DirectionInfo& direction, const DirectionEdit& edit);

/// Another seed: a latent from an inversion and its photograph give way.
EditState withSeed(EditState state, std::uint32_t seed);

/// True when both show the same picture, whatever their masks are made with.
bool isSamePicture(const EditState& a, const EditState& b);
/// True when both come from the same latent, model, noise and photograph, whatever was edited.
bool isSameOrigin(const EditState& a, const EditState& b);
bool isEdited(const EditState& state);

QString directionStepName(const DirectionInfo& direction, const DirectionEdit& edit);
/// "+2.5", "−0.3" or "0", with a true minus sign.
QString signedText(double value, int decimals);

} // namespace cameo::ui
