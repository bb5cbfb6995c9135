// SPDX-License-Identifier: Apache-2.0
#include "core/composite/composite.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/image/convert.h"

#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace cameo {
namespace {

/// A matrix over the mask's own values; not to be written to.
cv::Mat wrap(const Mask& mask) {
    return cv::Mat(mask.height(), mask.width(), CV_32F, const_cast<float*>(mask.alpha().data()));
}

Mask maskFrom(const cv::Mat& values) {
    std::vector<float> alpha(values.total());
    values.copyTo(cv::Mat(values.rows, values.cols, CV_32F, alpha.data()));
    return Mask(values.cols, values.rows, std::move(alpha));
}

cv::Mat boxBlur(const cv::Mat& values, int width) {
    cv::Mat blurred;
    // The picture's edge repeats: a person who leaves the picture must not fade there.
    cv::boxFilter(values, blurred, CV_32F, {width, width}, {-1, -1}, true, cv::BORDER_REPLICATE);
    return blurred;
}

constexpr int boxPasses = 3;

/// One of `boxPasses` passes that together have the variance of the Gaussian: a mixture of the two nearest
/// odd boxes, whose variances are (width^2 - 1) / 12.
cv::Mat mixedBoxBlur(const cv::Mat& values, double sigma) {
    const double variance = sigma * sigma / boxPasses;
    const int radius = static_cast<int>((std::sqrt(12 * variance + 1) - 1) / 2);
    const int narrow = 2 * radius + 1, wide = narrow + 2;
    const double narrowVariance = (narrow * narrow - 1) / 12.0, wideVariance = (wide * wide - 1) / 12.0;
    const double share = (variance - narrowVariance) / (wideVariance - narrowVariance);
    cv::Mat mixed;
    cv::addWeighted(boxBlur(values, narrow), 1 - share, boxBlur(values, wide), share, 0, mixed);
    return mixed;
}

/// Symmetric 3 x 3 covariances of the guide's channels, one matrix per element.
struct Covariance {
    cv::Mat rr, rg, rb, gg, gb, bb;
};

cv::Mat covariance(const cv::Mat& a, const cv::Mat& b, const cv::Mat& meanA, const cv::Mat& meanB,
                   int width) {
    return boxBlur(a.mul(b), width) - meanA.mul(meanB);
}

/// Solves (Sigma + epsilon I) x = right per pixel by Cramer's rule.
void solveWindows(const Covariance& s, double epsilon, const cv::Mat (&right)[3], cv::Mat (&x)[3]) {
    const cv::Mat rr = s.rr + epsilon, gg = s.gg + epsilon, bb = s.bb + epsilon;
    const cv::Mat c0 = gg.mul(bb) - s.gb.mul(s.gb), c1 = s.gb.mul(s.rb) - s.rg.mul(bb);
    const cv::Mat c2 = s.rg.mul(s.gb) - gg.mul(s.rb), c3 = rr.mul(bb) - s.rb.mul(s.rb);
    const cv::Mat c4 = s.rb.mul(s.rg) - rr.mul(s.gb), c5 = rr.mul(gg) - s.rg.mul(s.rg);
    const cv::Mat determinant = rr.mul(c0) + s.rg.mul(c1) + s.rb.mul(c2);
    cv::divide(c0.mul(right[0]) + c1.mul(right[1]) + c2.mul(right[2]), determinant, x[0]);
    cv::divide(c1.mul(right[0]) + c3.mul(right[1]) + c4.mul(right[2]), determinant, x[1]);
    cv::divide(c2.mul(right[0]) + c4.mul(right[1]) + c5.mul(right[2]), determinant, x[2]);
}

} // namespace

Mask growMask(const Mask& mask, double threshold, double radius) {
    if (mask.isEmpty())
        return mask;
    cv::Mat outside;
    cv::compare(wrap(mask), threshold, outside, cv::CMP_LE);            // 255 outside, 0 inside
    if (cv::countNonZero(outside) == static_cast<int>(outside.total())) // distances would have no meaning
        return Mask(mask.width(), mask.height(), std::vector<float>(outside.total()));
    cv::Mat distance;
    cv::distanceTransform(outside, distance, cv::DIST_L2, cv::DIST_MASK_PRECISE);
    return maskFrom(cv::Mat(cv::Mat(distance <= std::max(radius, 0.0)) / 255));
}

Mask featherMask(const Mask& mask, double sigma) {
    if (mask.isEmpty() || !(sigma > 0))
        return mask;
    cv::Mat values = wrap(mask);
    for (int pass = 0; pass < boxPasses; ++pass)
        values = mixedBoxBlur(values, sigma);
    return maskFrom(values);
}

Mask guidedFilter(const Mask& mask, const Image& guide, int radius, double epsilon) {
    if (guide.width() != mask.width() || guide.height() != mask.height())
        throw Failure(ErrorCode::InvalidArgument,
                      cat("The guide is ", guide.width(), " x ", guide.height(), " but the mask is ",
                          mask.width(), " x ", mask.height()));
    if (radius < 1 || !(epsilon > 0))
        throw Failure(ErrorCode::InvalidArgument,
                      "The guided filter needs a radius of at least 1 and a positive epsilon");
    const Image unit = toF32(toRgb(guide));
    const cv::Mat colours(unit.height(), unit.width(), CV_32FC3, const_cast<float*>(unit.f32().data()));
    cv::Mat c[3], mean[3], right[3], a[3];
    cv::split(colours, c);
    const int width = 2 * radius + 1;
    const cv::Mat values = wrap(mask), meanValues = boxBlur(values, width);
    for (int i = 0; i < 3; ++i)
        mean[i] = boxBlur(c[i], width);
    for (int i = 0; i < 3; ++i)
        right[i] = covariance(c[i], values, mean[i], meanValues, width);
    const auto sigma = [&](int i, int j) { return covariance(c[i], c[j], mean[i], mean[j], width); };
    solveWindows({sigma(0, 0), sigma(0, 1), sigma(0, 2), sigma(1, 1), sigma(1, 2), sigma(2, 2)}, epsilon,
                 right, a);
    cv::Mat result =
        meanValues.clone(); // becomes b = mean(p) - a . mean(I), then its average, then q = a . I + b
    for (int i = 0; i < 3; ++i)
        result -= a[i].mul(mean[i]);
    result = boxBlur(result, width);
    for (int i = 0; i < 3; ++i)
        result += boxBlur(a[i], width).mul(c[i]);
    return maskFrom(result);
}

} // namespace cameo
