// SPDX-License-Identifier: Apache-2.0
#include "core/train/training_session.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/train/training_networks.h"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace cameo::train {
namespace {

// Above, colours and shifts would leak into what the generator makes (Karras et al. 2020, ADA, section 2.1).
constexpr double kAdaptLimit = 0.85;
constexpr double kMeanWDecay = 0.998; // per step: NVIDIA's 0.995 at batch 32 to 64, for smaller batches

std::map<std::string, at::Tensor> parametersOf(std::map<std::string, at::Tensor>& tensors) {
    std::map<std::string, at::Tensor> parameters;
    for (auto& [name, tensor] : tensors)
        if (net::Generator::isParameter(name))
            parameters[name] = tensor.requires_grad_(true);
    return parameters;
}

/// Convolution kernels in the layout that the convolutions read, so that no step converts them.
void useTrainingLayout(std::map<std::string, at::Tensor>& tensors) {
    for (auto& [name, tensor] : tensors)
        if (tensor.dim() == 4 && tensor.device().is_cpu())
            tensor = tensor.contiguous(at::MemoryFormat::ChannelsLast);
}

net::Generator prepared(net::Generator generator) {
    useTrainingLayout(generator.tensors());
    return generator;
}

net::Discriminator prepared(net::Discriminator discriminator) {
    useTrainingLayout(discriminator.tensors());
    return discriminator;
}

double meanSign(const at::Tensor& scores) {
    return scores.detach().sign().mean().item<double>();
}

} // namespace

/// Pairs of latents and the rows of ws that come from the second of a pair.
struct TrainingSession::Latents {
    at::Tensor first, second; // [N, zDim]
    at::Tensor isSecond;      // [N, rows, 1]
};

/// Everything that one step draws, for the whole batch.
struct TrainingSession::Batch {
    at::Tensor real;
    Latents latents;
    std::uint64_t noiseSeed = 0;
    AugmentationPlan forFake, forReal;
    bool isPenalised = false;
};

/// Means over a part of the batch, weighted with its share.
struct TrainingSession::Losses {
    at::Tensor generator, discriminator, penalty, realScores, fakeScores, meanW;
    double share = 1;
};

TrainingSession::TrainingSession(PackedDataset data, net::Generator generator,
                                 net::Discriminator discriminator, const SessionOptions& options)
    : m_data(std::move(data)),
      m_generator(prepared(std::move(generator))),
      m_average(prepared(net::Generator::fromRecord(m_generator.toRecord(), m_generator.device()))),
      m_discriminator(prepared(std::move(discriminator))),
      m_options(options),
      m_generatorAdam(parametersOf(m_generator.tensors())),
      m_discriminatorAdam(parametersOf(m_discriminator.tensors())),
      m_augmentProbability(options.augmentation.probability) {
    freezeLayers();
}

void TrainingSession::freezeLayers() {
    if (m_options.frozenLayers <= 0)
        return;
    std::vector<std::string> layers;
    for (const checkpoint::DiscriminatorBlockSpec& block : m_discriminator.spec().blocks) {
        if (block.fromRgb)
            layers.push_back(block.fromRgb->name);
        layers.insert(layers.end(), {block.conv0.name, block.conv1.name});
        if (block.skip)
            layers.push_back(block.skip->name);
    }
    const std::size_t count = static_cast<std::size_t>(m_options.frozenLayers);
    if (count > layers.size())
        throw Failure(ErrorCode::InvalidArgument,
                      cat("freeze-d is ", count, " but the discriminator has ", layers.size(),
                          " layers before its last ones"),
                      cat("Choose at most ", layers.size()));
    for (auto& [name, tensor] : m_discriminator.tensors())
        for (std::size_t i = 0; i < count; ++i)
            if (name.starts_with(layers[i] + "."))
                tensor.requires_grad_(false);
}

at::Generator TrainingSession::random(Stream stream) const {
    const std::uint64_t seed = mixKeys(m_options.seed, static_cast<std::uint64_t>(m_rollBacks));
    return stepGenerator(seed, static_cast<std::uint64_t>(m_steps), stream);
}

at::Tensor TrainingSession::realBatch() const {
    const long count = m_data.count(), side = m_data.side(), channels = m_data.channels();
    const at::Tensor bytes = at::empty({m_options.batch, channels, side, side}, at::kByte);
    auto* out = bytes.data_ptr<std::uint8_t>();
    at::Tensor order;
    long epoch = -1;
    for (long i = 0; i < m_options.batch; ++i) {
        // Every image once per epoch, in an order of its own.
        const long position = m_images + i;
        if (position / count != epoch) {
            epoch = position / count;
            order = at::randperm(
                count, stepGenerator(m_options.seed, static_cast<std::uint64_t>(epoch), Stream::Order),
                at::kLong);
        }
        const auto image = m_data.image(order.data_ptr<std::int64_t>()[position % count]);
        out = std::copy(image.begin(), image.end(), out);
    }
    const at::Tensor images = bytes.to(m_generator.device()).to(at::kFloat) / 127.5 - 1;
    return m_options.mirror ? mirrorSome(images, random(Stream::Mirror)) : images;
}

TrainingSession::Latents TrainingSession::drawLatents(long count, at::Generator latents,
                                                      at::Generator mixing) const {
    const checkpoint::MappingSpec& mapping = m_generator.spec().mapping;
    const at::Device device = m_generator.device();
    const long rows = mapping.numWs;
    const at::Tensor z = at::randn({2 * count, mapping.zDim}, latents, at::kFloat).to(device);
    const at::Tensor crossover = at::randint(1, rows, {count, 1, 1}, mixing, at::kLong);
    const at::Tensor isMixed = at::rand({count, 1, 1}, mixing, at::kFloat).lt(m_options.mixing);
    const at::Tensor row = at::arange(rows, at::kLong).view({1, rows, 1});
    return {.first = z.narrow(0, 0, count),
            .second = z.narrow(0, count, count),
            .isSecond = row.ge(crossover).logical_and(isMixed).to(device)};
}

TrainingSession::Batch TrainingSession::drawBatch() const {
    Batch batch{.real = realBatch(),
                .latents = drawLatents(m_options.batch, random(Stream::Latents), random(Stream::Mixing)),
                .noiseSeed = mixKeys(random(Stream::Noise).current_seed(), 0),
                .isPenalised = m_options.r1 > 0 && m_steps % m_options.r1Interval == 0};
    Augmentation augmentation = m_options.augmentation;
    augmentation.probability = m_augmentProbability;
    const BatchShape shape{
        .count = m_options.batch, .channels = batch.real.size(1), .side = batch.real.size(2)};
    // Shared, so that real and generated images get different draws.
    at::Generator draws = random(Stream::Augment);
    batch.forFake = planAugmentation(shape, augmentation, draws);
    batch.forReal = planAugmentation(shape, augmentation, draws);
    return batch;
}

at::Tensor TrainingSession::styles(const Latents& latents, const at::Tensor& part, at::Tensor* meanW) const {
    const at::Tensor first = rowsOf(latents.first, part), second = rowsOf(latents.second, part);
    const at::Tensor w = m_generator.map(at::cat({first, second}));
    const long count = first.size(0);
    if (meanW)
        *meanW = w.detach().mean(0);
    return at::where(rowsOf(latents.isSecond, part), w.narrow(0, count, count).unsqueeze(1),
                     w.narrow(0, 0, count).unsqueeze(1));
}

TrainingSession::Losses TrainingSession::losses(const Batch& batch, const at::Tensor& part) const {
    Losses losses;
    const auto planOf = [&](const AugmentationPlan& plan) {
        return part.defined() ? plan.select(part) : plan;
    };
    const at::Tensor ws = styles(batch.latents, part, &losses.meanW);
    losses.share = static_cast<double>(ws.size(0)) / static_cast<double>(m_options.batch);
    const at::Tensor fake = synthesizeForTraining(
        m_generator, ws, {.seed = batch.noiseSeed, .batch = m_options.batch, .rows = part},
        m_options.precision);
    losses.fakeScores =
        scoreForTraining(m_discriminator, augment(fake, planOf(batch.forFake)), m_options.precision);
    losses.generator = at::softplus(-losses.fakeScores).mean() * losses.share;

    // The slope is taken where the image enters, so that the penalty sees the augmentation as a part of the
    // discriminator, as in Karras et al. 2020 (ADA). In float32: second derivatives are small.
    at::Tensor real = rowsOf(batch.real, part).detach();
    real.requires_grad_(batch.isPenalised);
    losses.realScores = scoreForTraining(m_discriminator, augment(real, planOf(batch.forReal)),
                                         batch.isPenalised ? TrainingPrecision{} : m_options.precision);
    // The generated images of the generator's step serve the discriminator too: both networks move at once,
    // which saves a synthesis and a pass through the discriminator.
    losses.discriminator =
        (at::softplus(losses.fakeScores).mean() + at::softplus(-losses.realScores).mean()) * losses.share;
    if (batch.isPenalised) {
        const at::Tensor slope = torch::autograd::grad({losses.realScores.sum()}, {real}, {}, true, true)[0];
        losses.penalty = slope.square().sum({1, 2, 3}).mean() * losses.share;
        const double weight = m_options.r1 / 2 * static_cast<double>(m_options.r1Interval);
        losses.discriminator = losses.discriminator + losses.penalty * weight;
    }
    return losses;
}

void TrainingSession::addPathLength(GradientSum& gradients, StepReport& report, double& mean) const {
    const PathLengthOptions& path = m_options.path;
    const long count = std::max(1L, m_options.batch / path.shrink);
    const long side = m_generator.spec().resolution, channels = m_generator.spec().imageChannels;
    at::Generator draws = random(Stream::Path);
    const std::uint64_t noiseSeed = mixKeys(draws.current_seed(), 1);
    const Latents latents = drawLatents(count, draws, draws);
    const at::Tensor directions = at::randn({count, channels, side, side}, draws, at::kFloat);
    const auto lengths = [&](const at::Tensor& part, PathLengthUse use) {
        const at::Tensor ws = styles(latents, part);
        const at::Tensor images = synthesizeForTraining(
            m_generator, ws, {.seed = noiseSeed, .batch = count, .rows = part}, TrainingPrecision{});
        return pathLengths(images, ws, rowsOf(directions, part).to(images.device()), use);
    };
    // The running mean moves before it is used and is a constant to the penalty: of a batch in parts, all
    // lengths must be known first.
    const std::vector<at::Tensor> parts = partsOfBatch(count, 1, m_options.largestPart);
    at::Tensor whole;
    if (parts.size() == 1) {
        whole = lengths({}, PathLengthUse::Differentiated);
    } else {
        std::vector<at::Tensor> measured;
        for (const at::Tensor& part : parts)
            measured.push_back(lengths(part, PathLengthUse::Measured).detach());
        whole = at::cat(measured);
    }
    report.pathLength = whole.detach().mean().item<double>();
    mean += path.decay * (report.pathLength - mean);
    const double weight = path.weight * static_cast<double>(path.interval) / static_cast<double>(count);
    for (const at::Tensor& part : parts) {
        const at::Tensor own = parts.size() == 1 ? whole : lengths(part, PathLengthUse::Differentiated);
        gradients.add((own - mean).square().sum() * weight, m_generatorAdam.parameters());
    }
}

StepReport TrainingSession::step() {
    const Batch batch = drawBatch();
    StepReport report{.r1 = batch.isPenalised ? 0.0 : -1.0};
    GradientSum forGenerator, forDiscriminator;
    at::Tensor meanW;
    const long group = comparedSamples(m_discriminator, m_options.batch);
    for (const at::Tensor& part : partsOfBatch(m_options.batch, group, m_options.largestPart)) {
        const Losses losses = this->losses(batch, part);
        report.generatorLoss += losses.generator.item<double>();
        report.discriminatorLoss += losses.discriminator.item<double>();
        if (losses.penalty.defined())
            report.r1 += losses.penalty.item<double>();
        report.realSign += meanSign(losses.realScores) * losses.share;
        report.fakeSign += meanSign(losses.fakeScores) * losses.share;
        report.isFinite = std::isfinite(report.generatorLoss) && std::isfinite(report.discriminatorLoss);
        if (!report.isFinite)
            return report;
        yield();
        forGenerator.add(losses.generator, m_generatorAdam.parameters(), GradientSum::Graph::Kept);
        yield();
        forDiscriminator.add(losses.discriminator, m_discriminatorAdam.parameters());
        const at::Tensor own = losses.meanW * losses.share;
        meanW = meanW.defined() ? meanW + own : own;
    }
    double pathMean = m_pathMean;
    if (m_options.path.weight > 0 && m_steps % m_options.path.interval == 0)
        addPathLength(forGenerator, report, pathMean);
    report.isFinite = forGenerator.isFinite() && forDiscriminator.isFinite();
    if (!report.isFinite)
        return report;
    const AdamOptions adam{.learningRate = m_options.learningRate};
    m_generatorAdam.step(forGenerator.values(), adam);
    m_discriminatorAdam.step(forDiscriminator.values(), adam);
    m_pathMean = pathMean;
    m_images += m_options.batch;
    ++m_steps;
    updateAverage(meanW);
    adapt(report.realSign);
    return report;
}

void TrainingSession::updateAverage(const at::Tensor& meanW) {
    const c10::AutoGradMode noGraph(false);
    double halfLife = m_options.emaHalfLife;
    if (m_options.isFresh && m_options.emaRamp > 0)
        halfLife = std::min(halfLife, m_options.emaRamp * static_cast<double>(m_images));
    const double decay = std::exp2(-static_cast<double>(m_options.batch) / std::max(halfLife, 1e-8));
    if (m_generator.spec().mapping.hasWAvg)
        m_generator.tensors().at("mapping.w_avg").lerp_(meanW, 1 - kMeanWDecay);
    for (auto& [name, tensor] : m_average.tensors()) {
        const at::Tensor& live = m_generator.tensors().at(name);
        if (net::Generator::isParameter(name))
            tensor.lerp_(live, 1 - decay);
        else
            tensor.copy_(live);
    }
    m_average.parametersChanged();
}

void TrainingSession::adapt(double realSign) {
    m_signSum += realSign;
    if (m_steps % m_options.adaptInterval != 0)
        return;
    const double mean = m_signSum / static_cast<double>(m_options.adaptInterval);
    m_signSum = 0;
    if (m_options.augmentTarget <= 0)
        return;
    const double change =
        static_cast<double>(m_options.batch * m_options.adaptInterval) / m_options.adaptImages;
    const double direction = mean > m_options.augmentTarget ? 1 : -1;
    m_augmentProbability = std::clamp(m_augmentProbability + direction * change, 0.0, kAdaptLimit);
}

StateTensors TrainingSession::stateTensors() const {
    StateTensors state;
    const auto add = [&state](const std::string& prefix, const std::map<std::string, at::Tensor>& tensors) {
        for (const auto& [name, tensor] : tensors)
            state[prefix + name] = tensor.detach();
    };
    add("generator.", m_generator.tensors());
    add("average.", m_average.tensors());
    add("discriminator.", m_discriminator.tensors());
    add("generator-adam.", m_generatorAdam.moments());
    add("discriminator-adam.", m_discriminatorAdam.moments());
    return state;
}

void TrainingSession::save(const std::filesystem::path& file) const {
    writeState(file, stateTensors(),
               Json::object({{"images", m_images},
                             {"steps", m_steps},
                             {"roll-backs", m_rollBacks},
                             {"augment-probability", m_augmentProbability},
                             {"sign-sum", m_signSum},
                             {"path-length-mean", m_pathMean},
                             {"began-fresh", m_options.isFresh},
                             {"generator-updates", m_generatorAdam.steps()},
                             {"discriminator-updates", m_discriminatorAdam.steps()}}));
}

void TrainingSession::load(const std::filesystem::path& file) {
    StateTensors tensors = stateTensors();
    const Json counters = readState(file, tensors);
    m_images = counters.at("images").asInteger();
    m_steps = counters.at("steps").asInteger();
    m_rollBacks = counters.at("roll-backs").asInteger();
    if (m_options.augmentTarget > 0) // a fixed probability is the caller's choice, also on a resume
        m_augmentProbability = counters.at("augment-probability").asDouble();
    m_signSum = counters.at("sign-sum").asDouble();
    const Json* pathMean = counters.find("path-length-mean"); // states of older versions have none
    m_pathMean = pathMean ? pathMean->asDouble() : 0;
    m_options.isFresh = counters.at("began-fresh").asBool();
    m_generatorAdam.setSteps(counters.at("generator-updates").asInteger());
    m_discriminatorAdam.setSteps(counters.at("discriminator-updates").asInteger());
    m_average.parametersChanged();
}

void TrainingSession::rollBack(const std::filesystem::path& file) {
    const long rollBacks = m_rollBacks + 1;
    load(file);
    m_rollBacks = rollBacks;
}

} // namespace cameo::train
