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
    at::Tensor y = x;
    if (r.up > 1) {
        const long height = x.size(2), width = x.size(3);
        y = at::constant_pad_nd(x.reshape({n * channels, height, 1, width, 1}),
                                {0, r.up - 1, 0, 0, 0, r.up - 1});
        y = y.reshape({n, channels, height * r.up, width * r.up});
    }
    y = at::constant_pad_nd(y, {r.padding.before, r.padding.after, r.padding.before, r.padding.after});
    // at::conv2d correlates: the filter is turned round. One group per channel is 10 times faster than
    // one-channel pictures and separable lines.
    const at::Tensor line = at::flip(filter, {0});
    const at::Tensor square = at::outer(line, line) * r.gain;
    const std::vector<std::int64_t> stride{r.down, r.down}, none{0, 0}, one{1, 1};
    return at::conv2d(y, square.expand({channels, 1, taps, taps}).contiguous(), {}, stride, none, one,
                      channels);
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
    const long taps = filter.size(0), height = x.size(2) + 1, width = x.size(3) + 1;
    const Padding padding{(taps - 1) / 2, (taps - 2) / 2};
    if (!x.is_cpu()) {
        const at::Tensor y =
            at::conv_transpose2d(x.to(precision), weight.transpose(0, 1).to(precision), {}, 2);
        return resample(y.to(at::kFloat), filter, {.padding = padding, .gain = 4});
    }
    // LibTorch's transposed convolution is slow on the CPU and wrong in bfloat16. Pixel 2i of a side gets
    // taps 2 and 0 of pixels i - 1 and i, pixel 2i + 1 gets tap 1 of pixel i: four ordinary convolutions with
    // 9 taps altogether.
    const at::Tensor framed = at::constant_pad_nd(x.to(precision), {1, 1, 1, 1});
    const at::Tensor kernel = weight.to(precision);
    const auto even = [](const at::Tensor& k, long side) {
        return at::stack({k.select(side, 2), k.select(side, 0)}, side);
    };
    const auto odd = [](const at::Tensor& k, long side) { return k.narrow(side, 1, 1); };
    const at::Tensor evenLines = even(kernel, 2), oddLines = odd(kernel, 2);
    const at::Tensor lower = framed.narrow(2, 1, height);
    const at::Tensor phases = at::stack(
        {at::conv2d(framed, even(evenLines, 3)), at::conv2d(framed.narrow(3, 1, width), odd(evenLines, 3)),
         at::conv2d(lower, even(oddLines, 3)), at::conv2d(lower.narrow(3, 1, width), odd(oddLines, 3))},
        2);
    // [N, O, 4, H + 1, W + 1] -> [N, O, 2 H + 2, 2 W + 2], whose last line and column are zero.
    const at::Tensor y = at::pixel_shuffle(phases.flatten(1, 2).to(at::kFloat), 2);
    return resample(y, filter, {.padding = {padding.before, padding.after - 1}, .gain = 4});
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
