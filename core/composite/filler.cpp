// SPDX-License-Identifier: Apache-2.0
#include "core/composite/composite.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/image/convert.h"

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace cameo {
namespace {

/// A picture of which only some pixels are known.
struct Level {
    cv::Mat colour;  // CV_32FC3
    cv::Mat unknown; // CV_8U, 255 where to fill
};

void checkStop(const FillRequest& request) {
    if (request.stop.stop_requested())
        throw Failure(ErrorCode::Cancelled, "Filling the ground was stopped");
}

void report(const FillRequest& request, double fraction) {
    if (!request.onProgress)
        return;
    Progress progress;
    progress.stage = "fill";
    progress.fraction = fraction;
    request.onProgress(progress);
}

/// Half the size; a pixel is known when at least one of its four is, and is the mean of the known ones.
Level half(const Level& fine) {
    const cv::Size size((fine.colour.cols + 1) / 2, (fine.colour.rows + 1) / 2);
    Level coarse{cv::Mat(size, CV_32FC3), cv::Mat(size, CV_8U)};
    for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x) {
            cv::Vec3f sum(0, 0, 0);
            int count = 0;
            for (int sy = 2 * y; sy < std::min(2 * y + 2, fine.colour.rows); ++sy)
                for (int sx = 2 * x; sx < std::min(2 * x + 2, fine.colour.cols); ++sx)
                    if (!fine.unknown.at<std::uint8_t>(sy, sx)) {
                        sum += fine.colour.at<cv::Vec3f>(sy, sx);
                        ++count;
                    }
            coarse.colour.at<cv::Vec3f>(y, x) = count ? sum / count : sum;
            coarse.unknown.at<std::uint8_t>(y, x) = count ? 0 : 255;
        }
    return coarse;
}

/// Moves the unknown pixels towards the mean of their neighbours (Gauss-Seidel on the membrane equation).
void relax(Level& level, int sweeps) {
    const int width = level.colour.cols, height = level.colour.rows;
    for (int sweep = 0; sweep < sweeps; ++sweep)
        for (int y = 0; y < height; ++y) {
            const auto* above = level.colour.ptr<cv::Vec3f>(std::max(y - 1, 0));
            const auto* below = level.colour.ptr<cv::Vec3f>(std::min(y + 1, height - 1));
            auto* row = level.colour.ptr<cv::Vec3f>(y);
            const auto* unknown = level.unknown.ptr<std::uint8_t>(y);
            for (int x = 0; x < width; ++x)
                if (unknown[x])
                    row[x] =
                        (above[x] + below[x] + row[std::max(x - 1, 0)] + row[std::min(x + 1, width - 1)]) *
                        0.25f;
        }
}

class SmoothFiller final : public Filler {
  public:
    const char* name() const override { return "smooth"; }

    Image fill(const FillRequest& request) const override {
        checkStop(request);
        const Image photo = toRgb(request.photo);
        if (photo.width() != request.hole.width() || photo.height() != request.hole.height())
            throw Failure(ErrorCode::InvalidArgument,
                          cat("The picture is ", photo.width(), " x ", photo.height(), " but the hole is ",
                              request.hole.width(), " x ", request.hole.height()));
        const Image unit = toF32(photo);
        std::vector<float> values(unit.f32().begin(), unit.f32().end());
        std::vector<Level> levels(1);
        levels[0].colour = cv::Mat(unit.height(), unit.width(), CV_32FC3, values.data());
        cv::compare(
            cv::Mat(unit.height(), unit.width(), CV_32F, const_cast<float*>(request.hole.alpha().data())),
            0.0, levels[0].unknown, cv::CMP_GT);
        while (cv::countNonZero(levels.back().unknown) > 0 && levels.back().colour.total() > 1)
            levels.push_back(half(levels.back()));
        for (std::size_t i = levels.size() - 1; i-- > 0;) {
            checkStop(request);
            report(request, 1 - static_cast<double>(i + 1) / static_cast<double>(levels.size()));
            cv::Mat enlarged;
            cv::resize(levels[i + 1].colour, enlarged, levels[i].colour.size(), 0, 0, cv::INTER_LINEAR);
            enlarged.copyTo(levels[i].colour, levels[i].unknown);
            relax(levels[i], 4);
        }
        report(request, 1);
        const Image filled(unit.width(), unit.height(), 3, std::move(values));
        return compositeOver(photo.type() == PixelType::U8    ? toU8(filled)
                             : photo.type() == PixelType::U16 ? toU16(filled)
                                                              : filled,
                             growMask(request.hole, 0, 0), photo);
    }
};

} // namespace

std::unique_ptr<Filler> makeFiller() {
    return std::make_unique<SmoothFiller>();
}

} // namespace cameo
