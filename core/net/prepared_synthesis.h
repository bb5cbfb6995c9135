// SPDX-License-Identifier: Apache-2.0
// Synthesis for inference on the CPU, on packed weights. Made from the tensors of a generator as they are at
// that moment; layers are packed when they are first needed. Compute thread only.
#pragma once

#include "core/net/packed_convolution.h"
#include "core/net/packed_linear.h"
#include "core/net/synthesis.h"

#include <memory>

namespace cameo::net {

class PreparedSynthesis {
  public:
    /// Whether the packed kernels know this generator, device and precision.
    static bool canRun(const checkpoint::GeneratorSpec& spec, const SynthesisOptions& options,
                       at::Device device);

    /// Refers to the specification and the tensors of the generator that owns it.
    PreparedSynthesis(const checkpoint::GeneratorSpec& spec, const NamedTensors& tensors,
                      const at::Tensor& filter);

    /// As net::runBlock. Features are of the type of options.precision and lie channels last; images are
    /// float32.
    Features runBlock(const SynthesisOptions& options, SynthesisState& state, const at::Tensor& ws);

  private:
    struct Layer {
        PackedConvolution convolution;
        PackedLinear affine;       // rows of W to styles
        PackedLinear demodulation; // squared styles to energies: sums over taps of the squared weights
        at::Tensor bias;           // [padded O]
        float noiseStrength = 0;
    };
    struct Rgb {
        PackedLinear affine;
        at::Tensor weight; // [1, image channels, padded I]
        at::Tensor bias;
        float limit = 0;
    };
    struct LayerInput {
        at::Tensor x; // [N, I, H, W] in stored form
        at::Tensor w; // [N, wDim]
        double gain = 1;
    };
    const Layer& layer(const checkpoint::SynthesisLayerSpec& spec);
    const Rgb& rgb(const checkpoint::ToRgbSpec& spec);
    PackedLinear affine(const std::string& layer, double gain) const;
    at::Tensor runLayer(const BlockContext& context, const checkpoint::SynthesisLayerSpec& spec,
                        const LayerInput& input);
    at::Tensor runToRgb(const BlockContext& context, const checkpoint::ToRgbSpec& spec,
                        const LayerInput& input);
    /// Adds the enlarged `image` to `sum`.
    void addEnlarged(const at::Tensor& image, at::Tensor& sum) const;

    const checkpoint::GeneratorSpec& m_spec;
    const NamedTensors& m_tensors;
    at::Tensor m_filter;
    std::array<float, 4> m_taps{}; // turned round, gain 2
    std::map<std::string, Layer> m_layers;
    std::map<std::string, Rgb> m_rgbs;
    Workspace m_workspace;
};

} // namespace cameo::net
