// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/recipe_probe.h"

#include "core/base/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/train/training_networks.h"
#include "core/train/training_session.h"

#include <cmath>
#include <functional>
#include <torch/csrc/autograd/autograd.h>

namespace cameo::test {
namespace {

using namespace cameo::train;

constexpr checkpoint::ChannelOptions kSmall{
    .resolution = 16, .channelBase = 256, .channelMax = 32, .zDim = 24, .wDim = 24, .mappingLayers = 2};

at::Tensor normal(at::IntArrayRef shape, std::uint64_t seed) {
    return at::randn(shape, seededGenerator(seed), at::kFloat);
}

double largest(const at::Tensor& tensor) {
    return tensor.detach().abs().max().item<double>();
}

net::Generator smallGenerator() {
    net::Generator generator =
        net::Generator::initialised(checkpoint::standardGeneratorSpec(kSmall), 1, at::kCPU);
    for (auto& [name, tensor] : generator.tensors())
        if (name.ends_with("noise_strength"))
            tensor.fill_(0.1);
    return generator;
}

net::Discriminator smallDiscriminator() {
    return net::Discriminator::initialised(checkpoint::standardDiscriminatorSpec(kSmall), 2, at::kCPU);
}

/// Everything at once.
SessionOptions fullRecipe() {
    SessionOptions options{.batch = 16, .r1 = 1, .r1Interval = 1, .seed = 9};
    options.path = {.weight = 2, .interval = 1};
    options.augmentation = {.probability = 0.8, .pipeline = AugmentationPipeline::Full};
    options.augmentTarget = 0.6;
    return options;
}

double extrapolated(const std::function<double(double)>& f, double h) {
    const auto slope = [&](double step) { return (f(step) - f(-step)) / (2 * step); };
    return (4 * slope(h) - slope(2 * h)) / 3;
}

/// Tensors like those of a state of these networks.
StateTensors emptyState(const net::Generator& generator, const net::Discriminator& discriminator) {
    StateTensors state;
    const auto add = [&](const std::string& network, const std::map<std::string, at::Tensor>& tensors) {
        for (const auto& [name, tensor] : tensors) {
            state[network + '.' + name] = at::empty_like(tensor.detach());
            if (net::Generator::isParameter(name))
                for (const char* moment : {".m", ".v"})
                    state[network + "-adam." + name + moment] = at::empty_like(tensor.detach());
        }
    };
    add("generator", generator.tensors());
    add("discriminator", discriminator.tensors());
    for (const auto& [name, tensor] : generator.tensors())
        state["average." + name] = at::empty_like(tensor.detach());
    return state;
}

/// Sizes of the gradients of a first step: Adam's second moments hold 1 % of their squares.
std::map<std::string, at::Tensor> gradientSizes(const std::filesystem::path& file) {
    StateTensors state = emptyState(smallGenerator(), smallDiscriminator());
    readState(file, state);
    std::map<std::string, at::Tensor> sizes;
    for (const auto& [name, tensor] : state)
        if (name.ends_with(".v"))
            sizes[name] = (tensor / 0.01).sqrt();
    return sizes;
}

struct PartialStep {
    StepReport report;
    std::map<std::string, at::Tensor> sizes;
};

PartialStep stepInParts(const std::filesystem::path& data, const std::filesystem::path& file,
                        long largestPart) {
    SessionOptions options = fullRecipe();
    options.largestPart = largestPart;
    TrainingSession session(PackedDataset::open(data), smallGenerator(), smallDiscriminator(), options);
    PartialStep step{.report = session.step()};
    session.save(file);
    step.sizes = gradientSizes(file);
    return step;
}

/// Lengths of a linear map and the gradient of a penalty on them in its matrix.
void examineLinearPaths(PathLengthFacts& facts) {
    // images = ws A: the length is the root of the rows' mean of |A y|^2 / R^2.
    const at::Tensor ws = normal({4, 2, 5}, 1).requires_grad_(true);
    at::Tensor matrix = normal({10, 3 * 16}, 2).requires_grad_(true);
    const at::Tensor images = at::matmul(ws.flatten(1), matrix).view({4, 3, 4, 4});
    const at::Tensor directions = normal(images.sizes(), 3);
    const at::Tensor lengths = pathLengths(images, ws, directions, PathLengthUse::Differentiated);
    const auto expected = [&](const at::Tensor& a) {
        const at::Tensor slopes = at::matmul(directions.flatten(1), a.t()).view({4, 2, 5}) / 4;
        return slopes.square().sum(2).mean(1).sqrt();
    };
    facts.linear = largest(lengths / expected(matrix) - 1);
    const at::Tensor gradient =
        torch::autograd::grad({(lengths - 1).square().sum()}, {matrix}, {}, false, false)[0];
    const at::Tensor step = normal(matrix.sizes(), 4);
    const double slope = (gradient * step).to(at::kDouble).sum().item<double>();
    const double measured = extrapolated(
        [&](double h) {
            const at::Tensor moved = (matrix.detach() + step * h).to(at::kFloat);
            return (expected(moved).to(at::kDouble) - 1).square().sum().item<double>();
        },
        0.01);
    facts.slope = std::abs(slope - measured) / std::abs(measured);
}

/// The penalty's gradients in a generator, from its two forms.
void comparePathGradients(PathLengthFacts& facts) {
    // Activations with a kink make the lengths of a network jump, so that differences say nothing; but the
    // plain operations have derivatives of their own.
    net::Generator generator = smallGenerator();
    for (auto& [name, tensor] : generator.tensors())
        if (name.ends_with("noise_strength"))
            tensor.zero_();
    const at::Tensor z = normal({4, kSmall.zDim}, 5), along = normal({4, 3, 16, 16}, 6);
    std::vector<at::Tensor> parameters;
    for (auto& [name, tensor] : generator.tensors())
        if (net::Generator::isParameter(name) && !name.ends_with("noise_strength"))
            parameters.push_back(tensor.requires_grad_(true));
    const auto gradientsOf = [&](const auto& synthesis) {
        const at::Tensor rows = generator.broadcast(generator.map(z));
        const at::Tensor own = pathLengths(synthesis(rows), rows, along, PathLengthUse::Differentiated);
        facts.ofLatents = own.mean().item<double>();
        return torch::autograd::grad({(own - 0.5).square().sum()}, parameters, {}, false, false, true);
    };
    const auto fast = gradientsOf(
        [&](const at::Tensor& rows) { return synthesizeForTraining(generator, rows, {.seed = 7}, {}); });
    const auto plain = gradientsOf([&](const at::Tensor& rows) {
        return generator.synthesize(rows, {.noise = net::Noise::None, .execution = net::Execution::Training});
    });
    facts.ofForms = 0;
    for (std::size_t i = 0; i < plain.size(); ++i)
        if (plain[i].defined() || fast[i].defined())
            facts.ofForms =
                std::max(facts.ofForms, largest(fast[i] - plain[i]) / std::max(largest(plain[i]), 1e-6));
}

} // namespace

PathLengthFacts examinePathLength() {
    PathLengthFacts facts;
    examineLinearPaths(facts);
    comparePathGradients(facts);
    return facts;
}

PartFacts examineParts(const std::filesystem::path& data, const std::filesystem::path& folder) {
    PartFacts facts{.generator = 0, .discriminator = 0, .losses = 0};
    const PartialStep whole = stepInParts(data, folder / "whole", 0);
    for (const long part : {4L, 12L}) { // twelve: parts of different sizes
        const PartialStep own = stepInParts(data, folder / "parts", part);
        for (const auto& [name, size] : whole.sizes) {
            double& worst = name.starts_with("generator") ? facts.generator : facts.discriminator;
            worst = std::max(worst, largest(own.sizes.at(name) - size) / std::max(largest(size), 1e-6));
        }
        const auto compare = [&](double a, double b) {
            facts.losses = std::max(facts.losses, std::abs(a - b) / std::max(std::abs(b), 1e-6));
        };
        compare(own.report.generatorLoss, whole.report.generatorLoss);
        compare(own.report.discriminatorLoss, whole.report.discriminatorLoss);
        compare(own.report.r1, whole.report.r1);
        compare(own.report.pathLength, whole.report.pathLength);
        compare(own.report.realSign, whole.report.realSign);
    }
    const std::vector<at::Tensor> parts = partsOfBatch(16, 4, 8);
    // Groups of 16 are {i, i + 4, i + 8, i + 12}; of a part of 8 every second sample.
    const std::vector<long> expected{0, 1, 4, 5, 8, 9, 12, 13};
    facts.isOrderKept = parts.size() == 2;
    for (std::size_t i = 0; i < expected.size(); ++i)
        facts.isOrderKept = facts.isOrderKept && parts[0][static_cast<long>(i)].item<long>() == expected[i];
    return facts;
}

FrozenFacts examineFrozenLayers(const std::filesystem::path& data) {
    SessionOptions options = fullRecipe();
    options.frozenLayers = 3; // the whole first block but its skip: fromrgb, conv0, conv1
    const net::Discriminator start = smallDiscriminator();
    std::map<std::string, at::Tensor> before;
    for (const auto& [name, tensor] : start.tensors())
        before[name] = tensor.clone();
    TrainingSession session(PackedDataset::open(data), smallGenerator(), smallDiscriminator(), options);
    session.step();
    session.step();
    FrozenFacts facts{.areFrozenEqual = true, .areOthersMoved = true};
    for (const auto& [name, tensor] : session.discriminator().tensors()) {
        const bool isFrozen = name.starts_with("b16.fromrgb.") || name.starts_with("b16.conv");
        const bool isEqual = at::equal(tensor, before.at(name));
        if (isFrozen)
            facts.areFrozenEqual = facts.areFrozenEqual && isEqual;
        else if (name.ends_with("weight"))
            facts.areOthersMoved = facts.areOthersMoved && !isEqual;
    }
    options.frozenLayers = 8; // two blocks have seven
    try {
        TrainingSession(PackedDataset::open(data), smallGenerator(), smallDiscriminator(), options);
    } catch (const Failure& failure) {
        facts.isExcessRefused = failure.error().code == ErrorCode::InvalidArgument;
    }
    return facts;
}

ReducedFacts examineReducedBlocks() {
    ReducedFacts facts;
    net::Generator generator = smallGenerator();
    const net::Discriminator discriminator = smallDiscriminator();
    const at::Tensor ws = normal({4, generator.spec().mapping.numWs, kSmall.wDim}, 3);
    const at::Tensor shown = normal({8, 3, 16, 16}, 6), weights = normal({4, 3, 16, 16}, 7);
    const TrainingPrecision none{.type = at::kBFloat16, .blocks = 0, .keepsActivations = true};
    const TrainingPrecision two{.type = at::kBFloat16, .blocks = 2, .keepsActivations = true};
    std::vector<at::Tensor> parameters;
    for (auto& [name, tensor] : generator.tensors())
        if (net::Generator::isParameter(name))
            parameters.push_back(tensor.requires_grad_(true));
    const auto images = [&](const TrainingPrecision& precision) {
        return synthesizeForTraining(generator, ws, {.seed = 5}, precision);
    };
    const auto gradients = [&](const TrainingPrecision& precision) {
        return torch::autograd::grad({(images(precision) * weights).sum()}, parameters, {}, false, false,
                                     true);
    };
    const auto scores = [&](const TrainingPrecision& precision) {
        return scoreForTraining(discriminator, shown, precision).detach();
    };
    facts.isPlainWithoutBlocks = at::equal(images(none), images({})) && at::equal(scores(none), scores({}));
    facts.images = largest(images(two) - images({})) / largest(images({}));
    facts.scores = largest(scores(two) - scores({})) / largest(scores({}));
    const auto plain = gradients({}), reduced = gradients(two);
    double sum = 0;
    long count = 0;
    for (std::size_t i = 0; i < plain.size(); ++i)
        if (plain[i].defined() && plain[i].numel() > 1) {
            const at::Tensor a = plain[i].flatten(), b = reduced[i].flatten();
            const double cosine = (at::dot(a, b) / (a.norm() * b.norm())).item<double>();
            sum += std::sqrt(std::max(0.0, 1 - cosine * cosine));
            ++count;
        }
    facts.gradients = sum / static_cast<double>(count);
    return facts;
}

} // namespace cameo::test
