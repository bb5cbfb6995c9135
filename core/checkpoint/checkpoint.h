// SPDX-License-Identifier: Apache-2.0
// Opens published model files by content, never by extension, without running a byte of them.
// Every error is Failure(BadCheckpoint | UnsupportedModel | NotFound | Io) that names the file and the
// reason. Any thread; a Checkpoint is a value whose tensors keep the file's mapping alive.
#pragma once

#include "core/base/json.h"
#include "core/checkpoint/stylegan2_record.h"

#include <filesystem>
#include <memory>

namespace cameo::checkpoint {

enum class Container { NvidiaPickle, TensorFlowPickle, TorchZip, TorchLegacy, Safetensors };
const char* containerName(Container container); // "NVIDIA pickle", ...

enum class NetworkKind { Generator, Discriminator, AlphaNetwork, Flow, Unknown };

/// One network of a file, in the file's own names. `role` is its key there ("G_ema", "g_ema",
/// "bg_extractor_ema", ...).
struct NetworkSummary {
    std::string role;
    NetworkKind kind = NetworkKind::Unknown;
    long tensorCount = 0;
    long parameterCount = 0;
    Json details; // resolution, channels per block, architecture, latent sizes, ...
};

class Checkpoint {
  public:
    /// Reads and checks the whole structure; tensor values of a network are checked when it is asked for.
    static Checkpoint open(const std::filesystem::path& file);
    /// The same for bytes that are no file, such as an embedded model; `name` stands for the file in
    /// messages.
    static Checkpoint openBytes(const Bytes& bytes, const std::filesystem::path& name);

    const std::filesystem::path& file() const;
    Container container() const;
    const std::vector<NetworkSummary>& networks() const;
    /// The file's string metadata (safetensors) and what else is worth showing.
    const Json& metadata() const;
    /// Everything above as one JSON object: `cameo info FILE --json`.
    Json describe() const;

    bool hasGenerator() const;
    bool hasDiscriminator() const;
    /// The moving average (G_ema, g_ema, Gs) where there is one. Checks that shapes chain and weights are
    /// finite, and names the first tensor that is missing, of another shape or not finite.
    GeneratorRecord generator() const;
    DiscriminatorRecord discriminator() const;
    /// Tensors of one network under its own names (alpha network, flow). Throws NotFound when there is no
    /// such role.
    TensorMap tensors(const std::string& role) const;

  private:
    struct Contents;
    explicit Checkpoint(std::shared_ptr<const Contents> contents);
    std::shared_ptr<const Contents> m_contents;
};

/// Makes a specification from shapes alone, for files that hold nothing but tensors under NVIDIA's names
/// (safetensors); `metadata` may hold "cameo.spec" (see specToJson), which then decides.
GeneratorSpec inferGeneratorSpec(const TensorMap& tensors, const std::string& file);
DiscriminatorSpec inferDiscriminatorSpec(const TensorMap& tensors, const std::string& file);

/// The standard StyleGAN2 at `resolution` with channels min(channelBase / resolution, channelMax); no
/// weights. For training from scratch and for random-weight benchmarks.
struct ChannelOptions {
    long resolution = 64;
    long channelBase = 16384;
    long channelMax = 512;
    long zDim = 512;
    long cDim = 0;
    long wDim = 512;
    long mappingLayers = 8;
    long imageChannels = 3;
};
GeneratorSpec standardGeneratorSpec(const ChannelOptions& options);
DiscriminatorSpec standardDiscriminatorSpec(const ChannelOptions& options);

/// Names and shapes of every tensor that a specification needs, noise maps included, in state_dict order.
struct TensorShape {
    std::string name;
    std::vector<long> shape;
};
std::vector<TensorShape> requiredTensors(const GeneratorSpec& spec);
std::vector<TensorShape> requiredTensors(const DiscriminatorSpec& spec);

/// Whole or not at all. Values are converted to `dtype`; metadata is string to string.
void writeSafetensors(const std::filesystem::path& file, const TensorMap& tensors, DType dtype,
                      const std::map<std::string, std::string>& metadata);

} // namespace cameo::checkpoint
