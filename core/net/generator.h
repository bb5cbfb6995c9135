// SPDX-License-Identifier: Apache-2.0
// StyleGAN2's mapping and synthesis networks (Karras et al. 2020), built from a checkpoint record whatever
// its format was. Use on the compute thread only. Images are nominally -1..1, not clamped, [N, C, H, W].
#pragma once

#include "core/checkpoint/stylegan2_record.h"
#include "core/net/torch.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>

namespace cameo::net {

enum class Noise { Const, Random, None };

/// Inference: no autograd, weights prepared once, the fastest form per size and precision, bfloat16 possible.
/// Training: plain differentiable operations on the parameters (also twice differentiable), float32 or
/// autocast-free.
enum class Execution { Inference, Training };

/// What flows between two blocks. The state after a block can be kept and continued with other styles, so
/// that variants share their coarse activations and a slider re-runs only later layers.
struct SynthesisState {
    at::Tensor x;          // [N, C, R, R] features after the block; undefined before the first
    at::Tensor image;      // [N, imageChannels, R, R] skip image so far (skip architecture); may be undefined
    std::size_t block = 0; // index of the next block to run
};

struct Features {
    at::Tensor conv0, conv1; // after activation; conv0 undefined at 4 px. [N, C, R, R]
    at::Tensor toRgb;        // this block's own contribution, before it is added to the skip image
    at::Tensor image;        // the skip image after this block
};

struct SynthesisOptions {
    Noise noise = Noise::Const;
    std::uint64_t noiseSeed = 0;           // Random: the same seed gives the same noise
    at::ScalarType precision = at::kFloat; // kFloat or kBFloat16 (Inference only)
    Execution execution = Execution::Inference;
    std::size_t lastBlock = SIZE_MAX;                              // stop after this block (inclusive)
    std::function<void(long resolution, const Features&)> onBlock; // capture features and coarse images
    std::stop_token stop; // honoured between blocks: throws Failure(Cancelled)
};

class Generator {
  public:
    /// Copies the tensors to `device` as float32. Throws Failure(BadCheckpoint) naming a wrong tensor.
    static Generator fromRecord(const checkpoint::GeneratorRecord& record, at::Device device);
    /// Fresh weights in NVIDIA's initialisation (normal, bias 0, affine bias 1) from `seed`.
    static Generator initialised(const checkpoint::GeneratorSpec& spec, std::uint64_t seed,
                                 at::Device device);

    const checkpoint::GeneratorSpec& spec() const;
    at::Device device() const;
    std::size_t blockCount() const;

    /// z [N, zDim] float32, c [N, cDim] or undefined -> w [N, wDim]. Differentiable.
    at::Tensor map(const at::Tensor& z, const at::Tensor& c = {}) const;
    /// Mean of W, [wDim]: the stored one, or the mean of 4096 mapped latents (seed 0) where none is stored.
    at::Tensor meanW() const;
    /// w [N, wDim] -> ws [N, numWs, wDim]; lerp(meanW, w, psi) on the first `cutoff` rows (all when
    /// negative).
    at::Tensor broadcast(const at::Tensor& w, double psi = 1, long cutoff = -1) const;

    /// ws [N, numWs, wDim] -> the finished image.
    at::Tensor synthesize(const at::Tensor& ws, const SynthesisOptions& options = {}) const;
    /// Runs blocks state.block .. options.lastBlock and returns the state after them. A state of batch 1 is
    /// expanded to the batch of ws.
    SynthesisState advance(SynthesisState state, const at::Tensor& ws, const SynthesisOptions& options) const;
    /// First row of ws that block `block` uses; rows before it do not matter once a state is past that block.
    long firstRow(std::size_t block) const;

    /// Live parameters and buffers under NVIDIA's names ("mapping.fc0.weight", "synthesis.b4.const", ...).
    /// Training sets requires_grad on them and optimises in place; call parametersChanged() before the next
    /// inference.
    std::map<std::string, at::Tensor>& tensors();
    const std::map<std::string, at::Tensor>& tensors() const;
    static bool isParameter(const std::string& name); // false for noise_const, w_avg, resample filters
    void parametersChanged();
    checkpoint::GeneratorRecord toRecord() const;

  private:
    struct Impl;
    std::shared_ptr<Impl> m_impl; // copies share the network
};

/// z for NumPy's RandomState(seed).randn(1, zDim), float32 [seeds, zDim].
at::Tensor latentsFromSeeds(std::span<const std::uint32_t> seeds, long zDim, at::Device device);

} // namespace cameo::net
