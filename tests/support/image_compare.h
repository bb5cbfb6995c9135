// SPDX-License-Identifier: Apache-2.0
// How far two pictures are apart, and small pictures with known pixels. Any thread.
#pragma once

#include "core/image/image.h"

#include <string>

namespace cameo::test {

struct ImageDifference {
    bool isComparable = false; // same size, channels and type
    double maximum = 0;        // largest difference of two values, in steps of the type (F32: as it is)
    double psnr = 0;           // dB against the full range; infinity when equal
    std::string text() const;  // for a failing test's message
};

ImageDifference compareImages(const Image& a, const Image& b);

/// A picture without symmetry, so that every wrong turn, swap and shift shows. U8, `channels` 1 to 4.
Image makeTestPicture(int width, int height, int channels);
/// The same with 16 bit that are no multiple of 257.
Image makeTestPicture16(int width, int height, int channels);
/// A disc of `radius` with a soft edge of `edge` px, in the middle.
Mask makeDiscMask(int width, int height, double radius, double edge);

} // namespace cameo::test
