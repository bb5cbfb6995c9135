// SPDX-License-Identifier: Apache-2.0
// The differentiable operations that StyleGAN2's networks are made of (Karras et al. 2020, appendix B): plain
// ATen, any device, twice differentiable. The fast inference path has forms of its own. Compute thread only.
#pragma once

#include "core/checkpoint/stylegan2_record.h"
#include "core/net/torch.h"

#include <map>
#include <optional>
#include <string>

namespace cameo::net {

using NamedTensors = std::map<std::string, at::Tensor>;

/// The tensor of that name; throws Failure(Internal) when it is not there.
const at::Tensor& named(const NamedTensors& tensors, const std::string& name);

/// x * rsqrt(mean(x^2) + 1e-8) over the last dimension.
at::Tensor normaliseSecondMoment(const at::Tensor& x);

/// y = act(W * weightGain x + b * biasGain); `prefix` ends with a dot or is empty ("mapping.").
at::Tensor fullyConnected(const checkpoint::FullyConnectedSpec& spec, const NamedTensors& tensors,
                          const std::string& prefix, const at::Tensor& x);

/// The mapping network without broadcasting: z and c as far as the specification has them -> [N, wDim].
at::Tensor runMapping(const checkpoint::MappingSpec& spec, const NamedTensors& tensors, const at::Tensor& z,
                      const at::Tensor& c);

/// What follows a convolution: clamp(act(x + bias) * gain, +-clamp).
struct Activation {
    bool leakyRelu = true; // slope 0.2, otherwise linear
    double gain = 1;
    std::optional<double> clamp = {}; // after the gain
};
/// bias [C] or undefined; x [N, C, H, W].
at::Tensor activate(const at::Tensor& x, const at::Tensor& bias, const Activation& activation);

/// The separable filter of a specification, normalised to sum 1, [taps] float32.
at::Tensor makeFilter(const std::vector<float>& taps, at::Device device);

struct Padding {
    long before = 0;
    long after = 0;
};
struct Resampling {
    int up = 1;           // zeros are put between samples first
    Padding padding = {}; // of the samples after that
    int down = 1;         // every down-th result is kept
    double gain = 1;
};
/// Pads, convolves with the separable filter along both sides and decimates ("upfirdn").
at::Tensor resample(const at::Tensor& x, const at::Tensor& filter, const Resampling& resampling);
/// Twice the size, brightness kept: how the skip image grows.
at::Tensor upsample2(const at::Tensor& x, const at::Tensor& filter);
/// Half the size.
at::Tensor downsample2(const at::Tensor& x, const at::Tensor& filter);

struct ConvolutionOptions {
    int stride = 1;
    int padding = 0;
    at::ScalarType precision = at::kFloat; // of the products; inputs and result stay float32
};
at::Tensor convolve(const at::Tensor& x, const at::Tensor& weight, const ConvolutionOptions& options);
/// Transposed 3 x 3 convolution with stride 2 ((2n + 1)^2 results), then the filter with gain 4: twice the
/// size. weight [O, I, 3, 3] as stored (not flipped).
at::Tensor upConvolve(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& filter,
                      at::ScalarType precision);

/// Standard normal noise [count, 1, side, side] that depends on (seed, stream, index in the batch) alone.
at::Tensor noisePlanes(std::uint64_t seed, std::uint64_t stream, long count, long side, at::Device device);
/// Fills a new tensor with standard normal numbers that depend on (seed, name) alone.
at::Tensor normalTensor(std::uint64_t seed, const std::string& name, at::IntArrayRef shape,
                        at::Device device);

} // namespace cameo::net
