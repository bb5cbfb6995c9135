// SPDX-License-Identifier: Apache-2.0
// RGB in floats with holes: what the steps of the filler hand to each other. Internal to core/composite.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cameo {

struct FloatPicture {
    int width = 0, height = 0;
    std::vector<float> rgb; // width * height * 3

    std::size_t count() const { return static_cast<std::size_t>(width) * height; }
    float* pixel(int x, int y) { return &rgb[(static_cast<std::size_t>(y) * width + x) * 3]; }
    const float* pixel(int x, int y) const { return &rgb[(static_cast<std::size_t>(y) * width + x) * 3]; }
};

/// One byte per pixel, 1 where the picture is to be filled.
using Hole = std::vector<std::uint8_t>;

} // namespace cameo
