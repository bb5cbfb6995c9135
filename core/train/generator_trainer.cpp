// SPDX-License-Identifier: Apache-2.0
#include "core/train/generator_trainer.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/train/training_files.h"
#include "core/train/training_memory.h"
#include "core/train/training_metrics.h"

#include <cmath>
#include <numeric>
#include <optional>

namespace cameo::train {
namespace {

using Clock = std::chrono::steady_clock;

// A training that fails so often in a row diverges; going back once more would not help.
constexpr int kMostRollBacks = 5;

double value(const GeneratorTraining& training, std::string_view name) {
    return parameterValue(generatorTrainingParameters(), training.parameters, name);
}

long thousands(const GeneratorTraining& training, std::string_view name) {
    return std::max(1L, std::lround(value(training, name) * 1000));
}

TrainingPrecision precisionOf(const GeneratorTraining& training) {
    const bool isHalf = training.precision == "float16";
    if (training.parameters.contains("fp16-blocks") && !isHalf)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("fp16-blocks is for the precision float16, not for '", training.precision, "'"),
                      "Add --precision float16 on a CUDA device, or leave fp16-blocks out");
    if (isHalf && !at::Device(training.device).is_cuda())
        throw Failure(ErrorCode::InvalidArgument,
                      cat("A training in float16 needs a CUDA device, not '", training.device, "'"),
                      "Choose bfloat16 or float32 there");
    if (isHalf)
        return {.type = at::kHalf,
                .blocks = static_cast<long>(value(training, "fp16-blocks")),
                .keepsActivations = true};
    if (training.precision == "float32")
        return {};
    if (training.precision == "bfloat16")
        return {.type = at::kBFloat16};
    throw Failure(ErrorCode::InvalidArgument,
                  cat("Unknown precision '", training.precision, "' for a training"),
                  "Choose float32 or bfloat16, or float16 on a CUDA device");
}

Augmentation augmentationOf(const GeneratorTraining& training) {
    const auto of = [&](const char* name) { return value(training, name); };
    return {.probability = of("augment-probability"),
            .pipeline = static_cast<AugmentationPipeline>(std::lround(of("augment-pipeline"))),
            .light = {.translate = of("augment-translate"),
                      .zoom = of("augment-zoom"),
                      .colour = of("augment-colour"),
                      .cutout = of("augment-cutout")},
            .geometry = {.flip = of("ada-flip"),
                         .quarterTurns = of("ada-quarter-turns"),
                         .shift = of("ada-shift"),
                         .scale = of("ada-scale"),
                         .rotation = of("ada-rotation"),
                         .stretch = of("ada-stretch"),
                         .drift = of("ada-drift")},
            .colour = {.brightness = of("ada-brightness"),
                       .contrast = of("ada-contrast"),
                       .lumaFlip = of("ada-luma-flip"),
                       .hue = of("ada-hue"),
                       .saturation = of("ada-saturation")},
            .corruption = {.filter = of("ada-filter"), .noise = of("ada-noise"), .cutout = of("ada-cutout")}};
}

SessionOptions sessionOptions(const GeneratorTraining& training, bool isFresh) {
    const auto of = [&](const char* name) { return value(training, name); };
    SessionOptions options;
    options.batch = static_cast<long>(of("batch"));
    if (options.batch % 4 != 0)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("The batch is ", options.batch, " but must be a multiple of 4"),
                      "The discriminator compares images in groups of four");
    options.learningRate = of("learning-rate");
    options.r1 = of("r1");
    options.r1Interval = static_cast<long>(of("r1-interval"));
    options.mixing = of("mixing");
    options.emaHalfLife = of("ema-half-life") * 1000;
    options.emaRamp = of("ema-ramp");
    options.isFresh = isFresh;
    options.mirror = of("mirror") != 0;
    options.augmentation = augmentationOf(training);
    options.augmentTarget = of("augment-target");
    options.adaptInterval = static_cast<long>(of("augment-interval"));
    options.adaptImages = of("augment-speed") * 1000;
    options.largestPart = static_cast<long>(of("micro-batch"));
    options.frozenLayers = static_cast<long>(of("freeze-d"));
    options.path = {.weight = of("path-length"),
                    .interval = static_cast<long>(of("path-length-interval")),
                    .decay = of("path-length-decay"),
                    .shrink = static_cast<long>(of("path-length-shrink"))};
    options.precision = precisionOf(training);
    options.seed = training.seed;
    options.yieldPoint = training.yieldPoint;
    return options;
}

SampleSheet makeSamples(const TrainingSession& session, long count) {
    const at::NoGradGuard noGradient;
    const net::Generator& generator = session.average();
    std::vector<std::uint32_t> seeds(static_cast<std::size_t>(count));
    std::iota(seeds.begin(), seeds.end(), 0u);
    const at::Tensor z = net::latentsFromSeeds(seeds, generator.spec().mapping.zDim, generator.device());
    const at::Tensor images =
        generator.synthesize(generator.broadcast(generator.map(z))).to(at::kCPU).contiguous();
    const float* data = images.data_ptr<float>();
    return {.images = session.images(),
            .count = count,
            .channels = images.size(1),
            .height = images.size(2),
            .width = images.size(3),
            .values = {data, data + images.numel()}};
}

/// Whether a multiple of `interval` lies in (before, now].
bool crosses(long before, long now, long interval) {
    return before / interval != now / interval;
}

class Run {
  public:
    Run(const GeneratorTraining& training, TrainingSession session)
        : m_training(training),
          m_files(training.folder),
          m_session(std::move(session)),
          m_metrics(training),
          m_batch(static_cast<long>(value(training, "batch"))),
          m_first(m_session.images()),
          m_last(thousands(training, "images")) {}

    GeneratorTrainingReport operator()() {
        if (!std::filesystem::exists(m_files.state)) {
            saveAll(); // something to go back to
            showSamples();
        }
        while (m_session.images() < m_last && !m_training.stop.stop_requested()) {
            advance();
            if (m_training.yieldPoint)
                m_training.yieldPoint();
        }
        saveAll();
        return {.images = m_session.images(),
                .imagesPerSecond = rate(),
                .generator = m_files.generator,
                .discriminator = m_files.discriminator,
                .state = m_files.state,
                .log = m_files.log,
                .stopped = m_session.images() < m_last};
    }

  private:
    void advance() {
        const long before = m_session.images();
        const StepReport step = m_session.step();
        if (!step.isFinite) {
            rollBack();
            return;
        }
        const long now = m_session.images();
        m_averages.add(step);
        if (crosses(before, now, thousands(m_training, "log-interval")))
            appendLog(m_files.log, m_averages.take(m_session, m_batch));
        if (crosses(before, now, thousands(m_training, "state-interval")))
            saveAll();
        if (crosses(before, now, thousands(m_training, "sample-interval")))
            showSamples();
        if (m_metrics.isDue(before, now))
            logMetrics();
        showProgress(step);
        watch(step);
    }

    void watch(const StepReport& step) {
        if (m_training.onStep)
            m_training.onStep({.images = m_session.images(),
                               .target = m_last,
                               .generatorLoss = step.generatorLoss,
                               .discriminatorLoss = step.discriminatorLoss,
                               .realSign = step.realSign,
                               .augmentProbability = m_session.augmentProbability(),
                               .imagesPerSecond = rate()});
        if (m_training.wantsSave && m_training.wantsSave())
            saveAll();
    }

    void rollBack() {
        const long at = m_session.images();
        appendLog(m_files.log,
                  Json::object({{"event", "not finite, back to the last state"}, {"images", at}}));
        if (++m_rollBacks > kMostRollBacks)
            throw Failure(ErrorCode::Internal,
                          cat("The training diverges: after ", at, " images its losses were not ",
                              "finite for the ", m_rollBacks, "th time in a row"),
                          "Try a lower learning rate or a larger R1 weight");
        m_session.rollBack(m_files.state);
        m_averages = {};
    }

    void saveAll() {
        // A resume reads the networks' shapes from their files: a state must never be there before them.
        exportNetworks(m_session, m_files);
        m_session.save(m_files.state);
        m_rollBacks = 0;
        if (m_training.onSaved)
            m_training.onSaved(m_session.images());
    }

    void showSamples() {
        if (m_training.onSamples)
            m_training.onSamples(makeSamples(m_session, static_cast<long>(value(m_training, "samples"))));
    }

    void logMetrics() {
        if (const Json line = m_metrics.measure(m_session.average(), m_session.images()); !line.isNull())
            appendLog(m_files.log, line);
    }

    void showProgress(const StepReport& step) {
        if (!m_training.onProgress)
            return;
        const long left = std::max(0L, m_last - m_session.images());
        Progress progress{.stage = "training"};
        progress.fraction =
            std::min(1.0, static_cast<double>(m_session.images()) / static_cast<double>(m_last));
        progress.step = m_session.images();
        progress.steps = m_last;
        if (rate() > 0)
            progress.secondsLeft = static_cast<double>(left) / rate();
        progress.loss = step.generatorLoss;
        m_training.onProgress(progress);
    }

    double rate() const {
        const double seconds = std::chrono::duration<double>(Clock::now() - m_begin).count();
        return static_cast<double>(m_session.images() - m_first) / std::max(seconds, 1e-9);
    }

    const GeneratorTraining& m_training;
    TrainingFiles m_files;
    TrainingSession m_session;
    LogAverages m_averages;
    TrainingMetrics m_metrics;
    long m_batch, m_first, m_last;
    int m_rollBacks = 0;
    Clock::time_point m_begin = Clock::now();
};

} // namespace

GeneratorTrainingReport trainGenerator(const GeneratorTraining& training) {
    checkParameters(generatorTrainingParameters(), training.parameters);
    const KeptMemory memory;
    PackedDataset data = openTrainingData(training);
    ensureWritableFolder(training.folder);
    const TrainingFiles files(training.folder);
    const bool isResumed = training.resume && std::filesystem::exists(files.state);
    if (!isResumed)
        std::filesystem::remove(files.state);
    Networks networks = startingNetworks(training, data.side(), isResumed);
    const SessionOptions options = sessionOptions(training, networks.isFresh);
    TrainingSession session(std::move(data), std::move(networks.generator), std::move(networks.discriminator),
                            options);
    if (isResumed)
        session.load(files.state);
    appendLog(files.log, Json::object({{"event", isResumed ? "resumed" : "started"},
                                       {"images", session.images()},
                                       {"seed", training.seed},
                                       {"from", training.from.string()}}));
    return Run(training, std::move(session))();
}

} // namespace cameo::train
