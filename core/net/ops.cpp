// SPDX-License-Identifier: Apache-2.0
#include "core/net/ops.h"

#include "core/base/error.h"

#include <cmath>
#include <utility>

namespace cameo::net {

using checkpoint::FullyConnectedSpec;
using checkpoint::MappingSpec;

const at::Tensor& named(const NamedTensors& tensors, const std::string& name) {
    const auto found = tensors.find(name);
    if (found == tensors.end())
        throw Failure(ErrorCode::Internal, "the network has no tensor '" + name + "'");
    return found->second;
}

at::Tensor normaliseSecondMoment(const at::Tensor& x) {
    return x * at::rsqrt(at::mean(at::square(x), {-1}, true) + 1e-8);
}

at::Tensor fullyConnected(const FullyConnectedSpec& spec, const NamedTensors& tensors,
                          const std::string& prefix, const at::Tensor& x) {
    const std::string name = prefix + spec.name;
    at::Tensor y = at::matmul(x, named(tensors, name + ".weight").t());
    if (spec.weightGain != 1)
        y = y * spec.weightGain;
    if (spec.hasBias) {
        const at::Tensor& bias = named(tensors, name + ".bias");
        y = y + (spec.biasGain != 1 ? bias * spec.biasGain : bias);
    }
    return spec.leakyRelu ? at::leaky_relu(y, 0.2) * std::sqrt(2.0) : y;
}

at::Tensor runMapping(const MappingSpec& spec, const NamedTensors& tensors, const at::Tensor& z,
                      const at::Tensor& c) {
    at::Tensor x;
    if (spec.zDim > 0)
        x = normaliseSecondMoment(z.to(at::kFloat));
    if (spec.embed) {
        const at::Tensor y =
            normaliseSecondMoment(fullyConnected(*spec.embed, tensors, "mapping.", c.to(at::kFloat)));
        x = x.defined() ? at::cat({x, y}, 1) : y;
    }
    for (const FullyConnectedSpec& layer : spec.layers)
        x = fullyConnected(layer, tensors, "mapping.", x);
    return x;
}

at::Tensor activate(const at::Tensor& x, const at::Tensor& bias, const Activation& activation) {
    at::Tensor y = bias.defined() ? x + bias.view({1, -1, 1, 1}) : x;
    if (activation.leakyRelu)
        y = at::leaky_relu(y, 0.2);
    if (activation.gain != 1)
        y = y * activation.gain;
    if (activation.clamp)
        y = at::clamp(y, -*activation.clamp, *activation.clamp);
    return y;
}

at::Tensor makeFilter(const std::vector<float>& taps, at::Device device) {
    if (taps.size() < 2)
        throw Failure(ErrorCode::UnsupportedModel, "the resampling filter has fewer than two taps");
    const at::Tensor filter = at::empty({static_cast<long>(taps.size())}, at::kFloat);
    std::copy(taps.begin(), taps.end(), filter.data_ptr<float>());
    return (filter / filter.sum()).to(device);
}

at::Tensor resample(const at::Tensor& x, const at::Tensor& filter, const Resampling& r) {
    const long n = x.size(0), channels = x.size(1), taps = filter.size(0);
    at::Tensor y = x.reshape({n * channels, 1, x.size(2), x.size(3)});
    if (r.up > 1) {
        const long height = x.size(2), width = x.size(3);
        y = at::constant_pad_nd(y.reshape({n * channels, height, 1, width, 1}),
                                {0, r.up - 1, 0, 0, 0, r.up - 1});
        y = y.reshape({n * channels, 1, height * r.up, width * r.up});
    }
    y = at::constant_pad_nd(y, {r.padding.before, r.padding.after, r.padding.before, r.padding.after});
    // at::conv2d correlates: the filter is turned round. A gain of g^2 is g along each side.
    const at::Tensor line = at::flip(filter, {0}) * std::sqrt(r.gain);
    y = at::conv2d(y, line.view({1, 1, taps, 1}), {}, {r.down, 1});
    y = at::conv2d(y, line.view({1, 1, 1, taps}), {}, {1, r.down});
    return y.reshape({n, channels, y.size(2), y.size(3)});
}

at::Tensor upsample2(const at::Tensor& x, const at::Tensor& filter) {
    const long taps = filter.size(0);
    return resample(x, filter, {.up = 2, .padding = {(taps + 1) / 2, (taps - 2) / 2}, .gain = 4});
}

at::Tensor downsample2(const at::Tensor& x, const at::Tensor& filter) {
    const long taps = filter.size(0);
    return resample(x, filter, {.padding = {(taps - 1) / 2, (taps - 2) / 2}, .down = 2});
}

at::Tensor convolve(const at::Tensor& x, const at::Tensor& weight, const ConvolutionOptions& options) {
    if (options.precision == at::kFloat)
        return at::conv2d(x, weight, {}, options.stride, options.padding);
    return at::conv2d(x.to(options.precision), weight.to(options.precision), {}, options.stride,
                      options.padding)
        .to(at::kFloat);
}

at::Tensor upConvolve(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& filter,
                      at::ScalarType precision) {
    const at::Tensor kernel = weight.transpose(0, 1);
    const at::Tensor y = at::conv_transpose2d(x.to(precision), kernel.to(precision), {}, 2).to(at::kFloat);
    const long taps = filter.size(0);
    return resample(y, filter, {.padding = {(taps - 1) / 2, (taps - 2) / 2}, .gain = 4});
}

namespace {

/// The finaliser of SplitMix64 (Steele et al. 2014): a bijection whose outputs on a counter pass as random.
std::uint64_t mix(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15u;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

/// Box and Muller 1958, one pair from one 64-bit number.
std::pair<float, float> normalPair(std::uint64_t bits) {
    const double first = (static_cast<double>(bits >> 32) + 0.5) * 0x1p-32;
    const double second = static_cast<double>(bits & 0xFFFFFFFFu) * 0x1p-32;
    const float radius = std::sqrt(-2 * std::log(static_cast<float>(first)));
    const float angle = static_cast<float>(2 * M_PI * second);
    return {radius * std::cos(angle), radius * std::sin(angle)};
}

void fillNormal(float* values, long count, std::uint64_t key) {
    at::parallel_for(0, (count + 1) / 2, 1 << 14, [&](long begin, long end) {
        for (long i = begin; i < end; ++i) {
            const auto [a, b] = normalPair(mix(key + mix(static_cast<std::uint64_t>(i))));
            values[2 * i] = a;
            if (2 * i + 1 < count)
                values[2 * i + 1] = b;
        }
    });
}

} // namespace

at::Tensor noisePlanes(std::uint64_t seed, std::uint64_t stream, long count, long side, at::Device device) {
    const at::Tensor noise = at::empty({count, 1, side, side}, at::kFloat);
    for (long i = 0; i < count; ++i)
        fillNormal(noise.data_ptr<float>() + i * side * side, side * side,
                   mix(mix(mix(seed) + stream) + static_cast<std::uint64_t>(i)));
    return noise.to(device);
}

at::Tensor normalTensor(std::uint64_t seed, const std::string& name, at::IntArrayRef shape,
                        at::Device device) {
    std::uint64_t key = mix(seed);
    for (const char letter : name)
        key = mix(key ^ static_cast<unsigned char>(letter));
    const at::Tensor tensor = at::empty(shape, at::kFloat);
    fillNormal(tensor.data_ptr<float>(), tensor.numel(), key);
    return tensor.to(device);
}

} // namespace cameo::net
