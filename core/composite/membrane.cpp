// SPDX-License-Identifier: Apache-2.0
#include "core/composite/membrane.h"

#include <algorithm>

namespace cameo {
namespace {

struct Level {
    FloatPicture picture;
    Hole hole;
};

/// Half the size; a pixel is known when at least one of its four is, and is the mean of the known ones.
Level halve(const FloatPicture& fine, const Hole& hole) {
    Level coarse;
    coarse.picture.width = (fine.width + 1) / 2;
    coarse.picture.height = (fine.height + 1) / 2;
    coarse.picture.rgb.assign(coarse.picture.count() * 3, 0.0f);
    coarse.hole.assign(coarse.picture.count(), 1);
    std::vector<float> known(coarse.picture.count(), 0.0f);
    for (int y = 0; y < fine.height; ++y)
        for (int x = 0; x < fine.width; ++x) {
            if (hole[static_cast<std::size_t>(y) * fine.width + x])
                continue;
            float* sum = coarse.picture.pixel(x / 2, y / 2);
            const float* pixel = fine.pixel(x, y);
            for (int c = 0; c < 3; ++c)
                sum[c] += pixel[c];
            known[static_cast<std::size_t>(y / 2) * coarse.picture.width + x / 2] += 1;
        }
    for (std::size_t i = 0; i < known.size(); ++i)
        if (known[i] > 0) {
            coarse.hole[i] = 0;
            for (std::size_t c = i * 3; c < i * 3 + 3; ++c)
                coarse.picture.rgb[c] /= known[i];
        }
    return coarse;
}

/// Bilinear values of the coarser level as the start in the hole.
void startFrom(const FloatPicture& coarse, FloatPicture& fine, const Hole& hole) {
    for (int y = 0; y < fine.height; ++y) {
        const int near = y / 2, far = std::clamp(y & 1 ? near + 1 : near - 1, 0, coarse.height - 1);
        for (int x = 0; x < fine.width; ++x) {
            if (!hole[static_cast<std::size_t>(y) * fine.width + x])
                continue;
            const int nearX = x / 2, farX = std::clamp(x & 1 ? nearX + 1 : nearX - 1, 0, coarse.width - 1);
            for (int c = 0; c < 3; ++c)
                fine.pixel(x, y)[c] =
                    0.5625f * coarse.pixel(nearX, near)[c] + 0.1875f * coarse.pixel(farX, near)[c] +
                    0.1875f * coarse.pixel(nearX, far)[c] + 0.0625f * coarse.pixel(farX, far)[c];
        }
    }
}

/// Gauss-Seidel: each pixel of the hole becomes the weighted mean of its neighbours.
void relax(FloatPicture& picture, const Hole& hole, float horizontal, int sweeps) {
    const float across = horizontal / 2, along = (1 - horizontal) / 2;
    for (int sweep = 0; sweep < sweeps; ++sweep)
        for (int y = 0; y < picture.height; ++y) {
            const float* above = picture.pixel(0, std::max(y - 1, 0));
            const float* below = picture.pixel(0, std::min(y + 1, picture.height - 1));
            float* row = picture.pixel(0, y);
            const std::uint8_t* unknown = &hole[static_cast<std::size_t>(y) * picture.width];
            for (int x = 0; x < picture.width; ++x) {
                if (!unknown[x])
                    continue;
                const int left = std::max(x - 1, 0) * 3, right = std::min(x + 1, picture.width - 1) * 3;
                for (int c = 0; c < 3; ++c)
                    row[x * 3 + c] = across * (row[left + c] + row[right + c]) +
                                     along * (above[x * 3 + c] + below[x * 3 + c]);
            }
        }
}

constexpr int smallSide = 64; // up to here the levels are cheap and set the large forms: many sweeps
constexpr int sweepsSmall = 60, sweepsLarge = 6;

} // namespace

void fillMembrane(FloatPicture& picture, const Hole& hole, const MembraneOptions& options) {
    if (std::find(hole.begin(), hole.end(), 1) == hole.end())
        return;
    if (options.checkStop)
        options.checkStop();
    if (picture.count() > 1) {
        Level coarse = halve(picture, hole);
        fillMembrane(coarse.picture, coarse.hole, options);
        startFrom(coarse.picture, picture, hole);
    }
    const bool isSmall = std::max(picture.width, picture.height) <= smallSide;
    relax(picture, hole, static_cast<float>(options.horizontal), isSmall ? sweepsSmall : sweepsLarge);
}

} // namespace cameo
