// SPDX-License-Identifier: Apache-2.0
#include "core/train/attribute_trainer.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/train/adam.h"
#include "core/train/attribute_table.h"
#include "core/train/feature_network.h"
#include "core/train/random.h"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <numbers>

namespace cameo::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr long kSide = 64;
constexpr long kFewest = 8; // batch statistics of fewer pictures mean nothing
constexpr long kMeasuredAtOnce = 128;

double value(const AttributeTraining& training, const char* name) {
    return parameterValue(attributeTrainingParameters(), training.parameters, name);
}

void checkPictures(const LabelledPictures& pictures, const char* which) {
    const std::size_t count = pictures.values.size() / attributeColumns().size();
    if (pictures.values.size() % attributeColumns().size() != 0 ||
        pictures.pixels.size() != count * 3 * kSide * kSide)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("The pictures ", which, " have ", pictures.pixels.size(), " bytes and ",
                          pictures.values.size(), " values, which do not fit together"),
                      cat("Every picture has 3 x ", kSide, " x ", kSide, " bytes and ",
                          attributeColumns().size(), " values"));
}

at::Tensor pixelsOf(const LabelledPictures& pictures) {
    const at::Tensor bytes = at::empty({pictures.count(), 3, kSide, kSide}, at::kByte);
    std::copy(pictures.pixels.begin(), pictures.pixels.end(), bytes.data_ptr<std::uint8_t>());
    return bytes;
}

at::Tensor valuesOf(const LabelledPictures& pictures) {
    const long columns = static_cast<long>(attributeColumns().size());
    const at::Tensor values = at::empty({pictures.count(), columns}, at::kFloat);
    std::copy(pictures.values.begin(), pictures.values.end(), values.data_ptr<float>());
    return values;
}

/// The attributes with the mean and the deviation that numbers have in `values`.
std::vector<Attribute> attributesFrom(const at::Tensor& values) {
    std::vector<Attribute> attributes;
    long index = 0;
    for (const AttributeColumn& column : attributeColumns()) {
        const at::Tensor own = values.select(1, index++).to(at::kDouble);
        Attribute attribute{.name = column.name, .isProbability = column.isProbability};
        if (!column.isProbability) {
            attribute.mean = own.mean().item<double>();
            // One value for all has no deviation; 1 then keeps the arithmetic sound.
            const double deviation = own.std(false).item<double>();
            attribute.deviation = deviation > 0 ? deviation : 1;
        }
        attributes.push_back(attribute);
    }
    return attributes;
}

struct Batch {
    at::Tensor images;  // [N, 3, side, side] in -1..1
    at::Tensor targets; // [N, attributes], numbers normalised
};

class Session {
  public:
    explicit Session(const AttributeTraining& training)
        : m_training(training),
          m_pixels(pixelsOf(training.pictures)),
          m_network(FeatureNetwork::initialised({.side = kSide,
                                                 .channels = {16, 32, 64, 128},
                                                 .attributes = attributesFrom(valuesOf(training.pictures))},
                                                training.seed)),
          m_batch(std::min(static_cast<long>(value(training, "batch")), m_pixels.size(0))),
          m_stepsPerEpoch(m_pixels.size(0) / m_batch),
          m_steps(static_cast<long>(value(training, "epochs")) * m_stepsPerEpoch) {
        m_network.toDevice(at::Device(training.device));
        at::Tensor targets = valuesOf(training.pictures);
        for (std::size_t i = 0; i < spec().attributes.size(); ++i) {
            const Attribute& attribute = spec().attributes[i];
            targets.select(1, static_cast<long>(i)).sub_(attribute.mean).div_(attribute.deviation);
        }
        m_targets = targets;
    }

    /// Mean loss of the last epoch.
    double train() {
        std::map<std::string, at::Tensor> parameters = m_network.parameters();
        for (auto& [name, tensor] : parameters)
            tensor.requires_grad_(true);
        Adam adam(parameters);
        double sum = 0;
        for (long step = 0; step < m_steps; ++step) {
            if (m_training.stop.stop_requested())
                throw Failure(ErrorCode::Cancelled, "The training was stopped: nothing was written");
            if (step % m_stepsPerEpoch == 0)
                sum = 0;
            const double loss = this->step(adam, step);
            sum += loss;
            report(step, loss);
        }
        for (auto& [name, tensor] : parameters)
            tensor.requires_grad_(false);
        return sum / static_cast<double>(m_stepsPerEpoch);
    }

    const FeatureNetwork& network() const { return m_network; }

  private:
    const FeatureSpec& spec() const { return m_network.spec(); }

    double step(Adam& adam, long step) {
        const Batch batch = nextBatch(step);
        const at::Tensor outputs = m_network.outputs(m_network.featuresInTraining(batch.images));
        const at::Tensor loss = lossOf(outputs, batch.targets);
        const double number = loss.item<double>();
        if (!std::isfinite(number))
            throw Failure(ErrorCode::Internal, cat("The loss is not finite after ", step, " steps"),
                          "Try a lower learning rate");
        const auto gradients = torch::autograd::grad({loss}, adam.parameters());
        const double rate = learningRate(step);
        decay(adam.parameters(), rate * value(m_training, "weight-decay"));
        adam.step(gradients, {.learningRate = rate, .beta1 = 0.9, .beta2 = 0.999});
        return number;
    }

    /// Decoupled from the gradient (Loshchilov and Hutter 2019); biases and normalisation are left alone.
    static void decay(const std::vector<at::Tensor>& parameters, double amount) {
        const at::NoGradGuard noGradient;
        for (at::Tensor parameter : parameters)
            if (parameter.dim() > 1)
                parameter.mul_(1 - amount);
    }

    /// One epoch of warming up, then half a cosine down to nothing.
    double learningRate(long step) const {
        const double warm = static_cast<double>(step + 1) / static_cast<double>(m_stepsPerEpoch);
        const double done = static_cast<double>(step) / static_cast<double>(m_steps);
        return value(m_training, "learning-rate") * std::min(1.0, warm) * 0.5 *
               (1 + std::cos(std::numbers::pi * done));
    }

    Batch nextBatch(long step) const {
        const auto draws = [&](Stream stream) {
            return stepGenerator(m_training.seed, static_cast<std::uint64_t>(step), stream);
        };
        const long epoch = step / m_stepsPerEpoch, count = m_pixels.size(0);
        const at::Tensor order = at::randperm(
            count, stepGenerator(m_training.seed, static_cast<std::uint64_t>(epoch), Stream::Order),
            at::kLong);
        const at::Tensor chosen = order.narrow(0, step % m_stepsPerEpoch * m_batch, m_batch);
        at::Tensor images = m_pixels.index_select(0, chosen).to(at::kFloat) / 127.5 - 1;
        at::Tensor targets = m_targets.index_select(0, chosen);
        mirror(images, targets, draws(Stream::Mirror));
        at::Generator random = draws(Stream::Augment);
        images = recoloured(shifted(images, random), random);
        return {images.to(m_network.device()), targets.to(m_network.device())};
    }

    /// Every second picture, with the attributes that know left from right. Their mean is not 0, so the
    /// mirrored value is computed in their own unit.
    void mirror(at::Tensor& images, at::Tensor& targets, at::Generator random) const {
        const at::Tensor isMirrored = at::rand({m_batch, 1}, random, at::kFloat).lt(0.5);
        images = at::where(isMirrored.view({m_batch, 1, 1, 1}), images.flip({3}), images);
        at::Tensor other = targets.clone();
        for (std::size_t i = 0; i < spec().attributes.size(); ++i)
            if (const Attribute& attribute = spec().attributes[i]; attributeColumns()[i].changesSign)
                other.select(1, static_cast<long>(i)).neg_().sub_(2 * attribute.mean / attribute.deviation);
        targets = at::where(isMirrored, other, targets);
    }

    /// By whole pixels, so that nothing is blurred: sharpness is something that the features should see.
    at::Tensor shifted(const at::Tensor& images, at::Generator& random) const {
        const long reach = static_cast<long>(value(m_training, "shift"));
        const at::Tensor padded = at::reflection_pad2d(images, {reach, reach, reach, reach});
        const at::Tensor corners = at::randint(2 * reach + 1, {m_batch, 2}, random, at::kLong);
        const auto* corner = corners.data_ptr<std::int64_t>();
        std::vector<at::Tensor> moved;
        for (long i = 0; i < m_batch; ++i)
            moved.push_back(padded[i].narrow(1, corner[2 * i], kSide).narrow(2, corner[2 * i + 1], kSide));
        return at::stack(moved);
    }

    /// Brightness, contrast and saturation, each by a factor or an offset of its own.
    at::Tensor recoloured(const at::Tensor& images, at::Generator& random) const {
        const double strength = value(m_training, "colour");
        const auto draw = [&](double reach) {
            return (at::rand({m_batch, 1, 1, 1}, random, at::kFloat) * 2 - 1) * (reach * strength);
        };
        const at::Tensor grey = images.mean({1}, true);
        const at::Tensor coloured = grey + (images - grey) * at::exp2(draw(0.5));
        const at::Tensor middle = grey.mean({2, 3}, true);
        return middle + (coloured - middle) * at::exp2(draw(0.4)) + draw(0.2);
    }

    at::Tensor lossOf(const at::Tensor& outputs, const at::Tensor& targets) const {
        std::vector<at::Tensor> losses;
        for (std::size_t i = 0; i < spec().attributes.size(); ++i) {
            const at::Tensor output = outputs.select(1, static_cast<long>(i));
            const at::Tensor target = targets.select(1, static_cast<long>(i));
            losses.push_back(spec().attributes[i].isProbability
                                 ? at::binary_cross_entropy_with_logits(output, target)
                                 : at::smooth_l1_loss(output, target));
        }
        return at::stack(losses).mean();
    }

    void report(long step, double loss) const {
        if (!m_training.onProgress)
            return;
        const double seconds = std::chrono::duration<double>(Clock::now() - m_begin).count();
        const double done = static_cast<double>(step + 1), left = static_cast<double>(m_steps - step - 1);
        m_training.onProgress({.stage = "training",
                               .fraction = done / static_cast<double>(m_steps),
                               .step = step + 1,
                               .steps = m_steps,
                               .secondsLeft = seconds / done * left,
                               .loss = loss});
    }

    const AttributeTraining& m_training;
    at::Tensor m_pixels, m_targets;
    FeatureNetwork m_network;
    long m_batch, m_stepsPerEpoch, m_steps;
    Clock::time_point m_begin = Clock::now();
};

/// [attributes, pictures]
at::Tensor estimatesFor(const FeatureNetwork& network, const LabelledPictures& pictures) {
    const at::Tensor pixels = pixelsOf(pictures);
    std::vector<at::Tensor> parts;
    for (long at = 0; at < pixels.size(0); at += kMeasuredAtOnce) {
        const at::Tensor part = pixels.narrow(0, at, std::min(kMeasuredAtOnce, pixels.size(0) - at));
        parts.push_back(network.estimates(network.features(part.to(at::kFloat) / 127.5 - 1)).to(at::kCPU));
    }
    return at::cat(parts).t().contiguous();
}

std::vector<AttributeAccuracy> accuraciesOf(const FeatureNetwork& network, const LabelledPictures& pictures) {
    std::vector<AttributeAccuracy> result;
    if (pictures.count() == 0)
        return result;
    const at::Tensor estimates = estimatesFor(network, pictures);
    const at::Tensor values = valuesOf(pictures).t().contiguous();
    const auto row = [&](const at::Tensor& of, std::size_t index) {
        const auto count = static_cast<std::size_t>(pictures.count());
        return std::span<const float>(of.data_ptr<float>() + index * count, count);
    };
    for (std::size_t i = 0; i < attributeColumns().size(); ++i) {
        const AttributeColumn& column = attributeColumns()[i];
        AttributeAccuracy accuracy{.name = column.name, .isProbability = column.isProbability};
        if (column.isProbability)
            accuracy.probability = probabilityAccuracy(row(estimates, i), row(values, i));
        else
            accuracy.number = numberAccuracy(row(estimates, i), row(values, i));
        result.push_back(std::move(accuracy));
    }
    return result;
}

} // namespace

std::span<const Parameter> attributeTrainingParameters() {
    static constexpr Parameter table[] = {
        {"epochs", "Epochs", 1, 1000, 50, 0, "", "How often every picture is seen.",
         "seven minutes of one CPU core for 2,779 pictures"},
        {"batch", "Batch", 4, 1024, 64, 0, "images", "Images of one step; at most as many as there are.",
         "enough for batch statistics (Ioffe and Szegedy 2015)"},
        {"learning-rate", "Learning rate", 1e-6, 1, 0.002, 6, "", "Largest step size of Adam (0.9, 0.999).",
         "Kingma and Ba 2015 use 0.001; twice that because it ends at 0"},
        {"weight-decay", "Weight decay", 0, 10, 0.3, 4, "",
         "Part of a weight that is taken away, times the step size.",
         "Loshchilov and Hutter 2019; strong because the steps are few"},
        {"shift", "Shift", 0, 16, 4, 0, "px", "Greatest shift of a picture in either direction.",
         "a sixteenth of the side: more moves the eyes away from where alignment puts them"},
        {"colour", "Colour", 0, 2, 1, 2, "",
         "Strength of the changes of brightness, contrast and saturation.",
         "at 1 by 0.2 of the half range, 0.4 and 0.5 octaves: skin stays skin"},
    };
    return table;
}

long LabelledPictures::count() const {
    return static_cast<long>(values.size() / attributeColumns().size());
}

long attributeTrainingSide() {
    return kSide;
}

AttributeMeasurement measureAttributeNetwork(const std::filesystem::path& network,
                                             const LabelledPictures& pictures, const std::string& device) {
    checkPictures(pictures, "to measure");
    FeatureNetwork opened = FeatureNetwork::open(network);
    const auto& attributes = opened.spec().attributes;
    const bool areOurs = std::equal(
        attributes.begin(), attributes.end(), attributeColumns().begin(), attributeColumns().end(),
        [](const Attribute& own, const AttributeColumn& column) { return own.name == column.name; });
    if (!areOurs)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("'", network.string(), "' estimates other attributes than this program knows"),
                      "Make one with 'cameo train attributes'");
    AttributeMeasurement measurement{.version = opened.version()};
    for (const auto& [name, tensor] : opened.parameters())
        measurement.parameterCount += tensor.numel();
    opened.toDevice(at::Device(device));
    measurement.accuracies = accuraciesOf(opened, pictures);
    return measurement;
}

AttributeTrainingReport trainAttributeNetwork(const AttributeTraining& training) {
    checkParameters(attributeTrainingParameters(), training.parameters);
    checkPictures(training.pictures, "to train on");
    checkPictures(training.measured, "to measure");
    if (training.pictures.count() < kFewest)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("There are ", training.pictures.count(), " pictures to train on"),
                      cat("At least ", kFewest, " are needed"));
    Session session(training);
    AttributeTrainingReport report{.measurement = {}, .pictures = training.pictures.count()};
    report.loss = session.train();
    session.network().write(training.output);
    // What was written is float16: that is what the figures must be of.
    report.measurement = measureAttributeNetwork(training.output, training.measured, training.device);
    report.measured = training.measured.count();
    return report;
}

} // namespace cameo::train
