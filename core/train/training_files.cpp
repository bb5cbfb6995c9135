// SPDX-License-Identifier: Apache-2.0
#include "core/train/training_files.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/spec_json.h"
#include "core/train/grow.h"

#include <fstream>
#include <optional>

namespace cameo::train {
namespace {

using checkpoint::Checkpoint;
using checkpoint::DType;

checkpoint::ChannelOptions channelsOf(const GeneratorTraining& training, long side) {
    const auto value = [&](const char* name) {
        return static_cast<long>(parameterValue(generatorTrainingParameters(), training.parameters, name));
    };
    return {.resolution = side,
            .channelBase = value("channel-base"),
            .channelMax = value("channel-max"),
            .zDim = value("latent-size"),
            .wDim = value("latent-size"),
            .mappingLayers = value("mapping-layers")};
}

/// A discriminator with as many channels as the generator has.
checkpoint::DiscriminatorSpec matchingDiscriminator(const checkpoint::GeneratorSpec& generator) {
    checkpoint::ChannelOptions channels{.resolution = generator.resolution};
    channels.channelBase = generator.blocks.back().outChannels * generator.resolution;
    channels.channelMax = generator.blocks.front().outChannels;
    channels.imageChannels = generator.imageChannels;
    return checkpoint::standardDiscriminatorSpec(channels);
}

void checkUse(const checkpoint::GeneratorSpec& spec, const std::filesystem::path& file) {
    if (spec.mapping.cDim > 0)
        throw Failure(ErrorCode::UnsupportedModel, cat("'", file.string(), "' is a conditional model"),
                      "The trainer continues models without class labels");
    if (spec.imageChannels != 3)
        throw Failure(ErrorCode::UnsupportedModel,
                      cat("'", file.string(), "' makes images of ", spec.imageChannels,
                          " channels, the data set holds colour images"),
                      "Start from a colour model or from fresh weights");
}

/// How often the model must grow. A run that is resumed stays what it is: its state fits no other size.
int growth(const checkpoint::GeneratorSpec& spec, const std::filesystem::path& file, long side,
           bool isResumed) {
    const std::optional<int> steps = growthSteps(spec.resolution, side);
    if (steps && (*steps == 0 || !isResumed))
        return *steps;
    const long own = spec.resolution;
    throw Failure(
        ErrorCode::InvalidArgument,
        cat("'", file.string(), "' makes images of ", own, " px, the data set holds images of ", side, " px"),
        isResumed ? cat("Pack the pictures with --side ", own,
                        ", or start from this model in another folder, where it can grow")
                  : cat("Pack the pictures with --side ", own, ", or with ", 2 * own, " or ", 4 * own,
                        ", to which the model can grow"));
}

/// The discriminator of `opened` or of the file beside it, if there is one that fits the generator.
std::optional<checkpoint::DiscriminatorRecord>
discriminatorBeside(const Checkpoint& opened, const checkpoint::GeneratorSpec& generator) {
    if (opened.hasDiscriminator())
        return opened.discriminator();
    const std::filesystem::path beside = opened.file().parent_path() / "discriminator.safetensors";
    if (!std::filesystem::exists(beside))
        return std::nullopt;
    auto record = Checkpoint::open(beside).discriminator();
    if (record.spec.resolution != generator.resolution || record.spec.cDim > 0)
        throw Failure(ErrorCode::UnsupportedModel,
                      cat("'", beside.string(), "' does not fit the generator beside it"));
    return record;
}

/// What a run that was killed while it wrote has left: a name of ours and six characters of mkostemp.
void removeLeftovers(const TrainingFiles& files) {
    constexpr std::size_t randomPart = 7; // with its dot
    for (const std::filesystem::path& file : {files.generator, files.discriminator, files.state})
        for (const auto& entry : std::filesystem::directory_iterator(file.parent_path())) {
            const std::string name = entry.path().filename().string(), own = file.filename().string();
            if (name.size() == own.size() + randomPart && name.starts_with(own + "."))
                std::filesystem::remove(entry.path());
        }
}

Networks networksFrom(const std::filesystem::path& file, const GeneratorTraining& training, long side,
                      bool isResumed) {
    const at::Device device = usableDevice(training.device);
    const Checkpoint opened = Checkpoint::open(file);
    checkpoint::GeneratorRecord generator = opened.generator();
    checkUse(generator.spec, file);
    const int steps = growth(generator.spec, file, side, isResumed);
    auto discriminator = discriminatorBeside(opened, generator.spec);
    for (int step = 0; step < steps; ++step) {
        generator = grown(generator, training.seed);
        if (discriminator)
            discriminator = grown(*discriminator, training.seed + 1);
    }
    if (steps > 0)
        appendLog(TrainingFiles(training.folder).log,
                  Json::object({{"event", "grown"}, {"from-side", side >> steps}, {"side", side}}));
    return {.generator = net::Generator::fromRecord(generator, device),
            .discriminator = discriminator
                                 ? net::Discriminator::fromRecord(*discriminator, device)
                                 : net::Discriminator::initialised(matchingDiscriminator(generator.spec),
                                                                   training.seed, device)};
}

/// float16, or float32 for weights that float16 cannot hold: a training must not end because of its export.
DType exportType(const std::map<std::string, at::Tensor>& tensors) {
    constexpr double largestHalf = 65504;
    for (const auto& [name, tensor] : tensors)
        if (tensor.numel() > 0 && tensor.detach().abs().max().item<double>() > largestHalf)
            return DType::F32;
    return DType::F16;
}

} // namespace

TrainingFiles::TrainingFiles(const std::filesystem::path& folder)
    : generator(folder / "generator.safetensors"),
      discriminator(folder / "discriminator.safetensors"),
      state(folder / "state.safetensors"),
      log(folder / "log.jsonl") {}

at::Device usableDevice(const std::string& name) {
    try {
        const at::Device device(name);
        at::empty({1}, at::TensorOptions().device(device)); // fails here rather than in the first step
        return device;
    } catch (const c10::Error&) {
        throw Failure(ErrorCode::Device, cat("The device '", name, "' cannot be used"), "Try --device cpu");
    }
}

PackedDataset openTrainingData(const GeneratorTraining& training) {
    const std::filesystem::path& file = training.data;
    PackedDataset data = PackedDataset::open(file);
    if (const std::string split = data.split(); !split.empty() && split != "train")
        throw Failure(ErrorCode::InvalidArgument,
                      cat("'", file.string(), "' holds the split '", split, "', which is for measuring"),
                      "Pack the split 'train' and train on that");
    const auto batch =
        static_cast<long>(parameterValue(generatorTrainingParameters(), training.parameters, "batch"));
    if (data.count() < batch)
        throw Failure(
            ErrorCode::InvalidArgument,
            cat("'", file.string(), "' holds ", data.count(), " pictures, fewer than one batch of ", batch),
            "Pack more pictures (a generator wants thousands), or choose a smaller --batch");
    return data;
}

Networks startingNetworks(const GeneratorTraining& training, long side, bool isResumed) {
    const at::Device device = usableDevice(training.device);
    removeLeftovers(TrainingFiles(training.folder));
    const std::filesystem::path from = isResumed ? TrainingFiles(training.folder).generator : training.from;
    if (!from.empty())
        return networksFrom(from, training, side, isResumed);
    if (side < 8 || (side & (side - 1)) != 0)
        throw Failure(ErrorCode::InvalidArgument, cat("Images of ", side, " px cannot be trained on"),
                      "Pack the pictures with a power of two of at least 8 as --side");
    const checkpoint::ChannelOptions channels = channelsOf(training, side);
    return {.generator = net::Generator::initialised(standardGeneratorSpec(channels), training.seed, device),
            .discriminator = net::Discriminator::initialised(standardDiscriminatorSpec(channels),
                                                             training.seed + 1, device),
            .isFresh = true};
}

void exportNetworks(const TrainingSession& session, const TrainingFiles& files) {
    const auto generator = session.average().toRecord();
    const auto discriminator = session.discriminator().toRecord();
    const std::string images = std::to_string(session.images());
    checkpoint::writeSafetensors(
        files.generator, generator.tensors, exportType(session.average().tensors()),
        {{"cameo.spec", specToJson(generator.spec).dump()}, {"cameo.images", images}});
    checkpoint::writeSafetensors(
        files.discriminator, discriminator.tensors, exportType(session.discriminator().tensors()),
        {{"cameo.spec", specToJson(discriminator.spec).dump()}, {"cameo.images", images}});
}

void appendLog(const std::filesystem::path& file, const Json& line) {
    // A full disk or a killed program may have left half a line.
    std::ifstream before(file, std::ios::binary);
    const bool isCut = before.seekg(-1, std::ios::end) && before.get() != '\n';
    std::ofstream out(file, std::ios::app);
    out << (isCut ? "\n" : "") << line.dump() << '\n';
    out.flush();
    if (!out)
        throw Failure(ErrorCode::Io, cat("Cannot write '", file.string(), "'"),
                      "Free some disk space or choose another folder");
}

void LogAverages::add(const StepReport& step) {
    ++m_steps;
    m_sum.generatorLoss += step.generatorLoss;
    m_sum.discriminatorLoss += step.discriminatorLoss;
    m_sum.realSign += step.realSign;
    m_sum.fakeSign += step.fakeSign;
    if (step.r1 >= 0) {
        m_penalties += step.r1;
        ++m_penaltySteps;
    }
    if (step.pathLength >= 0) {
        m_paths += step.pathLength;
        ++m_pathSteps;
    }
}

Json LogAverages::take(const TrainingSession& session, long batch) {
    const double seconds = std::chrono::duration<double>(Clock::now() - m_begin).count();
    const double steps = static_cast<double>(std::max(m_steps, 1L));
    Json line = Json::object({{"images", session.images()},
                              {"loss-generator", m_sum.generatorLoss / steps},
                              {"loss-discriminator", m_sum.discriminatorLoss / steps},
                              {"sign-real", m_sum.realSign / steps},
                              {"sign-fake", m_sum.fakeSign / steps},
                              {"augment-probability", session.augmentProbability()},
                              {"seconds", seconds},
                              {"images-per-second", static_cast<double>(m_steps * batch) / seconds}});
    if (m_penaltySteps > 0)
        line.set("r1", m_penalties / static_cast<double>(m_penaltySteps));
    if (m_pathSteps > 0)
        line.set("path-length", m_paths / static_cast<double>(m_pathSteps));
    *this = LogAverages();
    return line;
}

} // namespace cameo::train
