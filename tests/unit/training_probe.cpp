// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/training_probe.h"

#include "core/checkpoint/checkpoint.h"
#include "core/train/random.h"
#include "core/train/sliced_wasserstein.h"
#include "core/train/training_networks.h"
#include "core/train/training_session.h"

#include <limits>
#include <torch/csrc/autograd/autograd.h>

namespace cameo::test {
namespace {

using namespace cameo::train;

constexpr checkpoint::ChannelOptions kSmall{
    .resolution = 16, .channelBase = 256, .channelMax = 32, .zDim = 24, .wDim = 24, .mappingLayers = 2};

at::Tensor normal(at::IntArrayRef shape, std::uint64_t seed) {
    return at::randn(shape, seededGenerator(seed), at::kFloat);
}

/// Fresh networks whose noise strengths and biases are not zero, so that every term counts.
net::Generator smallGenerator() {
    net::Generator generator =
        net::Generator::initialised(checkpoint::standardGeneratorSpec(kSmall), 1, at::kCPU);
    std::uint64_t seed = 100;
    for (auto& [name, tensor] : generator.tensors())
        if (name.ends_with("noise_strength") || name.ends_with("bias"))
            tensor.add_(normal(tensor.sizes(), ++seed), 0.1);
    return generator;
}

net::Discriminator smallDiscriminator() {
    net::Discriminator discriminator =
        net::Discriminator::initialised(checkpoint::standardDiscriminatorSpec(kSmall), 2, at::kCPU);
    std::uint64_t seed = 200;
    for (auto& [name, tensor] : discriminator.tensors())
        if (name.ends_with("bias"))
            tensor.add_(normal(tensor.sizes(), ++seed), 0.1);
    return discriminator;
}

std::vector<at::Tensor> parametersOf(std::map<std::string, at::Tensor>& tensors) {
    std::vector<at::Tensor> parameters;
    for (auto& [name, tensor] : tensors)
        if (net::Generator::isParameter(name))
            parameters.push_back(tensor.requires_grad_(true));
    return parameters;
}

double largest(const at::Tensor& tensor) {
    return tensor.detach().abs().max().item<double>();
}

/// Greatest difference of any gradient relative to the greatest value of that gradient.
double relative(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i].defined() || b[i].defined())
            worst = std::max(worst, largest(a[i] - b[i]) / std::max(largest(b[i]), 1e-6));
    return worst;
}

std::vector<at::Tensor> gradients(const at::Tensor& scalar, const std::vector<at::Tensor>& parameters) {
    return torch::autograd::grad({scalar}, parameters, {}, true, false, true);
}

at::Tensor penalty(const at::Tensor& scores, const at::Tensor& images) {
    const at::Tensor slope = torch::autograd::grad({scores.sum()}, {images}, {}, true, true)[0];
    return slope.square().sum({1, 2, 3}).mean();
}

} // namespace

Difference compareTrainingForms() {
    Difference difference;
    net::Generator generator = smallGenerator();
    // The two forms draw their noise differently; without it they must agree.
    for (auto& [name, tensor] : generator.tensors())
        if (name.ends_with("noise_strength"))
            tensor.zero_();
    std::vector<at::Tensor> parameters = parametersOf(generator.tensors());
    const at::Tensor ws = normal({4, generator.spec().mapping.numWs, kSmall.wDim}, 3);
    const at::Tensor plain =
        generator.synthesize(ws, {.noise = net::Noise::None, .execution = net::Execution::Training});
    const at::Tensor fast = synthesizeForTraining(generator, ws, {.seed = 5}, {});
    difference.images = largest(plain - fast);
    difference.imageSize = largest(plain);
    std::erase_if(parameters, [](const at::Tensor& tensor) { return tensor.dim() == 0; }); // noise strengths
    const at::Tensor weights = normal(plain.sizes(), 4);
    difference.generatorGradient = relative(gradients((fast * weights).sum(), parameters),
                                            gradients((plain * weights).sum(), parameters));

    net::Discriminator discriminator = smallDiscriminator();
    const std::vector<at::Tensor> own = parametersOf(discriminator.tensors());
    const at::Tensor images = normal({8, 3, 16, 16}, 6).requires_grad_(true);
    const at::Tensor plainScores = discriminator.score(images);
    const at::Tensor fastScores = scoreForTraining(discriminator, images, {});
    difference.scores = largest(plainScores - fastScores);
    difference.scoreSize = largest(plainScores);
    difference.discriminatorGradient = relative(gradients(at::softplus(fastScores).sum(), own),
                                                gradients(at::softplus(plainScores).sum(), own));
    difference.penaltyGradient =
        relative(gradients(penalty(fastScores, images), own), gradients(penalty(plainScores, images), own));
    return difference;
}

Difference compareBfloat16() {
    const at::NoGradGuard noGradient;
    Difference difference;
    const net::Generator generator = smallGenerator();
    const at::Tensor ws = normal({4, generator.spec().mapping.numWs, kSmall.wDim}, 3);
    const at::Tensor images = synthesizeForTraining(generator, ws, {.seed = 5}, {});
    difference.images =
        largest(synthesizeForTraining(generator, ws, {.seed = 5}, {.type = at::kBFloat16}) - images);
    difference.imageSize = largest(images);
    const net::Discriminator discriminator = smallDiscriminator();
    const at::Tensor shown = normal({8, 3, 16, 16}, 6);
    const at::Tensor scores = scoreForTraining(discriminator, shown, {});
    difference.scores = largest(scoreForTraining(discriminator, shown, {.type = at::kBFloat16}) - scores);
    difference.scoreSize = largest(scores);
    return difference;
}

AugmentationFacts examineAugmentation() {
    AugmentationFacts facts;
    const auto draws = [](std::uint64_t seed) { return seededGenerator(seed); };
    const at::Tensor images = normal({16, 3, 16, 16}, 7).requires_grad_(true);
    facts.isSameTensorAtZero = augment(images, {.probability = 0}, draws(1)).is_same(images);

    const Augmentation all{.probability = 0.8,
                           .light = {.translate = 0.2, .zoom = 0.2, .colour = 1, .cutout = 0.5}};
    const at::Tensor result = augment(images, all, draws(2));
    facts.keepsShape = result.sizes() == images.sizes();
    const at::Tensor gradient = torch::autograd::grad({result.square().sum()}, {images})[0];
    facts.hasGradient = gradient.isfinite().all().item<bool>() && largest(gradient) > 0;
    facts.isRepeatable = at::equal(result, augment(images, all, draws(2)));

    // A shift by whole pixels moves pixels and computes none: every inner pixel is some pixel of the
    // original.
    const at::Tensor moved =
        augment(images, {.probability = 0.85, .light = {.translate = 0.2, .colour = 0}}, draws(3)).detach();
    for (long i = 0; i < images.size(0); ++i) {
        double best = 1e9;
        for (long dy = -3; dy <= 3; ++dy)
            for (long dx = -3; dx <= 3; ++dx) {
                const at::Tensor from = images.detach()[i].narrow(1, 3 + dy, 10).narrow(2, 3 + dx, 10);
                best = std::min(best, largest(moved[i].narrow(1, 3, 10).narrow(2, 3, 10) - from));
            }
        facts.largestShiftError = std::max(facts.largestShiftError, best);
    }
    const at::Tensor grey = normal({16, 1, 16, 16}, 8).expand({16, 3, 16, 16});
    const at::Tensor coloured = augment(grey, {.probability = 0.85, .light = {.translate = 0}}, draws(4));
    facts.colourError = largest(coloured - coloured.mean(1, true));
    const at::Tensor white = at::ones({64, 3, 16, 16}, at::kFloat);
    const Augmentation cutout{.probability = 0.85, .light = {.translate = 0, .colour = 0, .cutout = 0.5}};
    facts.erasedShare = 1 - augment(white, cutout, draws(5)).mean().item<double>();
    return facts;
}

double adamError() {
    at::Tensor x = at::full({1}, 1.0, at::kFloat);
    Adam adam({{"x", x}});
    const AdamOptions options{.learningRate = 0.1, .beta1 = 0.5, .beta2 = 0.9, .epsilon = 0};
    adam.step({at::full({1}, 2.0, at::kFloat)}, options);
    // The first step is always the learning rate, against the gradient.
    double error = std::abs(x.item<double>() - 0.9);
    adam.step({at::full({1}, -1.0, at::kFloat)}, options);
    const double first = (0.5 * 0.5 * 2 + 0.5 * -1) / (1 - 0.25);
    const double second = (0.9 * 0.1 * 4 + 0.1 * 1) / (1 - 0.81);
    return std::max(error, std::abs(x.item<double>() - (0.9 - 0.1 * first / std::sqrt(second))));
}

NanFacts spoilAndRollBack(const std::filesystem::path& data, const std::filesystem::path& folder) {
    const auto make = [&] {
        SessionOptions options{.batch = 4, .r1 = 1, .augmentation = {.probability = 0.5}, .seed = 9};
        return TrainingSession(PackedDataset::open(data), smallGenerator(), smallDiscriminator(), options);
    };
    const std::filesystem::path good = folder / "good", bad = folder / "bad", again = folder / "again";
    const auto valueOf = [](TrainingSession& session) {
        return session.generator().tensors().at("mapping.fc0.weight").detach().clone();
    };
    NanFacts facts;
    TrainingSession session = make();
    session.step();
    session.save(good);
    session.step();
    const at::Tensor usual = valueOf(session);
    session.load(good);
    session.generator()
        .tensors()
        .at("synthesis.b4.const")
        .detach()
        .fill_(std::numeric_limits<float>::quiet_NaN());
    session.save(bad);
    const long images = session.images();
    facts.isNoticed = !session.step().isFinite;
    session.save(again);
    facts.isUnchanged = session.images() == images && readTextFile(bad) == readTextFile(again);
    session.rollBack(good);
    facts.isFiniteAgain = session.step().isFinite && session.images() == images + 4;
    facts.takesAnotherPath = !at::equal(valueOf(session), usual);
    return facts;
}

DistanceFacts examineDistances() {
    const SlicedWassersteinOptions options{.patchesPerImage = 16, .directions = 64, .seed = 3};
    const at::Tensor a = normal({64, 3, 32, 32}, 11) * 0.3, b = normal({64, 3, 32, 32}, 12) * 0.3;
    const at::Tensor smooth = at::upsample_bilinear2d(normal({64, 3, 4, 4}, 13) * 0.3, {32, 32}, false);
    const SlicedWasserstein draw = slicedWasserstein(a, b, options);
    return {.ofItself = slicedWasserstein(a, a, options).mean,
            .ofAnotherDraw = draw.mean,
            .ofSmooth = slicedWasserstein(a, smooth, options).mean,
            .wholeOfDarker = slicedWasserstein(a, a - 10 / 127.5, options).whole,
            .levels = static_cast<int>(draw.levels.size())};
}

} // namespace cameo::test
