// SPDX-License-Identifier: Apache-2.0
#include "core/train/augment_corruption.h"

#include <array>
#include <cmath>
#include <vector>

namespace cameo::train {
namespace {

using Taps = std::vector<double>;

constexpr long kBands = 4;
// Daubechies' least asymmetric wavelet with two vanishing moments, sum sqrt(2).
constexpr std::array<double, 4> kSym2 = {-0.12940952255092145, 0.22414386804185735, 0.836516303737469,
                                         0.48296291314469025};
// Power of the bands of a picture whose spectrum falls with 1/f (appendix B of the paper).
constexpr std::array<double, kBands> kExpectedPower = {10.0 / 13, 1.0 / 13, 1.0 / 13, 1.0 / 13};

Taps convolved(const Taps& a, const Taps& b) {
    Taps result(a.size() + b.size() - 1, 0.0);
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t j = 0; j < b.size(); ++j)
            result[i + j] += a[i] * b[j];
    return result;
}

/// Half the autocorrelation of sym2 (low) or of its mirror filter (high): together they are the identity.
Taps zeroPhase(bool isHigh) {
    Taps taps(kSym2.begin(), kSym2.end());
    for (std::size_t i = 1; isHigh && i < taps.size(); i += 2)
        taps[i] = -taps[i];
    Taps result = convolved(taps, Taps(taps.rbegin(), taps.rend()));
    for (double& tap : result)
        tap /= 2;
    return result;
}

Taps spreadOut(const Taps& taps) {
    Taps result(2 * taps.size() - 1, 0.0);
    for (std::size_t i = 0; i < taps.size(); ++i)
        result[2 * i] = taps[i];
    return result;
}

/// Filters of the bands, lowest first, all of one odd length: the axis is halved again and again.
std::vector<Taps> bandFilters() {
    const Taps low = zeroPhase(false), high = zeroPhase(true);
    std::vector<Taps> bands = {{1.0}};
    for (long band = 1; band < kBands; ++band) {
        for (Taps& taps : bands)
            taps = convolved(spreadOut(taps), low);
        Taps upper(bands.front().size(), 0.0);
        const std::size_t begin = (upper.size() - high.size()) / 2;
        std::copy(high.begin(), high.end(), upper.begin() + static_cast<std::ptrdiff_t>(begin));
        bands.push_back(upper);
    }
    return bands;
}

long foldedIndex(long index, long last) {
    const long turn = ((index % (2 * last)) + 2 * last) % (2 * last);
    return last - std::abs(turn - last);
}

/// [4, R, R]: each band's filter as a matrix on a line of R pixels.
at::Tensor bandMatrices(long side) {
    const at::Tensor matrices = at::zeros({kBands, side, side}, at::kFloat);
    auto access = matrices.accessor<float, 3>();
    const std::vector<Taps> bands = bandFilters();
    for (long band = 0; band < kBands; ++band) {
        const Taps& taps = bands[static_cast<std::size_t>(band)];
        const long reach = static_cast<long>(taps.size()) / 2;
        for (long i = 0; i < side; ++i)
            for (long d = -reach; d <= reach; ++d)
                access[band][i][foldedIndex(i + d, side - 1)] +=
                    static_cast<float>(taps[static_cast<std::size_t>(d + reach)]);
    }
    return matrices;
}

} // namespace

at::Tensor drawBandGains(double strength, AugmentationDraws& draws) {
    at::Tensor gains = at::ones({draws.count(), kBands}, at::kDouble);
    at::Tensor power = at::zeros({kBands}, at::kDouble);
    std::copy(kExpectedPower.begin(), kExpectedPower.end(), power.data_ptr<double>());
    for (long band = 0; band < kBands; ++band) {
        const at::Tensor own = at::exp2(draws.some(draws.normal() * strength, 0));
        at::Tensor factors = at::ones({draws.count(), kBands}, at::kDouble);
        factors.select(1, band).copy_(own);
        gains = gains * factors / (factors.square() * power).sum(1, true).sqrt();
    }
    return (gains - 1).abs().max().item<double>() < 1e-12 ? at::Tensor() : gains.to(at::kFloat);
}

at::Tensor filterBands(const at::Tensor& images, const at::Tensor& gains) {
    const long count = images.size(0), channels = images.size(1), side = images.size(2);
    // One matrix per image for its lines, and again for its columns.
    const at::Tensor lines = at::matmul(gains, bandMatrices(side).flatten(1))
                                 .view({count, 1, side, side})
                                 .expand({count, channels, side, side})
                                 .to(images.device());
    return at::matmul(at::matmul(lines, images), lines.transpose(2, 3));
}

at::Tensor drawNoise(double strength, at::IntArrayRef shape, AugmentationDraws& draws) {
    const at::Tensor sigma = draws.some(draws.normal().abs() * strength, 0).to(at::kFloat);
    if (sigma.max().item<double>() == 0)
        return {};
    return at::randn(shape, draws.random(), at::kFloat) * sigma.view({-1, 1, 1, 1});
}

at::Tensor coveredLines(const at::Tensor& centres, long side, double part) {
    const at::Tensor place = at::arange(side, at::kFloat) + 0.5;
    return (place.unsqueeze(0) - centres.unsqueeze(1))
        .abs()
        .lt(0.5 * part * static_cast<double>(side))
        .to(at::kFloat);
}

} // namespace cameo::train
