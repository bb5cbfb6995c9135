// SPDX-License-Identifier: Apache-2.0
// The ground's large forms as a membrane from both sides of the person, the fine detail as copied blocks, and
// a correction that lets the border of the hole vanish.
#include "core/composite/smooth_fill.h"

#include "core/composite/membrane.h"
#include "core/composite/texture.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace cameo {
namespace {

// Chosen by eye on portraits and landscapes of 512 and 1024 px, with holes of 11 to 86 %; lengths are shares
// of the side.
constexpr double detailSigma = 0.03;   // what is finer than this is copied, what is coarser is interpolated
constexpr double blockSide = 1 / 14.0; // of the copied blocks
constexpr double seamReach = 0.02;     // how far the correction at the border reaches
constexpr double layering = 0.8;       // horizontal share of the membrane: grounds are layered by height
constexpr int blurPasses = 3;

cv::Mat wrap(FloatPicture& picture) {
    return cv::Mat(picture.height, picture.width, CV_32FC3, picture.rgb.data());
}

/// Gaussian blur of the known pixels alone, by box passes; defined where any known pixel is near.
FloatPicture blurKnown(const FloatPicture& picture, const Hole& hole, double sigma) {
    FloatPicture blurred = picture;
    cv::Mat weight(picture.height, picture.width, CV_32F), colour = wrap(blurred);
    for (std::size_t i = 0; i < hole.size(); ++i) {
        weight.ptr<float>()[i] = hole[i] ? 0.0f : 1.0f;
        if (hole[i])
            std::fill_n(&blurred.rgb[i * 3], 3, 0.0f);
    }
    const int width =
        2 * static_cast<int>(std::lround(std::sqrt(12 * sigma * sigma / blurPasses + 1) / 2)) + 1;
    for (int pass = 0; pass < blurPasses; ++pass) {
        cv::boxFilter(weight, weight, -1, {width, width}, {-1, -1}, true, cv::BORDER_REFLECT_101);
        cv::boxFilter(colour, colour, -1, {width, width}, {-1, -1}, true, cv::BORDER_REFLECT_101);
    }
    for (std::size_t i = 0; i < hole.size(); ++i)
        for (std::size_t c = i * 3; c < i * 3 + 3; ++c)
            blurred.rgb[c] /= std::max(weight.ptr<float>()[i], 1e-6f);
    return blurred;
}

/// Distance to the nearest known pixel.
cv::Mat depthOf(const Hole& hole, int width, int height) {
    const cv::Mat unknown(height, width, CV_8U, const_cast<std::uint8_t*>(hole.data()));
    cv::Mat depth;
    cv::distanceTransform(unknown, depth, cv::DIST_L2, cv::DIST_MASK_5);
    return depth;
}

FloatPicture difference(const FloatPicture& a, const FloatPicture& b) {
    FloatPicture out = a;
    for (std::size_t i = 0; i < out.rgb.size(); ++i)
        out.rgb[i] -= b.rgb[i];
    return out;
}

/// Adds to the fill what it lacks at the border of the hole, less and less inwards.
void correctSeam(FloatPicture& fill, const FloatPicture& photo, const Hole& hole, const Report& report) {
    FloatPicture missing = difference(photo, fill);
    fillMembrane(missing, hole, {.checkStop = [&] { report(0.9); }});
    const cv::Mat depth = depthOf(hole, photo.width, photo.height);
    const double reach = std::max(2.0, seamReach * std::max(photo.width, photo.height));
    for (std::size_t i = 0; i < hole.size(); ++i) {
        const double share = depth.ptr<float>()[i] / reach;
        const auto weight = static_cast<float>(std::exp(-share * share));
        for (std::size_t c = i * 3; c < i * 3 + 3; ++c)
            fill.rgb[c] += weight * missing.rgb[c];
    }
}

/// With nothing known there is only the mean colour of the picture's border to go by.
void fillWithBorderMean(FloatPicture& picture) {
    double sum[3] = {};
    std::size_t count = 0;
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x)
            if (x == 0 || y == 0 || x + 1 == picture.width || y + 1 == picture.height) {
                for (int c = 0; c < 3; ++c)
                    sum[c] += picture.pixel(x, y)[c];
                ++count;
            }
    for (std::size_t i = 0; i < picture.rgb.size(); ++i)
        picture.rgb[i] = static_cast<float>(sum[i % 3] / static_cast<double>(count));
}

} // namespace

FloatPicture largeForms(const FloatPicture& photo, const Hole& hole, const Report& report) {
    const double side = std::max(photo.width, photo.height);
    FloatPicture forms = blurKnown(photo, hole, detailSigma * side);
    fillMembrane(forms, hole, {.horizontal = layering, .checkStop = [&] { report(0.2); }});
    return forms;
}

double contrastOf(const FloatPicture& photo, const FloatPicture& forms, const Hole& hole) {
    double squares = 0, count = 1e-9;
    for (std::size_t i = 0; i < photo.rgb.size(); ++i) {
        if (hole[i / 3])
            continue;
        const double difference = photo.rgb[i] - forms.rgb[i];
        squares += difference * difference;
        ++count;
    }
    return std::sqrt(squares / count);
}

void adaptForms(FloatPicture& filled, const Hole& hole, const FloatPicture& forms, double reach) {
    const double side = std::max(filled.width, filled.height);
    const FloatPicture present = blurKnown(filled, Hole(hole.size()), detailSigma * side);
    const auto limit = static_cast<float>(reach);
    for (std::size_t i = 0; i < filled.rgb.size(); ++i)
        if (hole[i / 3])
            filled.rgb[i] += std::clamp(forms.rgb[i] - present.rgb[i], -limit, limit);
}

FloatPicture fillSmoothly(const FloatPicture& photo, const Hole& hole, const Report& report) {
    if (std::find(hole.begin(), hole.end(), 0) == hole.end()) {
        FloatPicture plain = photo;
        fillWithBorderMean(plain);
        return plain;
    }
    const double side = std::max(photo.width, photo.height);
    FloatPicture fill = largeForms(photo, hole, report);
    const FloatPicture detail = difference(photo, fill); // in the hole of no meaning, and not looked at
    report(0.3);
    TextureOptions options;
    options.block = std::max(8, static_cast<int>(side * blockSide) / 2 * 2);
    options.onProgress = [&](double fraction) { report(0.3 + 0.5 * fraction); };
    const FloatPicture texture = continueTexture(detail, hole, options);
    for (std::size_t i = 0; i < fill.rgb.size(); ++i)
        fill.rgb[i] += texture.rgb[i];
    report(0.8);
    correctSeam(fill, photo, hole, report);
    return fill;
}

} // namespace cameo
