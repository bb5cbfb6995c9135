// SPDX-License-Identifier: Apache-2.0
// The generator trainer as a program of its own, for a machine with nothing but LibTorch: the same options as
// `cameo train generator`.
#include "app/cli/interrupt.h"
#include "app/cli/program.h"
#include "app/cli/progress_line.h"
#include "app/cli/train_options.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/train/generator_trainer.h"

#include <algorithm>
#include <cmath>

using namespace cameo;
using namespace cameo::cli;

namespace {

Outcome runTraining(const TrainOptions& options, const CommonOptions& common) {
    const Interrupt interrupt;
    ProgressLine line(progressStyle(common.quiet));
    train::GeneratorTraining training{.data = options.data, .folder = options.folder, .from = options.from};
    training.device = common.device;
    training.precision = common.precision;
    training.parameters = options.parameters;
    training.seed = options.seed;
    training.resume = !options.isFresh;
    training.onProgress = [&line](const Progress& progress) { line.show(progress); };
    training.stop = interrupt.token();
    const train::GeneratorTrainingReport report = train::trainGenerator(training);
    line.finish();
    return {Json::object({{"generator", report.generator.string()},
                          {"discriminator", report.discriminator.string()},
                          {"state", report.state.string()},
                          {"images", report.images},
                          {"images-per-second", report.imagesPerSecond},
                          {"stopped", report.stopped}}),
            cat("Wrote ", report.generator.string(), ": ", report.images, " images seen, ",
                std::round(report.imagesPerSecond * 10) / 10, " a second",
                report.stopped ? ", stopped: the same command goes on" : ""),
            report.stopped};
}

std::string helpText(const OptionTable& table) {
    return cat("cameo-train - trains a StyleGAN2 generator, on a machine that has LibTorch alone\n\nUsage: "
               "cameo-train ",
               table.usage(), "\n\n", table.help(),
               "\nExample:\n  cameo-train --data photos.cameoset --device cuda --out run1\n\n",
               exitCodeHelp());
}

} // namespace

int main(int argc, char** argv) {
    ignoreWriteSignals();
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    CommonOptions common;
    common.device = "cpu";
    return runProgram(common, [&] {
        TrainOptions options;
        OptionTable table;
        declareTrainOptions(table, train::generatorTrainingParameters(), options);
        table.heading("Common options");
        declareCommonOptions(table, common);
        if (std::find(words.begin(), words.end(), "--help") != words.end())
            return Outcome{Json(), helpText(table)};
        table.parse(words);
        return runTraining(options, common);
    });
}
