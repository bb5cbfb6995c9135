// SPDX-License-Identifier: Apache-2.0
#include "core/composite/patch_views.h"

#include "core/composite/parallel.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace cameo {
namespace {

PhotoView mirrored(const PhotoView& view) {
    PhotoView out = view;
    const int width = view.picture.width;
    out.toPhoto = {-1, 0, static_cast<double>(width - 1), 0, 1, 0};
    for (int y = 0; y < view.picture.height; ++y) {
        const std::size_t row = static_cast<std::size_t>(y) * width;
        std::reverse(out.hole.begin() + static_cast<std::ptrdiff_t>(row),
                     out.hole.begin() + static_cast<std::ptrdiff_t>(row + width));
        std::reverse(out.usable.begin() + static_cast<std::ptrdiff_t>(row),
                     out.usable.begin() + static_cast<std::ptrdiff_t>(row + width));
        for (int x = 0; x < width; ++x) {
            std::copy_n(view.picture.pixel(width - 1 - x, y), 3, out.picture.pixel(x, y));
            std::copy_n(view.forms.pixel(width - 1 - x, y), 3, out.forms.pixel(x, y));
        }
    }
    return out;
}

FloatPicture warped(const FloatPicture& picture, const cv::Mat& affine) {
    FloatPicture out{picture.width, picture.height, std::vector<float>(picture.rgb.size())};
    const cv::Mat from(picture.height, picture.width, CV_32FC3, const_cast<float*>(picture.rgb.data()));
    cv::Mat to(picture.height, picture.width, CV_32FC3, out.rgb.data());
    cv::warpAffine(from, to, affine, to.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                   cv::BORDER_REPLICATE);
    return out;
}

/// The photo about its centre, turned and scaled, on a canvas of its own size.
PhotoView transformed(const PhotoView& view, double degrees, double factor) {
    const int width = view.picture.width, height = view.picture.height;
    const double angle = degrees * std::numbers::pi / 180, cx = (width - 1) / 2.0, cy = (height - 1) / 2.0;
    const double cosine = std::cos(angle) / factor, sine = std::sin(angle) / factor;
    PhotoView out;
    out.toPhoto = {cosine, -sine, cx - cosine * cx + sine * cy, sine, cosine, cy - sine * cx - cosine * cy};
    const cv::Mat affine(2, 3, CV_64F, out.toPhoto.data());
    out.picture = warped(view.picture, affine);
    out.forms = warped(view.forms, affine);
    // A pixel counts when all that it is interpolated from counts.
    const cv::Mat usable(height, width, CV_8U, const_cast<std::uint8_t*>(view.usable.data()));
    cv::Mat whole, turned;
    cv::erode(usable, whole, cv::Mat::ones(3, 3, CV_8U), {-1, -1}, 1, cv::BORDER_CONSTANT, 0);
    cv::warpAffine(whole, turned, affine, whole.size(), cv::INTER_NEAREST | cv::WARP_INVERSE_MAP,
                   cv::BORDER_CONSTANT, cv::Scalar(0));
    out.usable.assign(turned.datastart, turned.dataend);
    out.hole.resize(out.usable.size()); // what must not be looked at
    std::ranges::transform(out.usable, out.hole.begin(),
                           [](std::uint8_t isUsable) -> std::uint8_t { return !isUsable; });
    return out;
}

} // namespace

std::vector<PhotoView> makeViews(const FloatPicture& photo, const FloatPicture& forms, const Hole& hole,
                                 const ViewOptions& options) {
    PhotoView plain{.picture = photo, .forms = forms, .usable = Hole(hole.size()), .hole = hole};
    for (std::size_t i = 0; i < hole.size(); ++i)
        plain.usable[i] = !hole[i] && !options.excluded[i];
    struct Transform {
        double degrees, factor;
    };
    std::vector<Transform> transforms;
    if (options.rotation > 0)
        for (const double share : {-1.0, -0.5, 0.5, 1.0})
            transforms.push_back({share * options.rotation, 1});
    if (options.scale > 0)
        transforms.insert(transforms.end(), {{0, 1 + options.scale}, {0, 1 / (1 + options.scale)}});
    const std::size_t first = options.isMirrored ? 2 : 1;
    std::vector<PhotoView> views(first + transforms.size());
    if (options.isMirrored)
        views[1] = mirrored(plain);
    forEachPiece(static_cast<int>(transforms.size()), options.threads, [&](int i) {
        const Transform& transform = transforms[static_cast<std::size_t>(i)];
        views[first + static_cast<std::size_t>(i)] = transformed(plain, transform.degrees, transform.factor);
    });
    views[0] = std::move(plain);
    return views;
}

} // namespace cameo
