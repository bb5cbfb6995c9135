// SPDX-License-Identifier: Apache-2.0
// Random numbers that depend on (seed, step, stream) alone: a training that is resumed at a step draws what
// it would have drawn without the break, with no generator state to save. Compute thread only.
#pragma once

#include "core/net/torch.h"

#include <cstdint>

namespace cameo::train {

enum class Stream : std::uint64_t { Order, Mirror, Latents, Mixing, Noise, Augment, Start, Path };

/// Any number of dependent counters folded into one key.
std::uint64_t mixKeys(std::uint64_t a, std::uint64_t b);

/// A CPU generator: draws are made there and moved to the device, so that a seed means the same on every
/// device.
at::Generator seededGenerator(std::uint64_t seed);
at::Generator stepGenerator(std::uint64_t seed, std::uint64_t step, Stream stream);

} // namespace cameo::train
