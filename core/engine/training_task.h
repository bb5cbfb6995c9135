// SPDX-License-Identifier: Apache-2.0
// The training of a portrait generator, for the engine's job and for trainPortraits. Compute thread, or the
// one thread of a command.
#pragma once

#include "core/engine/engine.h"

namespace cameo {

/// As trainPortraits, but throws Failure.
TrainingStatus runTraining(const TrainingRequest& request, const TrainingControl& control);

} // namespace cameo
