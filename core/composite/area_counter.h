// SPDX-License-Identifier: Apache-2.0
// How many pixels of a hole lie in a square, in constant time. Internal to core/composite. Values, any
// thread.
#pragma once

#include "core/composite/float_picture.h"

namespace cameo {

struct Place {
    int x = 0, y = 0;
};

class AreaCounter {
  public:
    AreaCounter(const Hole& hole, int width, int height);
    /// Pixels of the hole in the part of the square that lies in the picture.
    int count(Place corner, int side) const;

  private:
    int& at(int x, int y) { return m_sums[static_cast<std::size_t>(y) * m_stride + x]; }
    int get(int x, int y) const { return m_sums[static_cast<std::size_t>(y) * m_stride + x]; }
    int m_width, m_height, m_stride;
    std::vector<int> m_sums;
};

/// Corners of the squares of the picture without a pixel of the hole, `step` px apart, row by row.
std::vector<Place> knownSquares(const AreaCounter& counter, int width, int height, int side, int step);

} // namespace cameo
