// SPDX-License-Identifier: Apache-2.0
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/commands/picture_source.h"

namespace cameo::cli {
namespace {

using Paths = std::vector<std::filesystem::path>;

class Sample final : public Command {
  public:
    void declare(OptionTable& table) override {
        table.add(Option{.name = "--seeds",
                         .value = "LIST",
                         .help = "For example 0-9,12; seed 42 is the picture that "
                                 "NVIDIA's tools make of it",
                         .take = [this](const std::string& value) { m_request.seeds = parseSeeds(value); },
                         .isRequired = true});
        table.add(Option{.name = "--out",
                         .value = "DIR",
                         .help = "Folder for the files",
                         .take = path(m_request.folder),
                         .isRequired = true});
        table.add(Option{
            .name = "--format",
            .value = "NAME",
            .help = "png, or npy: seedNNNN.z.npy, .w.npy, .ws.npy and .image.npy (float32; the image is "
                    "1 x C x H x W, nominally -1 to 1, not clamped) (default png)",
            .take = choice(m_format, {"png", "npy"})});
        table.add(Option{.name = "--features",
                         .help = "With npy, also .feat_RES_convN.npy and .rgb_RES.npy of every "
                                 "block",
                         .take = flag(m_request.withFeatures)});
        declareSamplingOptions(table, m_sampling);
    }

    Outcome run(Session& session) override {
        m_request.asArrays = m_format == "npy";
        if (m_request.withFeatures && !m_request.asArrays)
            throw UsageError("--features needs --format npy");
        m_request.model = session.model();
        m_request.psi = m_sampling.psi.value_or(m_request.psi);
        m_request.cutoff = m_sampling.cutoff.value_or(m_request.cutoff);
        m_request.classIndex = m_sampling.classIndex;
        if (m_sampling.noise)
            m_request.noise = noiseModeFromName(*m_sampling.noise);
        const OutputFolder folder(m_request.folder);
        m_request.folder = folder.path();
        const Paths files = session.run<Paths>(
            [this](Engine& engine, Sink<Paths> sink) { return engine.sample(m_request, std::move(sink)); });
        Json seeds = Json::array();
        for (const std::uint32_t seed : m_request.seeds)
            seeds.append(seed);
        return {Json::object({{"seeds", std::move(seeds)}, {"files", pathsJson(files)}}), wroteText(files)};
    }

  private:
    SampleRequest m_request;
    SamplingOptions m_sampling;
    std::string m_format = "png";
};

} // namespace

CommandEntry sampleCommand() {
    return {"sample", "Pictures of seeds, or the arrays behind them",
            "  cameo sample --seeds 0-9 --out portraits\n"
            "  cameo sample --seeds 0-3 --psi 1 --noise none --format npy --features --out arrays\n"
            "  cameo sample --seeds 42 --model network.pkl --class 3 --out class3",
            [] { return std::unique_ptr<Command>(std::make_unique<Sample>()); }};
}

} // namespace cameo::cli
