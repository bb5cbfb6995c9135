// SPDX-License-Identifier: Apache-2.0
#include "core/edit/inversion.h"

#include "core/base/error.h"
#include "core/base/numpy_random.h"
#include "core/base/text.h"
#include "core/edit/inversion_loss.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

namespace cameo::edit {
namespace {

constexpr Parameter table[] = {
    {"steps", "Steps", 1, 10000, 400, 0, "", "Optimiser steps.", "starting value, to be measured"},
    {"learning-rate", "Learning rate", 0.0001, 1, 0.05, 4, "sd", "Step of Adam, in standard deviations of W.",
     "starting value, to be measured"},
    {"pixel-weight", "Pixels", 0, 100, 1, 3, "", "Weight of the pixel differences.",
     "starting value, to be measured"},
    {"feature-weight", "Features", 0, 100, 0.1, 3, "",
     "Weight of the differences between the discriminator's features.", "starting value, to be measured"},
    {"latent-weight", "Usual latents", 0, 10, 0.01, 4, "",
     "Pulls the latent to what the generator knows, for better edits.", "starting value, to be measured"},
    {"spread-weight", "Equal rows", 0, 10, 0.0, 4, "", "Pulls the rows of W+ together, for better edits.",
     "starting value, to be measured"},
    {"levels", "Pyramid levels", 1, 6, 4, 0, "",
     "Sizes at which pixels are compared, each half of the one before.", "starting value, to be measured"},
    {"start-samples", "Start samples", 0, 4096, 256, 0, "",
     "Random faces among which the start is chosen; 0 starts at the mean face.",
     "starting value, to be measured"},
    {"start-psi", "Start truncation", 0, 1, 0.7, 2, "", "Truncation of the random faces.",
     "starting value, to be measured"},
    {"warm-up", "Warm-up", 0, 0.5, 0.05, 2, "", "Share of the steps in which the step width rises.",
     "starting value, to be measured"},
    {"ramp-down", "Ramp-down", 0, 1, 0.5, 2, "", "Share of the steps in which the step width falls.",
     "starting value, to be measured"},
    {"working-size", "Working size", 8, 1024, 256, 0, "px",
     "Larger models are fitted at this size, on their own preview.", "starting value, to be measured"},
    {"picture-interval", "Picture every", 1, 1000, 20, 0, "steps", "How often the picture so far is shown.",
     "starting value, to be measured"},
    {"seed", "Seed", 0, 4294967295.0, 0, 0, "", "Of the random faces.", "starting value, to be measured"},
};

/// Adam with the usual constants (Kingma & Ba 2015); ours because LibTorch's costs a header of ten seconds.
class Adam {
  public:
    explicit Adam(const at::Tensor& variable)
        : m_variable(variable), m_first(at::zeros_like(variable)), m_second(at::zeros_like(variable)) {}

    void step(const at::Tensor& gradient, double rate) {
        ++m_steps;
        m_first.mul_(beta1).add_(gradient, 1 - beta1);
        m_second.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
        const double correction1 = 1 - std::pow(beta1, m_steps), correction2 = 1 - std::pow(beta2, m_steps);
        const at::Tensor denominator = m_second.sqrt().div_(std::sqrt(correction2)).add_(1e-8);
        m_variable.addcdiv_(m_first, denominator, -rate / correction1);
    }

  private:
    static constexpr double beta1 = 0.9, beta2 = 0.999;
    at::Tensor m_variable, m_first, m_second;
    int m_steps = 0;
};

/// Of `count` mapped random latents in equal batches; a row each.
at::Tensor randomW(const net::Generator& generator, long count, std::uint32_t seed) {
    const checkpoint::MappingSpec& mapping = generator.spec().mapping;
    std::vector<double> values = NumpyRandom(seed).randn(static_cast<std::size_t>(count * mapping.zDim));
    const at::Tensor z = at::from_blob(values.data(), {count, mapping.zDim}, at::kDouble).to(at::kFloat);
    at::Tensor classes;
    if (mapping.cDim > 0)
        classes = at::one_hot(at::arange(count, at::kLong) % mapping.cDim, mapping.cDim).to(at::kFloat);
    return generator.map(z.to(generator.device()),
                         classes.defined() ? classes.to(generator.device()) : classes);
}

class Inverter {
  public:
    Inverter(const net::Generator& generator, const InversionTask& task);
    Inversion run();

  private:
    double value(const char* name) const { return parameterValue(table, m_task.parameters, name); }
    long whole(const char* name) const { return static_cast<long>(value(name)); }
    at::Tensor startW() const;
    at::Tensor render(const at::Tensor& ws, net::SynthesisOptions options, long side) const;
    at::Tensor picture(const at::Tensor& whitened) const;
    at::Tensor rows(const at::Tensor& whitened) const;
    double rate(long step) const;
    void takeStep();
    void report(bool withPicture);

    const net::Generator& m_generator;
    const InversionTask& m_task;
    at::Tensor m_mean, m_deviation;
    long m_side = 0; // at which pictures are compared
    std::optional<InversionLoss> m_loss;
    at::Tensor m_variable; // [1, numWs, wDim], (ws - mean) / deviation
    std::optional<Adam> m_adam;
    at::Tensor m_best;
    double m_bestLoss = 0;
    long m_step = 0, m_steps = 0;
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

Inverter::Inverter(const net::Generator& generator, const InversionTask& task)
    : m_generator(generator), m_task(task) {
    checkParameters(table, task.parameters);
    const checkpoint::GeneratorSpec& spec = generator.spec();
    const std::vector<long> expected = {1, spec.imageChannels, spec.resolution, spec.resolution};
    if (!task.target.defined() ||
        task.target.sizes().vec() != std::vector<std::int64_t>(expected.begin(), expected.end()))
        throw Failure(ErrorCode::InvalidArgument, cat("The picture to invert must have the shape ",
                                                      shapeText(expected), " of this model"));
    m_steps = whole("steps");
    m_mean = generator.meanW();
    const at::Tensor deviation = randomW(generator, 1024, 0).std(0);
    m_deviation = deviation.clamp_min(0.01 * deviation.mean().item<double>() + 1e-8);

    // Without skip images there is no picture before the last block.
    const bool hasPreview = spec.architecture == checkpoint::Architecture::Skip;
    m_side = hasPreview ? std::min(spec.resolution, whole("working-size")) : spec.resolution;
    while (spec.resolution % m_side != 0 || (m_side & (m_side - 1)) != 0)
        --m_side;
    m_loss.emplace(shrinkByArea(task.target, m_side), task.discriminator,
                   InversionWeights{.pixels = value("pixel-weight"),
                                    .features = value("feature-weight"),
                                    .latent = value("latent-weight"),
                                    .spread = value("spread-weight"),
                                    .levels = static_cast<int>(whole("levels"))});
}

/// The picture of ws at `side`, from the block that first reaches it.
at::Tensor Inverter::render(const at::Tensor& ws, net::SynthesisOptions options, long side) const {
    const auto& blocks = m_generator.spec().blocks;
    std::size_t last = blocks.size() - 1;
    if (m_generator.spec().architecture == checkpoint::Architecture::Skip)
        while (last > 0 && blocks[last - 1].resolution >= side)
            --last;
    if (last + 1 == blocks.size())
        return shrinkByArea(m_generator.synthesize(ws, options), side);
    options.lastBlock = last;
    return m_generator.advance({}, ws, options).image;
}

/// The mean of W, or the random face whose small picture is nearest to the target.
at::Tensor Inverter::startW() const {
    const long samples = whole("start-samples");
    at::Tensor best = m_mean.unsqueeze(0);
    if (samples == 0)
        return best;
    constexpr long batch = 32, smallSide = 32;
    const long side = std::min(m_side, smallSide);
    const InversionLoss small(shrinkByArea(m_task.target, side), nullptr, {.levels = 3});
    const at::Tensor faces = at::cat(
        {best, m_generator
                   .broadcast(randomW(m_generator, samples, static_cast<std::uint32_t>(value("seed"))),
                              value("start-psi"))
                   .select(1, 0)});
    net::SynthesisOptions options;
    options.stop = m_task.stop;
    double least = 0;
    for (long first = 0; first < faces.size(0); first += batch) {
        const at::Tensor part = faces.narrow(0, first, std::min(batch, faces.size(0) - first));
        const at::Tensor distance = small.pixelDistance(render(m_generator.broadcast(part), options, side));
        const long index = distance.argmin().item<long>();
        const double found = distance[index].item<double>();
        if (first == 0 || found < least) {
            least = found;
            best = part.narrow(0, index, 1);
        }
        if (m_task.yieldPoint)
            m_task.yieldPoint();
    }
    return best;
}

at::Tensor Inverter::rows(const at::Tensor& whitened) const {
    return whitened * m_deviation + m_mean;
}

at::Tensor Inverter::picture(const at::Tensor& whitened) const {
    const at::NoGradGuard noGradients;
    return m_generator.synthesize(rows(whitened));
}

/// Rises linearly, stays, falls with a cosine (Karras et al. 2020, appendix D).
double Inverter::rate(long step) const {
    const double t = static_cast<double>(step) / static_cast<double>(m_steps);
    const double warmUp = value("warm-up"), rampDown = value("ramp-down");
    double factor = 1;
    if (rampDown > 0)
        factor = 0.5 - 0.5 * std::cos(std::numbers::pi * std::min(1.0, (1 - t) / rampDown));
    if (warmUp > 0)
        factor *= std::min(1.0, (t + 1.0 / static_cast<double>(m_steps)) / warmUp);
    return factor * value("learning-rate");
}

/// Judges the present latent, keeps it if it is the best so far, and moves it.
void Inverter::takeStep() {
    at::Tensor loss;
    {
        const at::AutoGradMode withGradients(true);
        net::SynthesisOptions options;
        options.execution = net::Execution::Training;
        options.stop = m_task.stop;
        loss = (*m_loss)(render(rows(m_variable), options, m_side), m_variable);
        loss.backward({}, false, false, std::vector<at::Tensor>{m_variable});
    }
    const at::NoGradGuard noGradients;
    const double current = loss.item<double>();
    if (!std::isfinite(current))
        throw Failure(ErrorCode::Internal, cat("Inversion met a loss that is not a number at step ", m_step),
                      "Lower the learning rate");
    if (!m_best.defined() || current < m_bestLoss) {
        m_bestLoss = current;
        m_best = m_variable.detach().clone();
    }
    m_adam->step(m_variable.grad(), rate(m_step));
    m_variable.mutable_grad().zero_();
    ++m_step;
}

void Inverter::report(bool withPicture) {
    if (!m_task.onStep)
        return;
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - m_start;
    InversionStep step;
    step.ws = rows(m_best);
    step.loss = m_bestLoss;
    if (withPicture)
        step.image = picture(m_best);
    step.progress = {.stage = "inversion",
                     .fraction = static_cast<double>(m_step) / static_cast<double>(m_steps),
                     .step = m_step,
                     .steps = m_steps,
                     .secondsLeft =
                         spent.count() / static_cast<double>(m_step) * static_cast<double>(m_steps - m_step),
                     .loss = m_bestLoss};
    m_task.onStep(step);
}

Inversion Inverter::run() {
    const at::NoGradGuard noGradients;
    bool stopped = false;
    try {
        const long count = m_generator.spec().mapping.numWs;
        m_variable =
            ((startW() - m_mean) / m_deviation).unsqueeze(1).repeat({1, count, 1}).requires_grad_(true);
        m_adam.emplace(m_variable);
        const long interval = whole("picture-interval");
        while (m_step < m_steps && !m_task.stop.stop_requested()) {
            takeStep();
            report(m_step % interval == 0 || m_step == m_steps);
            if (m_task.yieldPoint)
                m_task.yieldPoint();
        }
        stopped = m_step < m_steps;
    } catch (const Failure& failure) {
        if (failure.error().code != ErrorCode::Cancelled)
            throw;
        stopped = true;
    }
    if (!m_best.defined())
        throw Failure(ErrorCode::Cancelled, "Inversion was stopped before its first step");
    const at::Tensor image = picture(m_best);
    const double error = (image.clamp(-1, 1) - m_task.target.clamp(-1, 1)).square().mean().item<double>();
    return {.ws = rows(m_best),
            .image = image,
            .loss = m_bestLoss,
            .psnr = 10 * std::log10(4 / std::max(error, 1e-12)),
            .steps = static_cast<int>(m_step),
            .stopped = stopped};
}

} // namespace

std::span<const Parameter> inversionParameters() {
    return table;
}

Inversion invert(net::Generator& generator, const InversionTask& task) {
    return Inverter(generator, task).run();
}

} // namespace cameo::edit
