// SPDX-License-Identifier: Apache-2.0
// One block of the synthesis network in plain differentiable operations. Compute thread only.
#pragma once

#include "core/net/generator.h"
#include "core/net/ops.h"

namespace cameo::net {

/// What a block needs besides its input.
struct BlockContext {
    const checkpoint::GeneratorSpec& spec;
    const NamedTensors& tensors;
    const at::Tensor& filter; // normalised resampling filter
    const SynthesisOptions& options;
};

/// First row of ws that block `block` uses.
long firstRowOfBlock(const checkpoint::GeneratorSpec& spec, std::size_t block);

/// Runs block state.block on ws [N, numWs, wDim]; state.x has batch N or is undefined. Advances the state and
/// returns what happened on the way.
Features runBlock(const BlockContext& context, SynthesisState& state, const at::Tensor& ws);

/// x [N, I, H, W] convolved with `weight` under the styles [N, I]: inputs are scaled by the styles and
/// outputs by the demodulation coefficients, which equals scaling the weights and lets a batch share one
/// convolution.
struct ModulatedConvolution {
    at::Tensor weight; // [O, I, k, k]
    at::Tensor styles;
    bool demodulate = true;
    int up = 1;
    at::Tensor filter = {};
    at::ScalarType precision = at::kFloat;
};
at::Tensor modulatedConvolve(const at::Tensor& x, const ModulatedConvolution& convolution);

/// rsqrt(sum over inputs and taps of (weight * style)^2 + 1e-8), [N, O].
at::Tensor demodulation(const at::Tensor& weight, const at::Tensor& styles);

/// Styles of a layer from rows of ws: [N, wDim] -> [N, I].
at::Tensor stylesOf(const BlockContext& context, const std::string& layer, const at::Tensor& w);

/// The short branch of a residual block in float32: 1 x 1 convolution, then twice the size.
at::Tensor runSkip(const BlockContext& context, const checkpoint::SynthesisBlockSpec& block,
                   const at::Tensor& x, double gain);

/// Noise of a layer before its strength, [planes, 1, R, R] (planes: 1 or the batch); undefined when there is
/// none.
at::Tensor noiseOf(const BlockContext& context, const checkpoint::SynthesisLayerSpec& layer, long batch);

} // namespace cameo::net
