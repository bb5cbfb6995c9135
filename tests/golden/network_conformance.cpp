// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/network_conformance.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/npy.h"
#include "core/checkpoint/checkpoint.h"
#include "core/net/discriminator.h"
#include "core/net/generator.h"

#include <map>
#include <numeric>
#include <optional>
#include <set>

namespace cameo::test {

namespace {

using net::Generator;

at::Tensor readArray(const std::filesystem::path& file) {
    const NpyArray array = readNpy(file);
    const at::Tensor tensor = at::empty(at::IntArrayRef(array.shape), at::kDouble);
    std::copy(array.values.begin(), array.values.end(), tensor.data_ptr<double>());
    return tensor;
}

/// The arrays of a set and what was compared so far.
class Arrays {
  public:
    explicit Arrays(const std::filesystem::path& folder) : m_folder(folder) {
        const Json manifest = Json::parse(readTextFile(folder / "manifest.json"));
        for (const auto& [name, entry] : manifest.at("arrays").asObject()) {
            const Json* tolerance = entry.find("atol");
            m_tolerances[name] = tolerance ? std::optional(tolerance->asDouble()) : std::nullopt;
        }
        for (const Json& seed : manifest.at("seeds").asArray())
            m_seeds.push_back(static_cast<std::uint32_t>(seed.asInteger()));
    }

    const std::vector<std::uint32_t>& seeds() const { return m_seeds; }
    bool has(const std::string& name) const { return m_tolerances.contains(name); }

    at::Tensor read(const std::string& name) const { return readArray(m_folder / (name + ".npy")); }
    at::Tensor readFloat(const std::string& name) const { return read(name).to(at::kFloat); }

    /// Compares when the set has such an array. Inputs without a tolerance must agree to the last bit but
    /// one.
    void compare(const std::string& name, const at::Tensor& computed) {
        if (!has(name))
            return;
        const at::Tensor expected = read(name), found = computed.detach().to(at::kDouble);
        const double difference = found.sizes() == expected.sizes()
                                      ? (found - expected).abs().max().item<double>()
                                      : std::numeric_limits<double>::infinity();
        m_report.checks.push_back({name, difference, m_tolerances.at(name).value_or(1e-7)});
        m_done.insert(name);
    }
    ConformanceReport report() {
        for (const auto& [name, tolerance] : m_tolerances)
            if (tolerance && !m_done.contains(name))
                m_report.left.push_back(name);
        return m_report;
    }

  private:
    std::filesystem::path m_folder;
    std::map<std::string, std::optional<double>> m_tolerances;
    std::vector<std::uint32_t> m_seeds;
    std::set<std::string> m_done;
    ConformanceReport m_report;
};

net::SynthesisOptions optionsFor(const ConformanceRun& run) {
    net::SynthesisOptions options;
    options.execution = run.useTrainingForm ? net::Execution::Training : net::Execution::Inference;
    return options;
}

/// As the published tools write bytes: truncated, not rounded.
at::Tensor bytesOf(const at::Tensor& image) {
    return (image * 127.5 + 128).clamp(0, 255).to(at::kByte).permute({0, 2, 3, 1});
}

void compareFeatures(Arrays& arrays, long resolution, const net::Features& features) {
    const std::string size = std::to_string(resolution);
    arrays.compare("feat_conv1_b" + size, features.conv1);
    arrays.compare("feat_x_b" + size, features.conv1);
    if (features.conv0.defined())
        arrays.compare("feat_conv0_b" + size, features.conv0);
    if (features.toRgb.defined())
        arrays.compare("feat_torgb_b" + size, features.toRgb);
    if (features.image.defined())
        arrays.compare("rgb_" + size, features.image);
}

void compareGenerator(Arrays& arrays, const Generator& generator, const ConformanceRun& run) {
    const checkpoint::MappingSpec& mapping = generator.spec().mapping;
    const at::Tensor z = net::latentsFromSeeds(arrays.seeds(), mapping.zDim, at::kCPU);
    arrays.compare("z", z);
    const at::Tensor c = arrays.has("c") ? arrays.readFloat("c") : at::Tensor();
    const at::Tensor w = generator.map(z, c);
    arrays.compare("w", w);
    const at::Tensor ws = generator.broadcast(w);
    arrays.compare("ws_psi1", ws);
    net::SynthesisOptions options = optionsFor(run);
    options.onBlock = [&](long resolution, const net::Features& features) {
        compareFeatures(arrays, resolution, features);
    };
    const at::Tensor image = generator.synthesize(ws, options);
    options.onBlock = nullptr;
    arrays.compare("img_const_psi1", image);
    arrays.compare("img_const_psi1_u8", bytesOf(image));
    options.noise = net::Noise::None;
    arrays.compare("img_none_psi1", generator.synthesize(ws, options));
    options.noise = net::Noise::Const;
    const at::Tensor mixed = generator.broadcast(generator.map(arrays.readFloat("z_mix"), c));
    const at::Tensor mixture = at::cat({ws.narrow(1, 0, 4), mixed.narrow(1, 4, mapping.numWs - 4)}, 1);
    arrays.compare("ws_mix4", mixture);
    arrays.compare("latent_mix4", mixture);
    arrays.compare("img_mix4_const", generator.synthesize(mixture, options));
    if (!mapping.hasWAvg) // the mean of W would be ours and not the recorded one
        return;
    arrays.compare("w_avg", generator.meanW());
    arrays.compare("latent_avg", generator.meanW());
    const at::Tensor truncated = generator.broadcast(w, 0.7);
    arrays.compare("ws_psi0.7", truncated);
    arrays.compare("latent_psi0.7", truncated);
    arrays.compare("ws_psi0.5_cut4", generator.broadcast(w, 0.5, 4));
    const at::Tensor truncatedImage = generator.synthesize(truncated, options);
    arrays.compare("img_const_psi0.7", truncatedImage);
    arrays.compare("img_const_psi0.7_u8", bytesOf(truncatedImage));
}

void compareDiscriminator(Arrays& arrays, const net::Discriminator& discriminator, const std::string& input) {
    const at::Tensor images = arrays.readFloat(input);
    const at::Tensor c = arrays.has("c") ? arrays.readFloat("c") : at::Tensor();
    arrays.compare("d_score_batch", discriminator.score(images, c));
    std::vector<at::Tensor> single;
    for (long i = 0; i < images.size(0); ++i)
        single.push_back(discriminator.score(images.narrow(0, i, 1), c.defined() ? c.narrow(0, i, 1) : c));
    arrays.compare("d_score_single", at::cat(single));
    if (arrays.has("d_in8"))
        arrays.compare("d_score_in8", discriminator.score(arrays.readFloat("d_in8")));
}

} // namespace

ConformanceReport runNetworks(const ConformanceRun& run) {
    const at::NoGradGuard noGradient;
    const checkpoint::Checkpoint file = checkpoint::Checkpoint::open(run.model);
    Arrays arrays(run.arrays);
    if (file.hasGenerator())
        compareGenerator(arrays, Generator::fromRecord(file.generator(), at::kCPU), run);
    if (file.hasDiscriminator()) // rosinality's scores are those of truncated images
        compareDiscriminator(arrays, net::Discriminator::fromRecord(file.discriminator(), at::kCPU),
                             arrays.has("latent_avg") ? "img_const_psi0.7" : "img_const_psi1");
    return arrays.report();
}

ConformanceReport runLayeredGenerator(const ConformanceRun& run) {
    const at::NoGradGuard noGradient;
    Arrays arrays(run.arrays);
    const Generator generator =
        Generator::fromRecord(checkpoint::Checkpoint::open(run.model).generator(), at::kCPU);
    const at::Tensor z = net::latentsFromSeeds(arrays.seeds(), generator.spec().mapping.zDim, at::kCPU);
    arrays.compare("z", z);
    const at::Tensor w = at::lerp(arrays.readFloat("mean_latent"), generator.map(z), 0.5);
    net::SynthesisOptions options = optionsFor(run);
    options.onBlock = [&](long resolution, const net::Features& features) {
        if (resolution != 8 && resolution != 16)
            return;
        arrays.compare(resolution == 8 ? "feat_0" : "feat_2", features.conv0);
        arrays.compare(resolution == 8 ? "feat_1" : "feat_3", features.conv1);
    };
    arrays.compare("img_fg", generator.synthesize(generator.broadcast(w), options));
    return arrays.report();
}

ConformanceReport runImage(const ConformanceRun& run, const std::string& array) {
    const at::NoGradGuard noGradient;
    Arrays arrays(run.arrays);
    const Generator generator =
        Generator::fromRecord(checkpoint::Checkpoint::open(run.model).generator(), at::kCPU);
    const at::Tensor z = net::latentsFromSeeds(arrays.seeds(), generator.spec().mapping.zDim, at::kCPU);
    arrays.compare(array, generator.synthesize(generator.broadcast(generator.map(z)), optionsFor(run)));
    return arrays.report();
}

PictureDifference comparePictures(const std::filesystem::path& model, const std::filesystem::path& pictures,
                                  double psi, bool useBFloat16) {
    const at::NoGradGuard noGradient;
    const at::Tensor expected = readArray(pictures);
    const Generator generator =
        Generator::fromRecord(checkpoint::Checkpoint::open(model).generator(), at::kCPU);
    std::vector<std::uint32_t> seeds(static_cast<std::size_t>(expected.size(0)));
    std::iota(seeds.begin(), seeds.end(), 0u);
    const at::Tensor z = net::latentsFromSeeds(seeds, generator.spec().mapping.zDim, at::kCPU);
    net::SynthesisOptions options;
    options.precision = useBFloat16 ? at::kBFloat16 : at::kFloat;
    const at::Tensor image = generator.synthesize(generator.broadcast(generator.map(z), psi), options);
    const at::Tensor difference = (image.to(at::kDouble) - expected).abs();
    return {.largest = difference.max().item<double>(),
            .mean = difference.mean().item<double>(),
            .range = expected.abs().max().item<double>()};
}

} // namespace cameo::test
