// SPDX-License-Identifier: Apache-2.0
#include "core/train/random.h"

namespace cameo::train {

std::uint64_t mixKeys(std::uint64_t a, std::uint64_t b) {
    // The finaliser of SplitMix64 (Steele et al. 2014).
    std::uint64_t value = a * 0x9E3779B97F4A7C15u + b + 0x632BE59BD9B4E019u;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

at::Generator seededGenerator(std::uint64_t seed) {
    // A copy of the default generator, so that nobody else's draws are disturbed.
    at::Generator generator = at::globalContext().defaultGenerator(at::kCPU).clone();
    generator.set_current_seed(seed);
    return generator;
}

at::Generator stepGenerator(std::uint64_t seed, std::uint64_t step, Stream stream) {
    return seededGenerator(mixKeys(mixKeys(seed, step), static_cast<std::uint64_t>(stream)));
}

} // namespace cameo::train
