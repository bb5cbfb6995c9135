// SPDX-License-Identifier: Apache-2.0
#include "core/engine/sampling.h"

#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/base/text.h"
#include "core/engine/tensor_image.h"
#include "core/image/codec.h"

#include <array>
#include <cstdio>

namespace cameo {
namespace {

std::string seedName(std::uint32_t seed) {
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "seed%04u", seed);
    return text.data();
}

class ArrayWriter {
  public:
    ArrayWriter(std::filesystem::path stem, std::vector<std::filesystem::path>& written)
        : m_stem(std::move(stem)), m_written(written) {}
    void write(const std::string& suffix, const at::Tensor& values) {
        if (!values.defined())
            return;
        const at::Tensor plain = values.detach().to(at::kCPU, at::kFloat).contiguous();
        const std::vector<long> shape(plain.sizes().begin(), plain.sizes().end());
        std::filesystem::path file = m_stem.string() + suffix + ".npy";
        writeNpy(file, shape, {plain.data_ptr<float>(), static_cast<std::size_t>(plain.numel())});
        m_written.push_back(std::move(file));
    }

  private:
    std::filesystem::path m_stem;
    std::vector<std::filesystem::path>& m_written;
};

} // namespace

std::vector<std::filesystem::path> sampleToFolder(const LoadedModel& model, const ChosenDevice& device,
                                                  const SamplingTask& task) {
    const at::NoGradGuard noGrad;
    const SampleRequest& request = task.request;
    ensureWritableFolder(request.folder);
    std::vector<std::filesystem::path> written;
    long done = 0;
    for (const std::uint32_t seed : request.seeds) {
        if (task.stop.stop_requested())
            throw Failure(ErrorCode::Cancelled,
                          cat("Cancelled after ", done, " of ", request.seeds.size(), " seeds"));
        task.yieldPoint();
        EditState state{.model = request.model,
                        .seed = seed,
                        .classIndex = request.classIndex,
                        .psi = request.psi,
                        .cutoff = request.cutoff};
        const at::Tensor ws = edit::rowsForState(model.generator, model.directions, state);
        ArrayWriter arrays(request.folder / seedName(seed), written);
        net::SynthesisOptions options{.noise = noiseOf(request.noise),
                                      .noiseSeed = seed,
                                      .precision = device.precision,
                                      .stop = task.stop};
        if (request.asArrays && request.withFeatures)
            options.onBlock = [&](long resolution, const net::Features& features) {
                arrays.write(cat(".feat_", resolution, "_conv0"), features.conv0);
                arrays.write(cat(".feat_", resolution, "_conv1"), features.conv1);
                arrays.write(cat(".rgb_", resolution), features.image);
            };
        const at::Tensor image = model.generator.synthesize(ws, options);
        if (request.asArrays) {
            const std::array<std::uint32_t, 1> seeds{seed};
            const at::Tensor z = net::latentsFromSeeds(seeds, model.info.zDim, device.device);
            EditState plain = state;
            plain.psi = 1;
            arrays.write(".z", z);
            arrays.write(".w", edit::rowsForState(model.generator, model.directions, plain).select(1, 0));
            arrays.write(".ws", ws);
            arrays.write(".image", image);
        } else {
            std::filesystem::path file = request.folder / (seedName(seed) + ".png");
            writePng(file, imageFromTensor(image));
            written.push_back(std::move(file));
        }
        ++done;
        if (task.onProgress)
            task.onProgress(
                {.stage = "sample",
                 .fraction = static_cast<double>(done) / static_cast<double>(request.seeds.size()),
                 .step = done,
                 .steps = static_cast<long>(request.seeds.size())});
    }
    return written;
}

} // namespace cameo
