// SPDX-License-Identifier: Apache-2.0
// The generator trainer as a program of its own, for a machine with nothing but LibTorch: the same options as
// `cameo train generator`, a limit in minutes, and `cameo-train bench`.
#include "app/cli/interrupt.h"
#include "app/cli/program.h"
#include "app/cli/progress_line.h"
#include "app/cli/train_options.h"
#include "app/cli/value_text.h"
#include "app/train/bench.h"
#include "app/train/sheet_png.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/train/generator_trainer.h"

#include <algorithm>
#include <cmath>

using namespace cameo;
using namespace cameo::cli;

namespace {

constexpr double kMostMinutes = 60 * 24 * 365;

/// Ends a training when its time is over or when the user interrupts it; either saves the state.
class TimeLimit {
  public:
    TimeLimit(double minutes, const std::stop_token& interrupt)
        : m_end(Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                   std::chrono::duration<double, std::ratio<60>>(minutes))),
          m_isLimited(minutes > 0),
          m_forward(interrupt, [this] { m_source.request_stop(); }) {}

    /// To call between steps.
    void check() {
        if (m_isLimited && Clock::now() >= m_end && m_source.request_stop())
            m_isOver = true;
    }
    std::stop_token token() const { return m_source.get_token(); }
    /// Whether time, and not the user, ended it.
    bool isOver() const { return m_isOver; }

  private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point m_end;
    bool m_isLimited, m_isOver = false;
    std::stop_source m_source;
    std::stop_callback<std::function<void()>> m_forward;
};

Outcome runTraining(const TrainOptions& options, double minutes, const CommonOptions& common) {
    const Interrupt interrupt;
    TimeLimit limit(minutes, interrupt.token());
    ProgressLine line(progressStyle(common.quiet));
    train::GeneratorTraining training{.data = options.data, .folder = options.folder, .from = options.from};
    training.device = common.device;
    training.precision = common.precision;
    training.parameters = options.parameters;
    training.seed = options.seed;
    training.resume = !options.isFresh;
    training.onProgress = [&line](const Progress& progress) { line.show(progress); };
    training.onSamples = [&](const train::SampleSheet& sheet) { writeSheet(options.folder, sheet); };
    training.yieldPoint = [&limit] { limit.check(); };
    training.stop = limit.token();
    const train::GeneratorTrainingReport report = train::trainGenerator(training);
    line.finish();
    const bool isInterrupted = report.stopped && !limit.isOver();
    return {Json::object({{"generator", report.generator.string()},
                          {"discriminator", report.discriminator.string()},
                          {"state", report.state.string()},
                          {"images", report.images},
                          {"images-per-second", report.imagesPerSecond},
                          {"stopped", report.stopped}}),
            cat("Wrote ", report.generator.string(), ": ", report.images, " images seen, ",
                std::round(report.imagesPerSecond * 10) / 10, " a second",
                report.stopped ? ", stopped: the same command goes on" : ""),
            isInterrupted};
}

std::string helpText(const OptionTable& table) {
    return cat("cameo-train - trains a StyleGAN2 generator, on a machine that has LibTorch alone\n\nUsage: "
               "cameo-train ",
               table.usage(), "\n       cameo-train bench [--device NAME] [--repeats N]\n\n", table.help(),
               "\nExample:\n  cameo-train --data photos.cameoset --device cuda --minutes 30 --out run1\n\n",
               exitCodeHelp());
}

} // namespace

int main(int argc, char** argv) {
    ignoreWriteSignals();
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    CommonOptions common;
    common.device = "cpu";
    return runProgram(common, [&] {
        if (!words.empty() && words.front() == "bench")
            return runBench({words.begin() + 1, words.end()}, common);
        TrainOptions options;
        double minutes = 0;
        OptionTable table;
        declareTrainOptions(table, train::generatorTrainingParameters(), options);
        table.heading("Common options");
        table.add(Option{.name = "--minutes",
                         .value = "N",
                         .help = "Save and end after so many minutes (default 0: no limit)",
                         .take = number(minutes, {0, kMostMinutes})});
        declareCommonOptions(table, common);
        if (std::find(words.begin(), words.end(), "--help") != words.end())
            return Outcome{Json(), helpText(table)};
        table.parse(words);
        return runTraining(options, minutes, common);
    });
}
