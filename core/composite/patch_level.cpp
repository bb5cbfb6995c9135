// SPDX-License-Identifier: Apache-2.0
#include "core/composite/patch_level.h"

#include "core/composite/parallel.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace cameo {
namespace {

constexpr float textureScale = 7.07f;      // square root of 50 (Newson et al. 2014, equation 8)
constexpr std::size_t fewestCentres = 150; // fewer patches to copy from would repeat themselves
constexpr int coarsestSide = 24;
constexpr int narrowestHole = 3; // in patches: at this width the onion peel alone finds the layout

/// What a level of one view is made of, before it becomes features.
struct Layer {
    cv::Mat colour;  // CV_32FC3, 0..255; meaningless in the hole
    cv::Mat forms;   // CV_32FC3, 0..255 by their weight
    cv::Mat texture; // CV_32FC2
    cv::Mat hole;    // CV_8U, 1 in the hole
    cv::Mat usable;  // CV_8U, 1 where pixels may be copied from
};

cv::Mat byteMat(const Hole& hole, int width, int height) {
    return cv::Mat(height, width, CV_8U, const_cast<std::uint8_t*>(hole.data())).clone();
}

/// Sums over known pixels divided by how many they are.
cv::Mat normalisedBlur(const cv::Mat& values, const cv::Mat& weight, int side) {
    cv::Mat sums, counts;
    cv::Mat weights[] = {weight, weight, weight};
    cv::Mat spread;
    cv::merge(weights, static_cast<std::size_t>(values.channels()), spread);
    cv::boxFilter(values.mul(spread), sums, -1, {side, side}, {-1, -1}, false, cv::BORDER_REFLECT);
    cv::boxFilter(spread, counts, -1, {side, side}, {-1, -1}, false, cv::BORDER_REFLECT);
    cv::max(counts, 1e-3f, counts);
    return sums / counts;
}

/// Mean steps of brightness along x and y in a window, from pairs of known pixels.
cv::Mat textureOf(const Layer& layer, int side) {
    cv::Mat grey;
    cv::cvtColor(layer.colour, grey, cv::COLOR_RGB2GRAY);
    cv::Mat steps(grey.size(), CV_32FC2, cv::Scalar::all(0)), weight(grey.size(), CV_32F, cv::Scalar::all(0));
    for (int y = 0; y + 1 < grey.rows; ++y) {
        const float *row = grey.ptr<float>(y), *below = grey.ptr<float>(y + 1);
        const std::uint8_t *hole = layer.hole.ptr(y), *holeBelow = layer.hole.ptr(y + 1);
        for (int x = 0; x + 1 < grey.cols; ++x) {
            if (hole[x] || hole[x + 1] || holeBelow[x])
                continue;
            steps.at<cv::Vec2f>(y, x) = {std::abs(row[x + 1] - row[x]), std::abs(below[x] - row[x])};
            weight.at<float>(y, x) = 1;
        }
    }
    return normalisedBlur(steps, weight, side);
}

Layer layerOf(const PhotoView& view, double formWeight) {
    Layer layer;
    const int width = view.picture.width, height = view.picture.height;
    const cv::Mat unit(height, width, CV_32FC3, const_cast<float*>(view.picture.rgb.data()));
    layer.colour = cv::min(cv::max(unit * 255.0, 0.0), 255.0);
    const cv::Mat forms(height, width, CV_32FC3, const_cast<float*>(view.forms.rgb.data()));
    layer.forms = forms * (255.0 * formWeight);
    layer.hole = byteMat(view.hole, width, height);
    layer.usable = byteMat(view.usable, width, height);
    return layer;
}

/// Half the size. Colours by the binomial 4 x 4 kernel over known pixels; in the hole or not usable as soon
/// as one of the four pixels below is.
Layer halved(const Layer& fine) {
    const int width = (fine.hole.cols + 1) / 2, height = (fine.hole.rows + 1) / 2;
    constexpr float kernel[] = {1, 3, 3, 1};
    Layer coarse{cv::Mat(height, width, CV_32FC3), cv::Mat(height, width, CV_32FC3),
                 cv::Mat(height, width, CV_32FC2), cv::Mat(height, width, CV_8U),
                 cv::Mat(height, width, CV_8U)};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            cv::Vec3f colour(0, 0, 0), forms(0, 0, 0);
            cv::Vec2f texture(0, 0);
            float known = 0;
            std::uint8_t hole = 0, usable = 1;
            for (int dy = -1; dy < 3; ++dy)
                for (int dx = -1; dx < 3; ++dx) {
                    const int fx = std::clamp(2 * x + dx, 0, fine.hole.cols - 1);
                    const int fy = std::clamp(2 * y + dy, 0, fine.hole.rows - 1);
                    const std::uint8_t isUnknown = fine.hole.at<std::uint8_t>(fy, fx);
                    if (dx >= 0 && dx < 2 && dy >= 0 && dy < 2) {
                        hole |= isUnknown;
                        usable &= fine.usable.at<std::uint8_t>(fy, fx);
                        forms += 0.25f * fine.forms.at<cv::Vec3f>(fy, fx);
                        texture += 0.25f * fine.texture.at<cv::Vec2f>(fy, fx);
                    }
                    if (isUnknown)
                        continue;
                    const float weight = kernel[dx + 1] * kernel[dy + 1];
                    colour += weight * fine.colour.at<cv::Vec3f>(fy, fx);
                    known += weight;
                }
            coarse.colour.at<cv::Vec3f>(y, x) = known > 0 ? colour / known : colour;
            coarse.forms.at<cv::Vec3f>(y, x) = forms;
            coarse.texture.at<cv::Vec2f>(y, x) = texture;
            coarse.hole.at<std::uint8_t>(y, x) = hole;
            coarse.usable.at<std::uint8_t>(y, x) = usable;
        }
    return coarse;
}

std::int16_t rounded(float value) {
    return static_cast<std::int16_t>(std::lround(value));
}

Features featuresOf(const Layer& layer) {
    Features features(layer.hole.total() * featureCount);
    for (std::size_t i = 0; i < layer.hole.total(); ++i) {
        std::int16_t* out = &features[i * featureCount];
        for (std::size_t c = 0; c < 3; ++c)
            out[c] = rounded(layer.colour.ptr<float>()[i * 3 + c]);
        for (std::size_t c = 0; c < 2; ++c)
            out[3 + c] = rounded(textureScale * layer.texture.ptr<float>()[i * 2 + c]);
        for (std::size_t c = 0; c < 3; ++c)
            out[5 + c] = rounded(layer.forms.ptr<float>()[i * 3 + c]);
    }
    return features;
}

/// Variance of every patch, summed over the features.
std::vector<float> energyOf(const Features& features, int width, int height) {
    std::vector<float> energy(features.size() / featureCount);
    cv::Mat plane(height, width, CV_32F), mean, square;
    for (int c = 0; c < featureCount; ++c) {
        for (std::size_t i = 0; i < energy.size(); ++i)
            plane.ptr<float>()[i] = features[i * featureCount + c];
        const cv::Size window(2 * patchRadius + 1, 2 * patchRadius + 1);
        cv::boxFilter(plane, mean, -1, window);
        cv::boxFilter(plane.mul(plane), square, -1, window);
        for (std::size_t i = 0; i < energy.size(); ++i)
            energy[i] += std::max(0.0f, square.ptr<float>()[i] - mean.ptr<float>()[i] * mean.ptr<float>()[i]);
    }
    return energy;
}

PatchSource sourceOf(const Layer& layer, const Affine& toPhoto, double scale) {
    PatchSource source;
    source.width = layer.hole.cols, source.height = layer.hole.rows;
    source.features = featuresOf(layer);
    source.energy = energyOf(source.features, source.width, source.height);
    source.isCentre.assign(layer.hole.total(), 0);
    cv::Mat whole;
    const int side = 2 * patchRadius + 1;
    cv::erode(layer.usable, whole, cv::Mat::ones(side, side, CV_8U), {-1, -1}, 1, cv::BORDER_CONSTANT, 0);
    for (int y = 0; y < source.height; ++y)
        for (int x = 0; x < source.width; ++x)
            if (whole.at<std::uint8_t>(y, x)) {
                source.isCentre[static_cast<std::size_t>(y) * source.width + x] = 1;
                source.centres.push_back({x, y});
            }
    // pixel centres: x of this level is (x + 0.5) / scale - 0.5 of the photo
    const double shift = 0.5 / scale - 0.5;
    const auto offset = [&](int row) {
        const std::size_t r = static_cast<std::size_t>(row) * 3;
        return (toPhoto[r] * shift + toPhoto[r + 1] * shift + toPhoto[r + 2] - shift) * scale;
    };
    source.toPhoto = {toPhoto[0], toPhoto[1], offset(0), toPhoto[3], toPhoto[4], offset(1)};
    return source;
}

/// How often the hole can be eroded by a pixel: half its width.
int halfWidth(const cv::Mat& hole) {
    cv::Mat depth;
    cv::distanceTransform(hole, depth, cv::DIST_C, cv::DIST_MASK_3);
    double deepest = 0;
    cv::minMaxLoc(depth, nullptr, &deepest);
    return static_cast<int>(std::min(deepest, 1e6));
}

} // namespace

Place mapped(const Affine& affine, double x, double y) {
    return {static_cast<int>(std::lround(affine[0] * x + affine[1] * y + affine[2])),
            static_cast<int>(std::lround(affine[3] * x + affine[4] * y + affine[5]))};
}

std::vector<PatchLevel> buildPatchLevels(const std::vector<PhotoView>& views, double formWeight,
                                         int threads) {
    std::vector<Layer> layers(views.size());
    const auto pieces = static_cast<int>(views.size());
    forEachPiece(pieces, threads, [&](int i) { layers[i] = layerOf(views[i], formWeight); });
    const double patchSide = 2 * patchRadius + 1;
    const double halvings = std::log2(2.0 * std::max(halfWidth(layers[0].hole), 1) / patchSide);
    const int window = 1 << std::clamp(static_cast<int>(halvings), 1, 5);
    forEachPiece(pieces, threads, [&](int i) { layers[i].texture = textureOf(layers[i], window | 1); });
    std::vector<PatchLevel> levels;
    for (double scale = 1;; scale /= 2) {
        PatchLevel level;
        level.width = layers[0].hole.cols, level.height = layers[0].hole.rows;
        level.hole.assign(layers[0].hole.datastart, layers[0].hole.dataend);
        level.sources.resize(views.size());
        forEachPiece(pieces, threads,
                     [&](int i) { level.sources[i] = sourceOf(layers[i], views[i].toPhoto, scale); });
        std::size_t centres = 0;
        for (const PatchSource& source : level.sources)
            centres += source.centres.size();
        if (!levels.empty() && centres < fewestCentres)
            break;
        level.features = level.sources[0].features;
        levels.push_back(std::move(level));
        if (2 * halfWidth(layers[0].hole) <= narrowestHole * patchSide ||
            std::min(levels.back().width, levels.back().height) < 2 * coarsestSide)
            break;
        forEachPiece(pieces, threads, [&](int i) { layers[i] = halved(layers[i]); });
    }
    return levels;
}

} // namespace cameo
