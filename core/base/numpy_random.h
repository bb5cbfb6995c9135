// SPDX-License-Identifier: Apache-2.0
// NumPy's legacy generator RandomState(seed): MT19937 seeded by init_genrand and the polar Gauss method with
// its cached second value, so that seed 42 is the same picture as in the published tools. Source:
// reference/checkpoint_formats.md section 7. One object per thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace cameo {

class NumpyRandom {
  public:
    explicit NumpyRandom(std::uint32_t seed);
    std::uint32_t nextUint32();
    /// Uniform in [0, 1) with 53 bits, as random_sample().
    double uniform();
    /// Standard normal, as randn().
    double gauss();
    /// `count` draws of gauss() in order.
    std::vector<double> randn(std::size_t count);

  private:
    void refill();
    std::array<std::uint32_t, 624> m_state;
    std::size_t m_position = 624;
    std::optional<double> m_cached;
};

} // namespace cameo
