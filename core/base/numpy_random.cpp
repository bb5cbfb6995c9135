// SPDX-License-Identifier: Apache-2.0
#include "core/base/numpy_random.h"

#include <cmath>

namespace cameo {

NumpyRandom::NumpyRandom(std::uint32_t seed) {
    m_state[0] = seed;
    for (std::uint32_t i = 1; i < m_state.size(); ++i)
        m_state[i] = 1812433253u * (m_state[i - 1] ^ (m_state[i - 1] >> 30)) + i;
}

void NumpyRandom::refill() {
    constexpr std::size_t n = 624, m = 397;
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t y = (m_state[i] & 0x80000000u) | (m_state[(i + 1) % n] & 0x7fffffffu);
        m_state[i] = m_state[(i + m) % n] ^ (y >> 1) ^ ((y & 1u) ? 0x9908b0dfu : 0u);
    }
    m_position = 0;
}

std::uint32_t NumpyRandom::nextUint32() {
    if (m_position == m_state.size())
        refill();
    std::uint32_t y = m_state[m_position++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
}

double NumpyRandom::uniform() {
    const double high = nextUint32() >> 5, low = nextUint32() >> 6;
    return (high * 67108864.0 + low) / 9007199254740992.0;
}

double NumpyRandom::gauss() {
    if (m_cached) {
        const double value = *m_cached;
        m_cached.reset();
        return value;
    }
    double x1 = 0, x2 = 0, r2 = 0;
    do {
        x1 = 2.0 * uniform() - 1.0;
        x2 = 2.0 * uniform() - 1.0;
        r2 = x1 * x1 + x2 * x2;
    } while (r2 >= 1.0 || r2 == 0.0);
    const double f = std::sqrt(-2.0 * std::log(r2) / r2);
    m_cached = f * x1;
    return f * x2;
}

std::vector<double> NumpyRandom::randn(std::size_t count) {
    std::vector<double> values(count);
    for (double& value : values)
        value = gauss();
    return values;
}

} // namespace cameo
