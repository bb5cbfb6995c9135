// SPDX-License-Identifier: Apache-2.0
// The photo as patches are compared in it: a pyramid of feature pictures, and the same for every way in which
// the photo may be looked at (mirrored, turned, scaled). Internal to core/composite.
#pragma once

#include "core/composite/area_counter.h"
#include "core/composite/float_picture.h"

#include <array>
#include <cstdint>
#include <vector>

namespace cameo {

/// Per pixel: red, green, blue (0..255), texture along x and y (Newson et al. 2014, section 3.3, scaled by
/// the square root of its weight), and the ground's large forms, red, green, blue, which are never voted but
/// given: they keep the layout. Eight 16-bit numbers are one register.
constexpr int featureCount = 8, votedCount = 5, colourCount = 3;
using Features = std::vector<std::int16_t>;

constexpr int patchRadius = 3; // 7 x 7 px (Newson et al. 2014)

/// x' = m[0] x + m[1] y + m[2], y' = m[3] x + m[4] y + m[5]
using Affine = std::array<double, 6>;
Place mapped(const Affine& affine, double x, double y);

/// One way to look at the photo.
struct PatchSource {
    int width = 0, height = 0;
    Features features;
    std::vector<std::uint8_t> isCentre; // 1 where a patch of nothing but usable pixels is centred
    std::vector<Place> centres;         // the same as a list
    std::vector<float> energy;          // variance of the patch centred there, summed over the features
    Affine toPhoto{};                   // of this level

    float energyAt(int x, int y) const { return energy[static_cast<std::size_t>(y) * width + x]; }
    bool accepts(int x, int y) const {
        return x >= 0 && y >= 0 && x < width && y < height &&
               isCentre[static_cast<std::size_t>(y) * width + x] != 0;
    }
    const std::int16_t* at(int x, int y) const {
        return &features[(static_cast<std::size_t>(y) * width + x) * featureCount];
    }
};

/// The picture to fill at one size. Level 0 is the photo's own.
struct PatchLevel {
    int width = 0, height = 0;
    Features features; // in the hole: the fill so far
    Hole hole;
    std::vector<PatchSource> sources; // the first is the photo as it is

    std::int16_t* at(int x, int y) {
        return &features[(static_cast<std::size_t>(y) * width + x) * featureCount];
    }
    const std::int16_t* at(int x, int y) const {
        return &features[(static_cast<std::size_t>(y) * width + x) * featureCount];
    }
};

/// A way to look at the photo at full size; `usable` is 1 where pixels may be copied from.
struct PhotoView {
    FloatPicture picture, forms; // forms: large forms, also in the hole
    Hole usable, hole;
    Affine toPhoto{1, 0, 0, 0, 1, 0};
};

/// Levels, finest first: halved while the hole is wider than about two patches and enough patches are left
/// to copy from. `formWeight` is that of a difference of the large forms. At least one level; its sources may
/// be empty when nothing can be copied at all.
std::vector<PatchLevel> buildPatchLevels(const std::vector<PhotoView>& views, double formWeight, int threads);

} // namespace cameo
