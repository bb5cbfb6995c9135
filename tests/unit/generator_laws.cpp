// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/generator_laws.h"

#include "core/base/error.h"
#include "core/base/numpy_random.h"
#include "core/checkpoint/checkpoint.h"
#include "core/net/blas.h"
#include "core/net/discriminator.h"
#include "core/net/generator.h"
#include "core/net/ops.h"
#include "core/net/packed_convolution.h"
#include "core/net/synthesis.h"

#include <limits>

namespace cameo::test {

namespace {

using net::Discriminator;
using net::Execution;
using net::Generator;
using net::Noise;
using net::SynthesisOptions;

constexpr long latentSize = 32;

checkpoint::ChannelOptions channels(const SmallNetwork& network) {
    checkpoint::ChannelOptions options;
    options.resolution = network.resolution;
    options.channelBase = network.channelBase;
    options.channelMax = network.channelMax;
    options.zDim = options.wDim = latentSize;
    options.cDim = network.classes;
    options.mappingLayers = 2;
    return options;
}

checkpoint::GeneratorSpec generatorSpec(const SmallNetwork& network) {
    checkpoint::GeneratorSpec spec = checkpoint::standardGeneratorSpec(channels(network));
    if (network.architecture == "resnet")
        spec.architecture = checkpoint::Architecture::ResNet;
    else if (network.architecture == "orig")
        spec.architecture = checkpoint::Architecture::Orig;
    for (checkpoint::SynthesisBlockSpec& block : spec.blocks) {
        block.hasSkip = network.architecture == "resnet" && block.conv0;
        if (network.architecture != "skip" && block.resolution != network.resolution)
            block.toRgb.reset();
        if (network.clamp == 0)
            continue;
        if (block.conv0)
            block.conv0->convClamp = network.clamp;
        block.conv1.convClamp = network.clamp;
        if (block.toRgb)
            block.toRgb->convClamp = network.clamp;
    }
    return spec;
}

/// Numbers that a trained network has and a fresh one has not: biases, strengths of noise.
void roughen(std::map<std::string, at::Tensor>& tensors) {
    for (auto& [name, tensor] : tensors) {
        if (name.ends_with("noise_strength"))
            tensor.fill_(0.3);
        else if (name.ends_with("bias"))
            tensor.add_(net::normalTensor(5, name, tensor.sizes(), at::kCPU) * 0.2);
    }
}

Generator makeGenerator(const SmallNetwork& network) {
    Generator generator = Generator::initialised(generatorSpec(network), 3, at::kCPU);
    roughen(generator.tensors());
    return generator;
}

Discriminator makeDiscriminator(const SmallNetwork& network) {
    Discriminator discriminator =
        Discriminator::initialised(checkpoint::standardDiscriminatorSpec(channels(network)), 4, at::kCPU);
    roughen(discriminator.tensors());
    return discriminator;
}

at::Tensor labels(const SmallNetwork& network, long batch) {
    if (network.classes == 0)
        return {};
    return at::one_hot(at::arange(batch) % network.classes, network.classes).to(at::kFloat);
}

at::Tensor rows(const Generator& generator, const SmallNetwork& network, long batch,
                const std::string& name = "z") {
    const at::Tensor z = net::normalTensor(9, name, {batch, latentSize}, at::kCPU);
    return generator.broadcast(generator.map(z, labels(network, batch)));
}

double difference(const at::Tensor& a, const at::Tensor& b) {
    if (a.sizes() != b.sizes())
        return std::numeric_limits<double>::infinity();
    const at::Tensor x = a.detach().to(at::kDouble), y = b.detach().to(at::kDouble);
    return (x - y).abs().max().item<double>() / y.abs().max().item<double>();
}

SynthesisOptions training() {
    SynthesisOptions options;
    options.execution = Execution::Training;
    return options;
}

/// The derivative of `f` along `directions` by central differences of two widths, extrapolated (Richardson):
/// the error falls with the fourth power of the step, which may therefore be so wide that the rounding of
/// float32 hardly shows, whatever kernels the processor gets.
double numericDerivative(const std::vector<at::Tensor>& tensors, const std::vector<at::Tensor>& directions,
                         const std::function<at::Tensor()>& f) {
    std::vector<at::Tensor> origin;
    for (const at::Tensor& tensor : tensors)
        origin.push_back(tensor.detach().clone());
    const auto valueAt = [&](double by) {
        for (std::size_t i = 0; i < tensors.size(); ++i)
            tensors[i].data().copy_(origin[i] + directions[i] * by);
        return f().item<double>();
    };
    constexpr double step = 8e-3;
    const auto central = [&](double h) { return (valueAt(h) - valueAt(-h)) / (2 * h); };
    const double derivative = (4 * central(step / 2) - central(step)) / 3;
    valueAt(0);
    return derivative;
}

/// |analytic - numeric| / |numeric| of the derivatives of `f` along random directions of `tensors`. Several
/// directions together, since the derivative along one may happen to be next to nothing.
double directionalError(const std::vector<at::Tensor>& tensors, const std::function<at::Tensor()>& f) {
    for (at::Tensor tensor : tensors)
        tensor.requires_grad_(true);
    f().backward();
    double distance = 0, length = 0;
    for (int round = 0; round < 4; ++round) {
        std::vector<at::Tensor> directions;
        double analytic = 0;
        for (const at::Tensor& tensor : tensors) {
            const std::string name = std::to_string(round) + "/" + std::to_string(directions.size());
            directions.push_back(net::normalTensor(21, name, tensor.sizes(), at::kCPU));
            if (tensor.grad().defined())
                analytic += (tensor.grad() * directions.back()).sum().item<double>();
        }
        const double numeric = numericDerivative(tensors, directions, f);
        distance += (analytic - numeric) * (analytic - numeric);
        length += numeric * numeric;
    }
    return std::sqrt(distance / length);
}

/// Without the kinks of its activation a network has derivatives that finite differences measure to a per
/// mille.
Generator makeSmoothGenerator(const SmallNetwork& network) {
    checkpoint::GeneratorSpec spec = generatorSpec(network);
    for (checkpoint::SynthesisBlockSpec& block : spec.blocks) {
        block.conv1.leakyRelu = false;
        if (block.conv0)
            block.conv0->leakyRelu = false;
    }
    Generator generator = Generator::initialised(spec, 3, at::kCPU);
    roughen(generator.tensors());
    return generator;
}

std::vector<at::Tensor> parameters(const std::map<std::string, at::Tensor>& tensors,
                                   const std::string& prefix) {
    std::vector<at::Tensor> found;
    for (const auto& [name, tensor] : tensors)
        if (name.starts_with(prefix) && Generator::isParameter(name))
            found.push_back(tensor);
    return found;
}

at::Tensor weighted(const at::Tensor& image) {
    return (image.to(at::kDouble) * net::normalTensor(31, "weights", image.sizes(), at::kCPU)).sum();
}

} // namespace

double inferenceFromTraining(const SmallNetwork& network, long batch) {
    const Generator generator = makeGenerator(network);
    const at::Tensor ws = rows(generator, network, batch).detach();
    std::vector<std::vector<at::Tensor>> runs;
    for (const Execution execution : {Execution::Inference, Execution::Training}) {
        std::vector<at::Tensor>& seen = runs.emplace_back();
        SynthesisOptions options;
        options.execution = execution;
        options.onBlock = [&](long, const net::Features& features) {
            for (const at::Tensor& tensor : {features.conv0, features.conv1, features.toRgb, features.image})
                if (tensor.defined())
                    seen.push_back(tensor.detach().clone());
        };
        seen.push_back(generator.synthesize(ws, options).detach());
    }
    if (runs[0].size() != runs[1].size())
        return std::numeric_limits<double>::infinity();
    double largest = 0;
    for (std::size_t i = 0; i < runs[0].size(); ++i)
        largest = std::max(largest, difference(runs[0][i], runs[1][i]));
    return largest;
}

double bfloat16FromFloat(const SmallNetwork& network) {
    const Generator generator = makeGenerator(network);
    const at::Tensor ws = rows(generator, network, 2);
    SynthesisOptions options;
    options.precision = at::kBFloat16;
    return difference(generator.synthesize(ws, options), generator.synthesize(ws));
}

double batchOfTwoFromTwoOfOne(const SmallNetwork& network, const std::string& noise) {
    const Generator generator = makeGenerator(network);
    const at::Tensor ws = rows(generator, network, 2);
    SynthesisOptions options;
    options.noise = noise == "none" ? Noise::None : noise == "random" ? Noise::Random : Noise::Const;
    options.noiseSeed = 17;
    const at::Tensor both = generator.synthesize(ws, options);
    const at::Tensor second = generator.synthesize(ws.narrow(0, 1, 1), options);
    const at::Tensor first = generator.synthesize(ws.narrow(0, 0, 1), options);
    return difference(both, at::cat({first, second}));
}

double continuedFromWhole(const SmallNetwork& network, std::size_t lastCoarseBlock, bool useBFloat16) {
    const Generator generator = makeGenerator(network);
    const at::Tensor coarse = rows(generator, network, 1), fine = rows(generator, network, 2, "fine");
    SynthesisOptions options;
    options.precision = useBFloat16 ? at::kBFloat16 : at::kFloat;
    const at::Tensor whole = generator.synthesize(coarse, options).clone();
    options.lastBlock = lastCoarseBlock;
    const net::SynthesisState state = generator.advance({}, coarse, options);
    options.lastBlock = std::numeric_limits<std::size_t>::max();
    const at::Tensor continued = generator.advance(state, coarse, options).image.clone();
    const at::Tensor both =
        generator.advance(state, fine, options).image.clone(); // the state serves two variants
    std::vector<at::Tensor> single;
    for (long i = 0; i < 2; ++i)
        single.push_back(generator.advance(state, fine.narrow(0, i, 1), options).image.clone());
    return std::max(difference(continued, whole), difference(both, at::cat(single)));
}

double earlierRowsMatter(const SmallNetwork& network, std::size_t block) {
    const Generator generator = makeGenerator(network);
    const at::Tensor ws = rows(generator, network, 1);
    SynthesisOptions options;
    options.lastBlock = block - 1;
    const net::SynthesisState state = generator.advance({}, ws, options);
    options.lastBlock = std::numeric_limits<std::size_t>::max();
    at::Tensor changed = ws.clone();
    changed.narrow(1, 0, generator.firstRow(block)).fill_(7);
    return difference(generator.advance(state, changed, options).image,
                      generator.advance(state, ws, options).image);
}

double randomNoiseDifference(const SmallNetwork& network, unsigned first, unsigned second) {
    const Generator generator = makeGenerator(network);
    const at::Tensor ws = rows(generator, network, 1);
    SynthesisOptions options;
    options.noise = Noise::Random;
    options.noiseSeed = first;
    const at::Tensor a = generator.synthesize(ws, options);
    options.noiseSeed = second;
    return difference(generator.synthesize(ws, options), a);
}

int blocksBeforeStop(const SmallNetwork& network, int at) {
    const Generator generator = makeGenerator(network);
    std::stop_source source;
    int blocks = 0;
    SynthesisOptions options;
    options.stop = source.get_token();
    options.onBlock = [&](long, const net::Features&) {
        if (++blocks == at)
            source.request_stop();
    };
    try {
        generator.synthesize(rows(generator, network, 1), options);
    } catch (const Failure& failure) {
        return failure.error().code == ErrorCode::Cancelled ? blocks : -1;
    }
    return -1;
}

double generatorGradientError(const SmallNetwork& network) {
    const Generator generator = makeSmoothGenerator(network);
    const at::Tensor z = net::normalTensor(9, "z", {2, latentSize}, at::kCPU);
    return directionalError(parameters(generator.tensors(), "synthesis."), [&] {
        return weighted(
            generator.synthesize(generator.broadcast(generator.map(z, labels(network, 2))), training()));
    });
}

double latentGradientError(const SmallNetwork& network) {
    const Generator generator = makeSmoothGenerator(network);
    const at::Tensor ws = rows(generator, network, 1).detach();
    return directionalError({ws}, [&] { return weighted(generator.synthesize(ws, training())); });
}

double penaltyGradientError(const SmallNetwork& network) {
    // With kinks in the activation the penalty jumps, which no derivative shows. So does the deviation of two
    // samples, which is the absolute value of their difference: four.
    constexpr long batch = 4;
    checkpoint::DiscriminatorSpec spec = checkpoint::standardDiscriminatorSpec(channels(network));
    for (checkpoint::DiscriminatorBlockSpec& block : spec.blocks) {
        block.conv0.leakyRelu = block.conv1.leakyRelu = false;
        if (block.fromRgb)
            block.fromRgb->leakyRelu = false;
    }
    spec.epilogueConv.leakyRelu = spec.epilogueFc.leakyRelu = false;
    const Discriminator discriminator = Discriminator::initialised(spec, 4, at::kCPU);
    return directionalError(parameters(discriminator.tensors(), "b"), [&] {
        const at::Tensor image =
            net::normalTensor(41, "image", {batch, 3, network.resolution, network.resolution}, at::kCPU);
        image.requires_grad_(true);
        const at::Tensor score = discriminator.score(image, labels(network, batch)).sum();
        score.backward({}, true, true, std::vector<at::Tensor>{image});
        return at::square(image.grad().to(at::kDouble)).sum();
    });
}

double recordRoundTrip(const SmallNetwork& network) {
    const Generator generator = makeGenerator(network);
    const Generator copy = Generator::fromRecord(generator.toRecord(), at::kCPU);
    const at::Tensor ws = rows(generator, network, 1);
    const Discriminator discriminator = makeDiscriminator(network);
    const Discriminator judge = Discriminator::fromRecord(discriminator.toRecord(), at::kCPU);
    const at::Tensor image = generator.synthesize(ws);
    return std::max(
        difference(copy.synthesize(rows(copy, network, 1)), image),
        difference(judge.score(image, labels(network, 1)), discriminator.score(image, labels(network, 1))));
}

double changedParameters(const SmallNetwork& network) {
    Generator generator = makeGenerator(network);
    const at::Tensor ws = rows(generator, network, 1);
    const at::Tensor before = generator.synthesize(ws);
    for (auto& [name, tensor] : generator.tensors())
        if (Generator::isParameter(name))
            tensor.mul_(1.1);
    generator.parametersChanged();
    const at::Tensor after = generator.synthesize(ws);
    if (difference(before, after) < 1e-3)
        return std::numeric_limits<double>::infinity();
    return difference(after, generator.synthesize(ws, training()));
}

double computedMean(const SmallNetwork& network) {
    checkpoint::GeneratorSpec spec = generatorSpec(network);
    spec.mapping.hasWAvg = false;
    const Generator generator = Generator::initialised(spec, 3, at::kCPU);
    const std::vector<double> normal = NumpyRandom(0).randn(4096 * latentSize);
    const at::Tensor z = at::empty({4096, latentSize}, at::kFloat);
    std::copy(normal.begin(), normal.end(), z.data_ptr<float>());
    return difference(generator.meanW(), generator.map(z).mean(0));
}

double packedConvolutionError(const ConvolutionCase& c) {
    const at::NoGradGuard noGradient;
    const at::ScalarType type = c.useBFloat16 ? at::kBFloat16 : at::kFloat;
    const at::Tensor weight = net::normalTensor(1, "weight", {c.outChannels, c.inChannels, 3, 3}, at::kCPU);
    const at::Tensor x =
        net::normalTensor(1, "x", {c.samples, c.inSide, c.inSide, c.inChannels}, at::kCPU).to(type);
    const at::Tensor styles = net::normalTensor(1, "styles", {c.samples, c.inChannels}, at::kCPU);
    const at::Tensor bias = net::normalTensor(1, "bias", {c.outChannels}, at::kCPU);
    const long side = c.inSide * c.up;
    const at::Tensor noise = net::normalTensor(1, "noise", {side, side}, at::kCPU);
    const at::Tensor scale = net::demodulation(weight, styles).contiguous();
    const at::Tensor filter = net::makeFilter({1, 3, 3, 1}, at::kCPU);
    const at::Tensor plain =
        net::modulatedConvolve(x.permute({0, 3, 1, 2}).to(at::kFloat),
                               {.weight = weight, .styles = styles, .up = c.up, .filter = filter});
    const at::Tensor expected = net::activate(plain + noise * 0.5, bias, {.gain = 1.25, .clamp = 2.5});

    const auto form = c.useTiles ? net::PackedConvolution::Form::Tiles : net::PackedConvolution::Form::Direct;
    const net::PackedConvolution packed(weight, {.up = c.up, .inSide = c.inSide, .form = form});
    const at::Tensor out =
        at::full({c.samples, side, side, c.outChannels}, std::nan(""), at::TensorOptions().dtype(type));
    net::Workspace workspace;
    packed.run({.x = x.data_ptr(),
                .storage = c.useBFloat16 ? net::Storage::BFloat16 : net::Storage::Float32,
                .samples = c.samples,
                .styles = styles.data_ptr<float>(),
                .epilogue = {.scale = scale.data_ptr<float>(),
                             .bias = bias.data_ptr<float>(),
                             .noise = noise.data_ptr<float>(),
                             .noiseStrength = 0.5f,
                             .slope = 0.2f,
                             .gain = 1.25f,
                             .limit = 2.5f},
                .taps = {0.25f, 0.75f, 0.75f, 0.25f},
                .out = out.data_ptr()},
               workspace);
    return difference(out.permute({0, 3, 1, 2}), expected);
}

std::string blasKernels() {
    return net::prepareBlas();
}

std::string kernelSet() {
    return net::kernels().name;
}

} // namespace cameo::test
