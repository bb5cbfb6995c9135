// SPDX-License-Identifier: Apache-2.0
#include "app/cli/train_options.h"
#include "app/cli/value_text.h"
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/commands/training_line.h"
#include "core/base/text.h"

#include <cmath>

namespace cameo::cli {
namespace {

class TrainGenerator final : public Command {
  public:
    void declare(OptionTable& table) override {
        m_options.dataHelp = "Pictures to learn from: a folder, a table (.csv) with the columns 'file' and "
                             "'split', or packed by 'cameo dataset pack'";
        declareTrainOptions(table, trainingParameters(), m_options);
        table.heading("Pictures that are not packed yet");
        table.add(Option{.name = "--side",
                         .value = "PX",
                         .help = "Side of the squares, a power of two (default 64)",
                         .take = integer(m_side, {4, 1024})});
        table.add(Option{.name = "--split",
                         .value = "NAME",
                         .help = "Rows of the table to learn from",
                         .take = text(m_split)});
    }

    Outcome run(Session& session) override {
        if (!session.options().model.empty())
            throw UsageError("Give the checkpoint to start from with --from, not --model");
        const OutputFolder folder(m_options.folder);
        TrainingRequest request;
        request.data = m_options.data;
        request.split = m_split;
        request.side = m_side;
        request.folder = folder.path();
        request.from = m_options.from;
        request.device = session.options().device;
        request.precision = session.options().precision;
        request.parameters = m_options.parameters;
        request.seed = m_options.seed;
        request.resume = !m_options.isFresh;
        const TrainingControl control{
            .onStatus = [&session](const TrainingStatus& s) { session.showProgress(trainingLine(s)); },
            .stop = session.stop()};
        const TrainingStatus report = session.finish(trainPortraits(request, control));
        const std::vector<std::filesystem::path> files = {report.generator, report.discriminator,
                                                          report.state};
        return {Json::object({{"files", pathsJson(files)},
                              {"images", report.images},
                              {"images-per-second", report.imagesPerSecond},
                              {"skipped", report.skippedPictures},
                              {"stopped", report.isStopped}}),
                cat(wroteText(files), ": ", report.images, " images seen, ",
                    std::round(report.imagesPerSecond * 10) / 10, " a second",
                    report.isStopped ? ", stopped: the same command goes on" : ""),
                report.isStopped};
    }

  private:
    TrainOptions m_options;
    int m_side = 64;
    std::string m_split;
};

} // namespace

CommandEntry trainGeneratorCommand() {
    return {
        "train generator", "Trains a StyleGAN2 generator; Ctrl+C saves, and the same command goes on",
        "  cameo train generator --data photos --side 64 --out run1\n"
        "  cameo train generator --data portraits/manifest.csv --split train --side 128 --out run3\n"
        "  cameo train generator --data photos.cameoset --from network.pkl --precision bfloat16 --out run2",
        [] { return std::unique_ptr<Command>(std::make_unique<TrainGenerator>()); }};
}

} // namespace cameo::cli
