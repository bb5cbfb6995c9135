// SPDX-License-Identifier: Apache-2.0
#include "core/train/training_bench.h"

#include "core/base/error.h"
#include "core/base/peak_memory.h"
#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"
#include "core/train/training_files.h"
#include "core/train/training_ops.h"
#include "core/train/training_session.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

namespace cameo::train {
namespace {

using Clock = std::chrono::steady_clock;

constexpr long kChannelBase = 2048; // of the embedded model, as are the next two
constexpr long kChannelMax = 256;
constexpr long kMappingLayers = 4;
constexpr long kR1Interval = 16;
constexpr long kTaps = 16; // of a resampling filter in two dimensions

// One step, in passes through a network, where a backward pass costs one for the gradient of its input and
// one for that of its weights. Generator: forward, and backward with weights. Discriminator: forward on
// generated and on real images; backward to the generated images for the generator's loss; backward with
// weights for both.
constexpr double kGeneratorPasses = 3;
constexpr double kDiscriminatorPasses = 7;
// R1: backward to the real images, and through that pass again, with weights.
constexpr double kPenaltyPasses = 3;

double squared(long side) {
    return static_cast<double>(side) * static_cast<double>(side);
}

double productsOf(const checkpoint::MappingSpec& mapping) {
    double sum = 0;
    for (const auto& layer : mapping.layers)
        sum += static_cast<double>(layer.inFeatures * layer.outFeatures);
    return sum;
}

double productsOf(const checkpoint::SynthesisLayerSpec& layer, long wDim) {
    const double weights = static_cast<double>(layer.inChannels * layer.outChannels) * 9;
    const double styles = static_cast<double>(wDim * layer.inChannels);
    if (layer.up == 1)
        return squared(layer.resolution) * weights + styles;
    // Every input sample meets every weight; then the filter.
    const auto filtered = static_cast<double>(layer.outChannels * kTaps);
    return squared(layer.resolution / 2) * weights + squared(layer.resolution) * filtered + styles;
}

const char* nameOf(at::ScalarType precision) {
    return precision == at::kFloat ? "float32" : precision == at::kHalf ? "float16" : "bfloat16";
}

/// Waits for a device that works on its own.
void finishWork(const at::Tensor& result) {
    (void)result.flatten()[0].to(at::kFloat).item<float>();
}

double secondsOf(const std::function<void()>& work) {
    const auto start = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double fastest(int runs, const std::function<void()>& work) {
    work(); // kernels are chosen and memory is got here
    double best = INFINITY;
    for (int run = 0; run < runs; ++run)
        best = std::min(best, secondsOf(work));
    return best;
}

/// Multiply-adds per second when nothing is in the way.
double measuredPeak(at::Device device, at::ScalarType precision) {
    const at::NoGradGuard noGradient;
    const auto options = at::TensorOptions().device(device).dtype(at::kFloat);
    const long side = device.is_cpu() ? 1536 : 8192; // large enough for the kernels, short enough to wait for
    const at::Tensor a = at::rand({side, side}, options).to(precision);
    const double product = fastest(4, [&] { finishWork(at::matmul(a, a)); });
    const long channels = 128, batch = device.is_cpu() ? 8 : 256, size = 64;
    const auto format = trainingFormat(device, precision);
    const at::Tensor x = at::rand({batch, channels, size, size}, options).to(precision).contiguous(format);
    const at::Tensor weight = at::rand({channels, channels, 3, 3}, options).to(precision).contiguous(format);
    const double convolution = fastest(4, [&] { finishWork(at::conv2d(x, weight, {}, 1, 1)); });
    return std::max(squared(side) * static_cast<double>(side) / product,
                    static_cast<double>(batch * channels * channels * 9) * squared(size) / convolution);
}

/// A packed data set of noise, removed with this.
class NoiseSet {
  public:
    explicit NoiseSet(long side)
        : m_file(std::filesystem::temp_directory_path() /
                 cat("cameo-bench-", std::random_device()(), ".cameoset")) {
        PackRequest request{.side = static_cast<int>(side)};
        request.files.resize(kCount, "noise");
        std::minstd_rand random(1);
        request.decode = [&random](const std::filesystem::path&, int width) {
            std::vector<std::uint8_t> pixels(std::size_t{3} * width * width);
            for (std::uint8_t& pixel : pixels)
                pixel = static_cast<std::uint8_t>(random() >> 8);
            return pixels;
        };
        packDataset(request, m_file);
    }
    ~NoiseSet() {
        std::error_code ignored; // the set is mapped, not needed by name
        std::filesystem::remove(m_file, ignored);
    }
    NoiseSet(const NoiseSet&) = delete;
    NoiseSet& operator=(const NoiseSet&) = delete;

    PackedDataset open() const { return PackedDataset::open(m_file); }

  private:
    static constexpr std::size_t kCount = 64;
    std::filesystem::path m_file;
};

struct StepTimes {
    double median = 0, best = 0; // seconds
};

class Measurement {
  public:
    Measurement(const TrainingBench& bench, at::Device device, long side, at::ScalarType precision)
        : m_bench(bench), m_device(device), m_precision(precision), m_set(side) {
        const checkpoint::ChannelOptions channels{.resolution = side,
                                                  .channelBase = kChannelBase,
                                                  .channelMax = kChannelMax,
                                                  .mappingLayers = kMappingLayers};
        m_generator = checkpoint::standardGeneratorSpec(channels);
        m_discriminator = checkpoint::standardDiscriminatorSpec(channels);
    }

    TrainingBenchRow operator()(const std::string& name, double peak) const {
        resetPeakMemory();
        const StepTimes plain = times(1L << 40); // the first step has the penalty, and is not timed
        const StepTimes penalised = times(1);
        const double mean = (plain.median * (kR1Interval - 1) + penalised.median) / kR1Interval;
        const double passes =
            kGeneratorPasses * multiplyAdds(m_generator) +
            (kDiscriminatorPasses + kPenaltyPasses / kR1Interval) * multiplyAdds(m_discriminator);
        TrainingBenchRow row{.name = name, .medianMs = mean * 1e3, .minMs = plain.best * 1e3};
        row.imagesPerSecond = static_cast<double>(m_bench.batch) / mean;
        row.peakShare = passes * row.imagesPerSecond / peak;
        row.note = noteOf(row, passes, peak, penalised.median);
        return row;
    }

  private:
    StepTimes times(long r1Interval) const {
        TrainingSession session(m_set.open(), net::Generator::initialised(m_generator, 1, m_device),
                                net::Discriminator::initialised(m_discriminator, 2, m_device),
                                {.batch = m_bench.batch,
                                 .r1 = 1,
                                 .r1Interval = r1Interval,
                                 .augmentation = {.probability = 0.3},
                                 .precision = m_precision});
        const auto step = [&] {
            if (m_bench.stop.stop_requested())
                throw Failure(ErrorCode::Cancelled, "The measurement was stopped");
            session.step();
            finishWork(session.generator().tensors().begin()->second.detach());
        };
        step();
        std::vector<double> seconds;
        for (int i = 0; i < std::max(1, m_bench.repeats); ++i)
            seconds.push_back(secondsOf(step));
        std::sort(seconds.begin(), seconds.end());
        return {seconds[seconds.size() / 2], seconds.front()};
    }

    std::string noteOf(const TrainingBenchRow& row, double passes, double peak, double penalised) const {
        const auto tenths = [](double value) { return std::round(value * 10) / 10; };
        std::string note =
            cat(tenths(row.imagesPerSecond), " images/s, ", tenths(row.peakShare * 100),
                " % of the measured peak of ", tenths(peak * 2e-9), " GFLOP/s (", tenths(passes * 2e-9),
                " GFLOP an image), a step with R1 ", tenths(penalised * 1e3), " ms");
        if (const unsigned long long bytes = peakMemory())
            note += cat(", peak memory ", byteCountText(bytes),
                        m_device.is_cpu() ? "" : " without the device's own");
        return note;
    }

    const TrainingBench& m_bench;
    at::Device m_device;
    at::ScalarType m_precision;
    NoiseSet m_set;
    checkpoint::GeneratorSpec m_generator;
    checkpoint::DiscriminatorSpec m_discriminator;
};

} // namespace

double multiplyAdds(const checkpoint::GeneratorSpec& spec) {
    double sum = productsOf(spec.mapping);
    for (const checkpoint::SynthesisBlockSpec& block : spec.blocks) {
        if (block.conv0)
            sum += productsOf(*block.conv0, spec.mapping.wDim);
        sum += productsOf(block.conv1, spec.mapping.wDim);
        if (!block.toRgb)
            continue;
        const double area = squared(block.resolution);
        sum += area * static_cast<double>(block.toRgb->inChannels * spec.imageChannels) +
               static_cast<double>(spec.mapping.wDim * block.toRgb->inChannels);
        if (block.conv0) // the skip image grows
            sum += area * static_cast<double>(spec.imageChannels * kTaps);
    }
    return sum;
}

double multiplyAdds(const checkpoint::DiscriminatorSpec& spec) {
    double sum = 0;
    for (const checkpoint::DiscriminatorBlockSpec& block : spec.blocks) {
        const double area = squared(block.resolution), quarter = area / 4;
        const auto in = static_cast<double>(block.conv0.inChannels);
        const auto out = static_cast<double>(block.conv1.outChannels);
        if (block.fromRgb)
            sum += area * in * static_cast<double>(spec.imageChannels);
        sum += area * in * in * 9 + area * in * kTaps + quarter * in * out * 9;
        if (block.skip)
            sum += quarter * in * kTaps + quarter * in * out;
    }
    const auto& last = spec.epilogueConv;
    sum += 16.0 * static_cast<double>(last.inChannels * last.outChannels) * 9;
    for (const auto* layer : {&spec.epilogueFc, &spec.epilogueOut})
        sum += static_cast<double>(layer->inFeatures * layer->outFeatures);
    return sum;
}

std::vector<TrainingBenchRow> benchTraining(const TrainingBench& bench) {
    const at::Device device = usableDevice(bench.device);
    std::vector<at::ScalarType> precisions = {at::kFloat, at::kBFloat16};
    if (!device.is_cpu())
        precisions.push_back(at::kHalf);
    std::vector<TrainingBenchRow> rows;
    for (const at::ScalarType precision : precisions) {
        std::optional<double> peak; // measured when the first row needs it
        for (const long side : bench.sides) {
            const std::string name = cat("training ", side, " ", nameOf(precision));
            if (bench.isWanted && !bench.isWanted(name))
                continue;
            if (bench.stop.stop_requested())
                throw Failure(ErrorCode::Cancelled, "The measurement was stopped");
            if (!peak)
                peak = measuredPeak(device, precision);
            rows.push_back(Measurement(bench, device, side, precision)(name, *peak));
            if (bench.onRow)
                bench.onRow(rows.back());
        }
    }
    return rows;
}

} // namespace cameo::train
