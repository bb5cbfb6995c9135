// SPDX-License-Identifier: Apache-2.0
#include "app/cli/train_options.h"
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "core/base/text.h"

#include <cmath>

namespace cameo::cli {
namespace {

class TrainGenerator final : public Command {
  public:
    void declare(OptionTable& table) override { declareTrainOptions(table, trainingParameters(), m_options); }

    Outcome run(Session& session) override {
        if (!session.options().model.empty())
            throw UsageError("Give the checkpoint to start from with --from, not --model");
        const OutputFolder folder(m_options.folder);
        TrainingRequest request;
        request.data = m_options.data;
        request.folder = folder.path();
        request.from = m_options.from;
        request.device = session.options().device;
        request.precision = session.options().precision;
        request.parameters = m_options.parameters;
        request.seed = m_options.seed;
        request.resume = !m_options.isFresh;
        const TrainingReport report = session.finish(trainPortraits(request, session.control()));
        const std::vector<std::filesystem::path> files = {report.generator, report.discriminator,
                                                          report.state};
        return {Json::object({{"files", pathsJson(files)},
                              {"images", report.images},
                              {"images-per-second", report.imagesPerSecond},
                              {"stopped", report.isStopped}}),
                cat(wroteText(files), ": ", report.images, " images seen, ",
                    std::round(report.imagesPerSecond * 10) / 10, " a second",
                    report.isStopped ? ", stopped: the same command goes on" : ""),
                report.isStopped};
    }

  private:
    TrainOptions m_options;
};

} // namespace

CommandEntry trainGeneratorCommand() {
    return {
        "train generator", "Trains a StyleGAN2 generator; Ctrl+C saves, and the same command goes on",
        "  cameo dataset pack photos --side 64 --out photos.cameoset\n"
        "  cameo train generator --data photos.cameoset --out run1\n"
        "  cameo train generator --data photos.cameoset --from network.pkl --precision bfloat16 --out run2",
        [] { return std::unique_ptr<Command>(std::make_unique<TrainGenerator>()); }};
}

} // namespace cameo::cli
