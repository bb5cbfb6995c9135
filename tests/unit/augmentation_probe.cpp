// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/augmentation_probe.h"

#include "core/train/augment.h"
#include "core/train/random.h"

#include <array>
#include <cmath>
#include <functional>
#include <torch/csrc/autograd/autograd.h>

namespace cameo::test {
namespace {

using namespace cameo::train;

constexpr long kSide = 16;
constexpr GeometryStrengths kStill{
    .flip = 0, .quarterTurns = 0, .shift = 0, .scale = 0, .rotation = 0, .stretch = 0, .drift = 0};
constexpr ColourStrengths kPlain{.brightness = 0, .contrast = 0, .lumaFlip = 0, .hue = 0, .saturation = 0};

at::Tensor normal(at::IntArrayRef shape, std::uint64_t seed) {
    return at::randn(shape, seededGenerator(seed), at::kFloat);
}

double largest(const at::Tensor& tensor) {
    return tensor.detach().abs().max().item<double>();
}

/// One matrix for `count` images, from output to input positions.
at::Tensor matrices(long count, const std::array<double, 6>& rows) {
    const at::Tensor matrix = at::eye(3, at::kDouble);
    std::copy(rows.begin(), rows.end(), matrix.data_ptr<double>());
    return matrix.expand({count, 3, 3}).contiguous();
}

at::Tensor inner(const at::Tensor& images, long border) {
    const long side = images.size(2) - 2 * border;
    return images.narrow(2, border, side).narrow(3, border, side);
}

long mirroredIndex(long index, long side) {
    while (index < 0 || index >= side)
        index = index < 0 ? -index : 2 * (side - 1) - index;
    return index;
}

/// output(y, x) = input(y + dy, x + dx), outside mirrored at the border pixels' centres.
at::Tensor movedByLoop(const at::Tensor& images, long dx, long dy) {
    const at::Tensor result = at::empty_like(images);
    auto in = images.accessor<float, 4>(), out = result.accessor<float, 4>();
    for (long n = 0; n < images.size(0); ++n)
        for (long c = 0; c < images.size(1); ++c)
            for (long y = 0; y < images.size(2); ++y)
                for (long x = 0; x < images.size(3); ++x)
                    out[n][c][y][x] = in[n][c][mirroredIndex(y + dy, images.size(2))]
                                        [mirroredIndex(x + dx, images.size(3))];
    return result;
}

/// A wave with `x` and `y` radians per pixel, counted from the centre.
at::Tensor wave(long side, double x, double y) {
    const at::Tensor place = at::arange(side, at::kDouble) - (static_cast<double>(side) - 1) / 2;
    return at::cos(place.unsqueeze(1) * y + place.unsqueeze(0) * x + 0.4)
        .to(at::kFloat)
        .expand({1, 3, side, side})
        .contiguous();
}

at::Tensor drawnColour(const ColourStrengths& strengths, long count, std::uint64_t seed) {
    AugmentationDraws draws(count, 1, seededGenerator(seed));
    return drawColour(strengths, draws);
}

/// Slope of f at 0, from two symmetric differences of which the second cancels the first's error.
double extrapolated(const std::function<double(double)>& f, double h) {
    const auto slope = [&](double step) { return (f(step) - f(-step)) / (2 * step); };
    return (4 * slope(h) - slope(2 * h)) / 3;
}

Augmentation pipelineOf(int pipeline, double probability) {
    Augmentation options{.probability = probability, .pipeline = static_cast<AugmentationPipeline>(pipeline)};
    options.light.zoom = 0.2;
    options.light.cutout = 0.5;
    return options;
}

/// Greatest difference of the matrices' action from a plain loop.
double recolouringError(const at::Tensor& images, const at::Tensor& all) {
    const at::Tensor result = recolourImages(images, all);
    double worst = 0;
    auto in = images.accessor<float, 4>(), out = result.accessor<float, 4>();
    auto m = all.accessor<float, 3>();
    for (long n = 0; n < images.size(0); ++n)
        for (long c = 0; c < 3; ++c)
            for (long y = 0; y < images.size(2); ++y)
                for (long x = 0; x < images.size(3); ++x) {
                    double sum = m[n][c][3];
                    for (long k = 0; k < 3; ++k)
                        sum += static_cast<double>(m[n][c][k]) * in[n][k][y][x];
                    worst = std::max(worst, std::abs(sum - out[n][c][y][x]));
                }
    return worst;
}

/// What the drawn matrices [N, 3, 4] do to grey and to colours without grey.
struct ColourAction {
    at::Tensor linear, offset, grey, chroma;
    double ofGrey(double expected) const { // grey becomes `expected` times grey
        return largest(at::matmul(linear, grey) - grey * expected);
    }
    double ofChroma() const { // is kept
        return largest(at::matmul(linear, chroma) - chroma);
    }
};

ColourAction actionOf(const at::Tensor& drawn) {
    const at::Tensor chroma = normal({3, 1}, 5);
    return {.linear = drawn.narrow(2, 0, 3),
            .offset = drawn.narrow(2, 3, 1),
            .grey = at::ones({3, 1}, at::kFloat),
            .chroma = chroma - chroma.mean()};
}

} // namespace

ExchangeFacts examineExchanges() {
    ExchangeFacts facts;
    const at::Tensor images = normal({2, 3, kSide, kSide}, 1);
    const at::Tensor flip = matrices(2, {-1, 0, 0, 0, 1, 0});
    const at::Tensor mirrored = transformImages(images, flip);
    facts.mirrored = largest(mirrored - images.flip({3}));
    facts.twiceMirrored = largest(transformImages(mirrored, flip) - images);
    // Output (x, y) shows input (-y, x): counted downwards, the left side comes to the top.
    const at::Tensor turned = transformImages(images, matrices(2, {0, -1, 0, 1, 0, 0}));
    facts.turned = largest(turned - images.transpose(2, 3).flip({2}));
    const at::Tensor shifted = transformImages(images, matrices(2, {1, 0, 3, 0, 1, -2}));
    facts.shifted = largest(shifted - movedByLoop(images, 3, -2));
    at::Tensor mixed = matrices(2, {1, 0, 0, 0, 1, 0});
    mixed[1][0][2].fill_(0.3);
    const at::Tensor half = transformImages(images, mixed);
    facts.untouched = largest(half[0] - images[0]) + (at::equal(half[1], images[1]) ? 1 : 0);
    return facts;
}

ResamplingFacts examineResampling() {
    ResamplingFacts facts;
    const at::Tensor images = normal({2, 3, kSide, kSide}, 2);
    facts.still = largest(resampleImages(images, matrices(2, {1, 0, 0, 0, 1, 0})) - images);
    const at::Tensor shift = matrices(2, {1, 0, 3, 0, 1, -2});
    facts.shifted = largest(inner(resampleImages(images, shift) - transformImages(images, shift), 6));
    const at::Tensor soft = wave(32, 0.5, 0.2) + wave(32, -0.2, 0.4);
    const at::Tensor turn = matrices(1, {0, -1, 0, 1, 0, 0});
    facts.turned = largest(inner(resampleImages(soft, turn) - transformImages(soft, turn), 6));
    const double scale = 1.2, cosine = std::cos(M_PI / 6) * scale, sine = std::sin(M_PI / 6) * scale;
    const double x = 1.1, y = 0.6;
    const at::Tensor rotation = matrices(1, {cosine, -sine, 0, sine, cosine, 0});
    // The wave at A q is the wave with the frequencies A^T f.
    const at::Tensor expected = wave(32, cosine * x + sine * y, -sine * x + cosine * y);
    const at::Tensor image = wave(32, x, y);
    facts.rotated = largest(inner(resampleImages(image, rotation) - expected, 12));
    // For a square about its centre, positions in -1..1 turn the same way.
    const at::Tensor grid =
        at::affine_grid_generator(rotation.narrow(1, 0, 2).to(at::kFloat), image.sizes(), false);
    facts.rotatedBilinear = largest(inner(at::grid_sampler_2d(image, grid, 0, 2, false) - expected, 12));
    return facts;
}

ColourFacts examineColours() {
    ColourFacts facts;
    facts.arithmetic = recolouringError(normal({4, 3, kSide, kSide}, 3), drawnColour({}, 4, 4));
    const at::Tensor identity = at::eye(3, at::kFloat);
    const auto with = [](double ColourStrengths::*strength, double value) {
        ColourStrengths strengths = kPlain;
        strengths.*strength = value;
        return drawnColour(strengths, 16, 6);
    };
    const ColourAction bright = actionOf(with(&ColourStrengths::brightness, 0.2));
    facts.brightness =
        largest(bright.linear - identity) + largest(bright.offset - bright.offset.narrow(1, 0, 1));
    const ColourAction contrast = actionOf(with(&ColourStrengths::contrast, 0.5));
    const at::Tensor factors = contrast.linear.narrow(1, 0, 1).narrow(2, 0, 1);
    const bool hasContrast = factors.std().item<double>() > 0.1;
    facts.contrast =
        hasContrast ? largest(contrast.linear - identity * factors) + largest(contrast.offset) : 1;
    const at::Tensor flips = with(&ColourStrengths::lumaFlip, 1);
    const at::Tensor flipped = at::nonzero(flips.select(1, 0).select(1, 0).lt(0.9)).flatten();
    const ColourAction luma = actionOf(flips.index_select(0, flipped));
    facts.lumaFlip = flipped.numel() > 0 ? luma.ofGrey(-1) + luma.ofChroma() : 1;
    const ColourAction hue = actionOf(with(&ColourStrengths::hue, 1));
    const at::Tensor square = at::matmul(hue.linear, hue.linear.transpose(1, 2));
    facts.hue = hue.ofChroma() > 0.1 ? largest(square - identity) + hue.ofGrey(1) : 1;
    const ColourAction saturation = actionOf(with(&ColourStrengths::saturation, 1));
    const at::Tensor factor = at::matmul(saturation.linear, saturation.chroma) / saturation.chroma;
    facts.saturation = saturation.ofGrey(1) + largest(factor - factor.narrow(1, 0, 1)) / largest(factor);
    const at::Tensor grey = normal({16, 1, 4, 4}, 7).expand({16, 3, 4, 4});
    const at::Tensor neutral = recolourImages(grey, drawnColour({.brightness = 0, .contrast = 0}, 16, 6));
    facts.neutral = largest(neutral - neutral.mean(1, true));
    return facts;
}

CorruptionFacts examineCorruption() {
    CorruptionFacts facts;
    const at::Tensor images = normal({2, 3, kSide, kSide}, 8);
    facts.still = largest(filterBands(images, at::ones({2, 4}, at::kFloat)) - images);
    const at::Tensor gains = (at::arange(8, at::kFloat) / 4 + 0.5).view({2, 4});
    const at::Tensor lowest = gains.select(1, 0).view({2, 1, 1, 1}),
                     highest = gains.select(1, 3).view({2, 1, 1, 1});
    const at::Tensor constant = at::ones({2, 3, kSide, kSide}, at::kFloat);
    // One gain for the lines and again for the columns.
    facts.constant = largest(filterBands(constant, gains) - lowest.square());
    const at::Tensor sign = 1 - 2 * at::remainder(at::arange(kSide, at::kFloat), 2);
    const at::Tensor chequered = (sign.unsqueeze(1) * sign).expand({2, 3, kSide, kSide}).contiguous();
    facts.chequered = largest(filterBands(chequered, gains) - chequered * highest.square());
    // With one band alone, later bands' normalisation finds nothing to do.
    AugmentationDraws draws(4000, 0.02, seededGenerator(9));
    const at::Tensor drawn = drawBandGains(1, draws);
    const at::Tensor expected = at::full({4}, 1.0 / 13, at::kFloat);
    expected[0].fill_(10.0 / 13);
    const at::Tensor power = (drawn.square() * expected).sum(1);
    const at::Tensor isMoved = (drawn - 1).abs().amax(1).gt(1e-3);
    // At this probability hardly any picture has two bands; the median of the moved ones has one.
    facts.power = std::abs(power.index({at::nonzero(isMoved).flatten()}).median().item<double>() - 1);
    AugmentationDraws noisy(2000, 1, seededGenerator(10));
    const at::Tensor noise = drawNoise(0.1, {2000, 3, 4, 4}, noisy);
    // The mean square of |N(0, 0.1^2)| times a standard normal is 0.01.
    facts.noiseSpread = std::abs(noise.square().mean().item<double>() / 0.01 - 1);
    Augmentation options{.probability = 1, .pipeline = AugmentationPipeline::Full};
    options.geometry = kStill;
    options.colour = kPlain;
    options.corruption = {.filter = 0, .noise = 0, .cutout = 0.5};
    const at::Tensor white = at::ones({400, 3, kSide, kSide}, at::kFloat);
    facts.erasedShare = 1 - augment(white, options, seededGenerator(11)).mean().item<double>();
    return facts;
}

PipelineFacts examinePipeline(int pipeline) {
    PipelineFacts facts;
    const at::Tensor images = normal({8, 3, kSide, kSide}, 12);
    facts.isSameAtZero = augment(images, pipelineOf(pipeline, 0), seededGenerator(13)).is_same(images);
    const Augmentation options = pipelineOf(pipeline, 0.8);
    const BatchShape shape{.count = 8, .channels = 3, .side = kSide};
    const AugmentationPlan plan = planAugmentation(shape, options, seededGenerator(13));
    const at::Tensor result = augment(images, plan);
    facts.keepsShape = result.sizes() == images.sizes() && !at::equal(result, images);
    facts.isRepeatable = at::equal(result, augment(images, options, seededGenerator(13)));
    const at::Tensor part = at::arange(1, 8, 3, at::kLong);
    // The same sums; another batch may take other kernels.
    facts.isSelectable = at::allclose(augment(images.index_select(0, part), plan.select(part)),
                                      result.index_select(0, part), 1e-5, 1e-5);

    // Sums in double: what a picture loses in float32 averages out.
    const at::Tensor direction = normal(images.sizes(), 14);
    const auto loss = [&](const at::Tensor& x) {
        const at::Tensor y = augment(x, plan);
        return (y.sin() + 0.1 * y.square()).to(at::kDouble).sum();
    };
    at::Tensor x = images.clone().requires_grad_(true);
    const at::Tensor slope = torch::autograd::grad({loss(x)}, {x}, {}, true, true)[0];
    const double along = (slope.detach() * direction).to(at::kDouble).sum().item<double>();
    const double measured =
        extrapolated([&](double h) { return loss(images + direction * h).item<double>(); }, 0.02);
    facts.slope = std::abs(along - measured) / std::abs(measured);

    const auto squaredSlope = [&](const at::Tensor& at) {
        at::Tensor leaf = at.clone().requires_grad_(true);
        const at::Tensor own = torch::autograd::grad({loss(leaf)}, {leaf}, {}, false, false)[0];
        return own.to(at::kDouble).square().sum().item<double>();
    };
    const at::Tensor second =
        torch::autograd::grad({slope.to(at::kDouble).square().sum()}, {x}, {}, false, false)[0];
    const double alongSecond = (second * direction).to(at::kDouble).sum().item<double>();
    const double measuredSecond =
        extrapolated([&](double h) { return squaredSlope(images + direction * h); }, 0.02);
    facts.second = std::abs(alongSecond - measuredSecond) / std::abs(measuredSecond);
    return facts;
}

ShareFacts examineShares() {
    const long count = 4000;
    const auto share = [&](const GeometryStrengths& strengths) {
        AugmentationDraws draws(count, 0.5, seededGenerator(15));
        const at::Tensor drawn = drawGeometry(64, strengths, draws);
        return (drawn - at::eye(3, at::kDouble)).abs().flatten(1).amax(1).gt(1e-9).to(at::kDouble).mean();
    };
    ShareFacts facts;
    GeometryStrengths strengths = kStill;
    strengths.flip = 1;
    facts.flips = share(strengths).item<double>();
    strengths = kStill;
    strengths.quarterTurns = 1;
    facts.quarterTurns = share(strengths).item<double>();
    strengths = kStill;
    strengths.rotation = 1;
    facts.rotations = share(strengths).item<double>();
    strengths = kStill;
    strengths.scale = 0.2;
    facts.scales = share(strengths).item<double>();
    return facts;
}

} // namespace cameo::test
