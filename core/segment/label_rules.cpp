// SPDX-License-Identifier: Apache-2.0
#include "core/segment/label_rules.h"

#include <algorithm>
#include <cmath>

namespace cameo::segment {
namespace {

struct Shares {
    std::vector<double> border, centre, area; // per cluster, each sums to 1
};

Shares sharesOf(std::span<const std::uint8_t> label, int side, const BorderRule& rule) {
    const auto clusters = static_cast<std::size_t>(rule.clusters);
    Shares shares{std::vector<double>(clusters), std::vector<double>(clusters),
                  std::vector<double>(clusters)};
    const int rim = std::max(1, side / 32);
    const double down = rule.sideReach * side, inwards = rule.topReach * side;
    double border = 0, centre = 0;
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            const std::size_t cluster = label[static_cast<std::size_t>(y) * side + x];
            const bool onSide = (x < rim || x >= side - rim) && y < down;
            const bool onTop = y < rim && (x < inwards || x >= side - inwards);
            if (onSide || onTop) {
                shares.border[cluster] += 1;
                border += 1;
            }
            const double dx = (x + 0.5) / side - 0.5, dy = (y + 0.5) / side - 0.5;
            const double weight = std::exp(-(dx * dx + dy * dy) / (2 * 0.2 * 0.2));
            shares.centre[cluster] += weight;
            centre += weight;
            shares.area[cluster] += 1;
        }
    for (std::size_t cluster = 0; cluster < clusters; ++cluster) {
        shares.border[cluster] /= std::max(border, 1.0);
        shares.centre[cluster] /= centre;
        shares.area[cluster] /= static_cast<double>(label.size());
    }
    return shares;
}

/// The connected pieces (4 neighbours) of equal value.
struct Pieces {
    std::vector<int> piece; // per pixel: the number of its piece
    std::vector<int> size;
    std::vector<bool> value, touchesBorder, touchesBottom;
};

Pieces connectedPieces(const std::vector<bool>& isSet, int width, int height) {
    Pieces pieces;
    pieces.piece.assign(isSet.size(), -1);
    std::vector<int> open;
    for (int start = 0; start < width * height; ++start) {
        if (pieces.piece[start] >= 0)
            continue;
        const int number = static_cast<int>(pieces.size.size());
        pieces.size.push_back(0);
        pieces.value.push_back(isSet[start]);
        pieces.touchesBorder.push_back(false);
        pieces.touchesBottom.push_back(false);
        pieces.piece[start] = number;
        open.push_back(start);
        while (!open.empty()) {
            const int pixel = open.back(), x = pixel % width, y = pixel / width;
            open.pop_back();
            ++pieces.size[number];
            if (x == 0 || y == 0 || x == width - 1 || y == height - 1)
                pieces.touchesBorder[number] = true;
            if (y == height - 1)
                pieces.touchesBottom[number] = true;
            const auto visit = [&](bool inside, int neighbour) {
                if (inside && pieces.piece[neighbour] < 0 && isSet[neighbour] == isSet[pixel]) {
                    pieces.piece[neighbour] = number;
                    open.push_back(neighbour);
                }
            };
            visit(x > 0, pixel - 1);
            visit(x < width - 1, pixel + 1);
            visit(y > 0, pixel - width);
            visit(y < height - 1, pixel + width);
        }
    }
    return pieces;
}

} // namespace

std::vector<bool> foregroundClusters(std::span<const std::uint8_t> label, int side, const BorderRule& rule) {
    const Shares shares = sharesOf(label, side, rule);
    std::vector<bool> isForeground(static_cast<std::size_t>(rule.clusters));
    for (std::size_t cluster = 0; cluster < isForeground.size(); ++cluster) {
        const double border = shares.border[cluster] - shares.area[cluster];
        const double centre = shares.centre[cluster] - shares.area[cluster];
        // Both excesses sum to zero over the clusters, so that at least one cluster is ground.
        isForeground[cluster] = rule.centreWeight * centre > border;
    }
    return isForeground;
}

std::vector<bool> personPieces(const std::vector<bool>& isSet, int width, int height) {
    Pieces pieces = connectedPieces(isSet, width, height);
    int largest = -1;
    for (int number = 0; number < static_cast<int>(pieces.size.size()); ++number)
        if (pieces.value[number] && (largest < 0 || pieces.size[number] > pieces.size[largest]))
            largest = number;
    std::vector<bool> kept(isSet.size(), false);
    if (largest < 0)
        return kept;
    const int smallest = width * height / 100;
    for (std::size_t pixel = 0; pixel < kept.size(); ++pixel) {
        const int number = pieces.piece[pixel];
        const bool isShoulder =
            pieces.value[number] && pieces.touchesBottom[number] && pieces.size[number] >= smallest;
        kept[pixel] = number == largest || isShoulder;
    }
    pieces = connectedPieces(kept, width, height);
    for (std::size_t pixel = 0; pixel < kept.size(); ++pixel)
        kept[pixel] = kept[pixel] || !pieces.touchesBorder[pieces.piece[pixel]];
    return kept;
}

} // namespace cameo::segment
