// SPDX-License-Identifier: Apache-2.0
#include "core/train/training_session.h"

#include "core/train/training_networks.h"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace cameo::train {
namespace {

// Adaptation as in Karras et al. 2020, ADA: every 4 steps, from 0 to 1 in 500 thousand images; above 0.85
// colours and shifts would leak into what the generator makes.
constexpr long kAdaptInterval = 4;
constexpr double kAdaptImages = 500e3;
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

bool allFinite(const std::vector<at::Tensor>& gradients) {
    std::vector<at::Tensor> sums;
    for (const at::Tensor& gradient : gradients)
        if (gradient.defined())
            sums.push_back(gradient.sum());
    return at::isfinite(at::stack(sums)).all().item<bool>();
}

} // namespace

struct TrainingSession::Losses {
    at::Tensor generator, discriminator, penalty, realScores, fakeScores, meanW;
};

TrainingSession::TrainingSession(PackedDataset data, net::Generator generator,
                                 net::Discriminator discriminator, const SessionOptions& options)
    : m_data(std::move(data)),
      m_generator(prepared(std::move(generator))),
      m_average(net::Generator::fromRecord(m_generator.toRecord(), m_generator.device())),
      m_discriminator(prepared(std::move(discriminator))),
      m_options(options),
      m_generatorAdam(parametersOf(m_generator.tensors())),
      m_discriminatorAdam(parametersOf(m_discriminator.tensors())),
      m_augmentProbability(options.augmentation.probability) {}

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

at::Tensor TrainingSession::mixedStyles(at::Tensor& meanW) const {
    const checkpoint::MappingSpec& mapping = m_generator.spec().mapping;
    const long batch = m_options.batch, rows = mapping.numWs;
    const at::Tensor z = at::randn({2 * batch, mapping.zDim}, random(Stream::Latents), at::kFloat);
    const at::Tensor w = m_generator.map(z.to(m_generator.device()));
    meanW = w.detach().mean(0);
    at::Generator draws = random(Stream::Mixing);
    const at::Tensor crossover = at::randint(1, rows, {batch, 1, 1}, draws, at::kLong);
    const at::Tensor isMixed = at::rand({batch, 1, 1}, draws, at::kFloat).lt(m_options.mixing);
    const at::Tensor row = at::arange(rows, at::kLong).view({1, rows, 1});
    const at::Tensor isSecond = row.ge(crossover).logical_and(isMixed).to(m_generator.device());
    return at::where(isSecond, w.narrow(0, batch, batch).unsqueeze(1), w.narrow(0, 0, batch).unsqueeze(1));
}

TrainingSession::Losses TrainingSession::losses(const at::Tensor& real) const {
    Losses losses;
    Augmentation augmentation = m_options.augmentation;
    augmentation.probability = m_augmentProbability;
    at::Generator draws =
        random(Stream::Augment); // shared, so that real and generated images get different draws
    const at::Tensor ws = mixedStyles(losses.meanW);
    const std::uint64_t noiseSeed = mixKeys(random(Stream::Noise).current_seed(), 0);
    const at::Tensor fake = synthesizeForTraining(m_generator, ws, noiseSeed, m_options.precision);
    losses.fakeScores =
        scoreForTraining(m_discriminator, augment(fake, augmentation, draws), m_options.precision);
    losses.generator = at::softplus(-losses.fakeScores).mean();

    const bool isPenalised = m_options.r1 > 0 && m_steps % m_options.r1Interval == 0;
    at::Tensor shown = augment(real, augmentation, draws).detach();
    shown.requires_grad_(isPenalised);
    losses.realScores =
        scoreForTraining(m_discriminator, shown, isPenalised ? at::kFloat : m_options.precision);
    // The generated images of the generator's step serve the discriminator too: both networks move at once,
    // which saves a synthesis and a pass through the discriminator.
    losses.discriminator = at::softplus(losses.fakeScores).mean() + at::softplus(-losses.realScores).mean();
    if (isPenalised) {
        const at::Tensor slope = torch::autograd::grad({losses.realScores.sum()}, {shown}, {}, true, true)[0];
        losses.penalty = slope.square().sum({1, 2, 3}).mean();
        const double weight = m_options.r1 / 2 * static_cast<double>(m_options.r1Interval);
        losses.discriminator = losses.discriminator + losses.penalty * weight;
    }
    return losses;
}

StepReport TrainingSession::step() {
    const Losses losses = this->losses(realBatch());
    StepReport report{.generatorLoss = losses.generator.item<double>(),
                      .discriminatorLoss = losses.discriminator.item<double>(),
                      .r1 = losses.penalty.defined() ? losses.penalty.item<double>() : -1,
                      .realSign = meanSign(losses.realScores),
                      .fakeSign = meanSign(losses.fakeScores)};
    report.isFinite = std::isfinite(report.generatorLoss) && std::isfinite(report.discriminatorLoss);
    if (!report.isFinite)
        return report;
    if (m_options.yieldPoint)
        m_options.yieldPoint();
    // Only what `inputs` ask for is computed: no gradients of the discriminator's weights in the first call,
    // none of the generator in the second.
    const auto forGenerator =
        torch::autograd::grad({losses.generator}, m_generatorAdam.parameters(), {}, true, false, true);
    if (m_options.yieldPoint)
        m_options.yieldPoint();
    const auto forDiscriminator = torch::autograd::grad(
        {losses.discriminator}, m_discriminatorAdam.parameters(), {}, false, false, true);
    report.isFinite = allFinite(forGenerator) && allFinite(forDiscriminator);
    if (!report.isFinite)
        return report;
    AdamOptions adam{.learningRate = m_options.learningRate};
    m_generatorAdam.step(forGenerator, adam);
    m_discriminatorAdam.step(forDiscriminator, adam);
    m_images += m_options.batch;
    ++m_steps;
    updateAverage(losses.meanW);
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
    if (m_steps % kAdaptInterval != 0)
        return;
    const double mean = m_signSum / kAdaptInterval;
    m_signSum = 0;
    if (m_options.augmentTarget <= 0)
        return;
    const double change = static_cast<double>(m_options.batch * kAdaptInterval) / kAdaptImages;
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
