// SPDX-License-Identifier: Apache-2.0
#include "core/train/grow.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/checkpoint/spec_layers.h"
#include "core/net/discriminator.h"
#include "core/net/generator.h"

#include <algorithm>
#include <cmath>

namespace cameo::train {
namespace {

using namespace checkpoint;

constexpr long kLargestSide = 1024; // of the published generators
constexpr long kFewestChannels = 16;
constexpr double kUsualClamp = 256; // of NVIDIA's networks with float16 layers
constexpr double kSlope = 0.2;      // of the leaky rectifier

void checkSide(long side) {
    if (2 * side > kLargestSide)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("A model of ", side, " px cannot grow to ", 2 * side, " px"),
                      cat("The largest side is ", kLargestSide, " px"));
}

long channelsAfter(long channels) {
    return std::max((channels + 1) / 2, std::min(channels, kFewestChannels));
}

template <typename Record>
void keepOldTensors(Record& grown, const Record& old) {
    for (const auto& [name, tensor] : old.tensors)
        if (const auto found = grown.tensors.find(name); found != grown.tensors.end())
            found->second = tensor;
}

void setZero(TensorMap& tensors, const std::string& name) {
    TensorRecord& tensor = tensors.at(name);
    tensor = fromFloats(tensor.shape, std::vector<float>(tensor.elementCount(), 0));
}

/// The kernels of one convolution, to write single weights by (output, input) at the kernel's middle.
class Kernels {
  public:
    Kernels(TensorMap& tensors, const DiscriminatorLayerSpec& layer)
        : m_tensor(tensors.at(layer.name + ".weight")), m_values(toFloats(m_tensor)), m_layer(layer) {}
    ~Kernels() { m_tensor = fromFloats(m_tensor.shape, std::move(m_values)); }
    Kernels(const Kernels&) = delete;
    Kernels& operator=(const Kernels&) = delete;

    void clearOutput(long output) { fill(output, 0, m_layer.inChannels); }
    void clear() {
        for (long output = 0; output < m_layer.outChannels; ++output)
            clearOutput(output);
    }
    /// So that the layer multiplies by `weight` when it runs.
    void set(long output, long input, double weight) {
        const long taps = area();
        m_values[static_cast<std::size_t>((output * m_layer.inChannels + input) * taps + taps / 2)] =
            static_cast<float>(weight / m_layer.weightGain);
    }

  private:
    long area() const { return static_cast<long>(m_layer.kernel) * m_layer.kernel; }
    void fill(long output, long input, long count) {
        const auto begin = m_values.begin() + (output * m_layer.inChannels + input) * area();
        std::fill(begin, begin + count * area(), 0.F);
    }

    TensorRecord& m_tensor;
    std::vector<float> m_values;
    const DiscriminatorLayerSpec& m_layer;
};

/// Channels 2c and 2c + 1 hold lrelu(colour c) and lrelu(-colour c), whose difference is (1 + slope) times
/// the colour again: so a number passes a rectifier unharmed.
void carryColours(DiscriminatorRecord& record, const DiscriminatorBlockSpec& block) {
    Kernels fromRgb(record.tensors, *block.fromRgb), conv0(record.tensors, block.conv0);
    const double whole = 1 / ((1 + kSlope) * block.fromRgb->activationGain);
    for (long colour = 0; colour < record.spec.imageChannels; ++colour)
        for (const long sign : {0L, 1L}) {
            const long channel = 2 * colour + sign;
            const double factor = sign == 0 ? 1 : -1;
            fromRgb.clearOutput(channel);
            fromRgb.set(channel, colour, factor);
            conv0.clearOutput(channel);
            conv0.set(channel, 2 * colour, factor * whole);
            conv0.set(channel, 2 * colour + 1, -factor * whole);
        }
}

/// The last layer of the new block computes on halved colours what the old network's first layer did.
void takeOver(DiscriminatorRecord& record, const DiscriminatorBlockSpec& block,
              const DiscriminatorRecord& old) {
    const DiscriminatorLayerSpec& first = *old.spec.blocks.front().fromRgb;
    // The block's sum is multiplied by sqrt(1/2), which the layer makes up for.
    const double gain = first.activationGain / (block.conv1.activationGain * std::sqrt(0.5));
    const double whole = 1 / ((1 + kSlope) * block.conv0.activationGain);
    const std::vector<float> weights = toFloats(old.tensors.at(first.name + ".weight"));
    std::vector<float> biases = toFloats(old.tensors.at(first.name + ".bias"));
    Kernels conv1(record.tensors, block.conv1);
    conv1.clear();
    for (long output = 0; output < first.outChannels; ++output)
        for (long colour = 0; colour < first.inChannels; ++colour) {
            const auto index = static_cast<std::size_t>(output * first.inChannels + colour);
            const double weight = weights[index] * first.weightGain * gain * whole;
            conv1.set(output, 2 * colour, weight);
            conv1.set(output, 2 * colour + 1, -weight);
        }
    for (float& bias : biases)
        bias = static_cast<float>(bias * gain);
    record.tensors.at(block.conv1.name + ".bias") = fromFloats({first.outChannels}, std::move(biases));
}

/// A limit against overflow in float16 that colours on their way do not feel.
std::optional<double> widened(const std::optional<double>& clamp) {
    return clamp ? std::optional(std::max(*clamp, kUsualClamp)) : std::nullopt;
}

DiscriminatorBlockSpec frontBlock(const DiscriminatorSpec& spec) {
    const DiscriminatorBlockSpec& old = spec.blocks.front();
    const long side = 2 * spec.resolution, out = old.conv0.inChannels;
    const long channels = std::max(channelsAfter(out), 2 * spec.imageChannels);
    DiscriminatorBlockSpec block = discriminatorBlock(side, channels, out);
    block.fromRgb = fromRgbLayer(side, spec.imageChannels, channels);
    block.skip = discriminatorSkip(side, channels, out);
    block.fromRgb->convClamp = block.conv0.convClamp = widened(old.conv0.convClamp);
    block.skip->convClamp = widened(old.skip->convClamp);
    if (old.fromRgb->convClamp) // the limit is multiplied by the block's sqrt(1/2)
        block.conv1.convClamp = *old.fromRgb->convClamp * std::sqrt(2.0);
    return block;
}

SynthesisBlockSpec nextBlock(const GeneratorSpec& spec) {
    const SynthesisBlockSpec& old = spec.blocks.back();
    const long side = 2 * spec.resolution;
    SynthesisBlockSpec block = synthesisBlock(side, old.outChannels, channelsAfter(old.outChannels));
    for (SynthesisLayerSpec* layer : {&*block.conv0, &block.conv1}) {
        layer->useNoise = old.conv1.useNoise;
        layer->leakyRelu = old.conv1.leakyRelu;
        layer->activationGain = old.conv1.activationGain;
        layer->convClamp = old.conv1.convClamp;
    }
    block.toRgb = toRgbLayer(side, block.outChannels);
    block.toRgb->convClamp = old.toRgb->convClamp;
    return block;
}

} // namespace

GeneratorRecord grown(const GeneratorRecord& record, std::uint64_t seed) {
    if (record.spec.architecture != Architecture::Skip || !record.spec.blocks.back().toRgb)
        throw Failure(
            ErrorCode::UnsupportedModel,
            cat("Only generators of the architecture 'skip' can grow, this one is '",
                architectureName(record.spec.architecture), "'"),
            cat("Train on pictures of its own size, ", record.spec.resolution, " px, or from fresh weights"));
    checkSide(record.spec.resolution);
    GeneratorSpec spec = record.spec;
    spec.blocks.push_back(nextBlock(record.spec));
    spec.resolution *= 2;
    spec.mapping.numWs += 2;
    GeneratorRecord grown = net::Generator::initialised(spec, seed, at::kCPU).toRecord();
    keepOldTensors(grown, record);
    const std::string toRgb = "synthesis." + spec.blocks.back().toRgb->name;
    setZero(grown.tensors, toRgb + ".weight");
    setZero(grown.tensors, toRgb + ".bias");
    return grown;
}

DiscriminatorRecord grown(const DiscriminatorRecord& record, std::uint64_t seed) {
    if (record.spec.architecture != Architecture::ResNet)
        throw Failure(
            ErrorCode::UnsupportedModel,
            cat("Only discriminators of the architecture 'resnet' can grow, this one is '",
                architectureName(record.spec.architecture), "'"),
            "Keep the discriminator's file out of the generator's folder to begin with a fresh one");
    checkSide(record.spec.resolution);
    DiscriminatorSpec spec = record.spec;
    spec.blocks.insert(spec.blocks.begin(), frontBlock(record.spec));
    spec.blocks[1].fromRgb.reset();
    spec.resolution *= 2;
    DiscriminatorRecord grown = net::Discriminator::initialised(spec, seed, at::kCPU).toRecord();
    keepOldTensors(grown, record);
    carryColours(grown, spec.blocks.front());
    takeOver(grown, spec.blocks.front(), record);
    setZero(grown.tensors, spec.blocks.front().skip->name + ".weight");
    return grown;
}

std::optional<int> growthSteps(long from, long to) {
    for (const int steps : {0, 1, 2})
        if (from << steps == to)
            return steps;
    return std::nullopt;
}

} // namespace cameo::train
