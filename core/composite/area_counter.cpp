// SPDX-License-Identifier: Apache-2.0
#include "core/composite/area_counter.h"

#include <algorithm>

namespace cameo {

AreaCounter::AreaCounter(const Hole& hole, int width, int height)
    : m_width(width),
      m_height(height),
      m_stride(width + 1),
      m_sums(static_cast<std::size_t>(m_stride) * (height + 1)) {
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            at(x + 1, y + 1) =
                hole[static_cast<std::size_t>(y) * width + x] + at(x, y + 1) + at(x + 1, y) - at(x, y);
}

int AreaCounter::count(Place corner, int side) const {
    const int x0 = std::clamp(corner.x, 0, m_width), x1 = std::clamp(corner.x + side, 0, m_width);
    const int y0 = std::clamp(corner.y, 0, m_height), y1 = std::clamp(corner.y + side, 0, m_height);
    return get(x1, y1) - get(x0, y1) - get(x1, y0) + get(x0, y0);
}

std::vector<Place> knownSquares(const AreaCounter& counter, int width, int height, int side, int step) {
    std::vector<Place> places;
    for (int y = 0; y + side <= height; y += step)
        for (int x = 0; x + side <= width; x += step)
            if (counter.count({x, y}, side) == 0)
                places.push_back({x, y});
    return places;
}

} // namespace cameo
