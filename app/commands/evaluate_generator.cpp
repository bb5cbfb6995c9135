// SPDX-License-Identifier: Apache-2.0
#include "app/cli/value_text.h"
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "core/base/text.h"

#include <cmath>

namespace cameo::cli {
namespace {

double hundredths(double value) {
    return std::round(value * 100) / 100;
}

std::string linesOf(const Json& report) {
    const auto line = [](const std::string& what, const Json& distance, const Json& floor) {
        return cat(what, ": ", hundredths(distance.asDouble()), " (pictures among themselves ",
                   hundredths(floor.asDouble()), ")");
    };
    std::string text =
        cat(report.at("samples").asInteger(), " samples, sliced Wasserstein distance times 1000");
    for (const Json& level : report.at("levels").asArray())
        text += "\n" + line(cat("patches at ", level.at("side").asInteger(), " px"), level.at("distance"),
                            level.at("floor"));
    text += "\n" + line("mean", report.at("mean"), report.at("mean-floor"));
    return text + "\n" +
           line("whole images at 16 px, grey levels", report.at("whole"), report.at("whole-floor"));
}

class EvaluateGenerator final : public Command {
  public:
    void declare(OptionTable& table) override {
        table.add(Option{.name = "--data",
                         .value = "FILE",
                         .help = "Packed pictures to compare with, made by 'cameo dataset pack'",
                         .take = path(m_request.data),
                         .isRequired = true});
        table.add(Option{.name = "--psi",
                         .value = "NUMBER",
                         .help = "Truncation of the samples (default 1)",
                         .take = number(m_request.psi, {0, 2})});
        table.add(Option{.name = "--samples",
                         .value = "N",
                         .help = "Samples, at most as many as there are pictures (default 2000)",
                         .take = integer(m_request.samples, {2, 1'000'000})});
        table.add(Option{.name = "--seed",
                         .value = "N",
                         .help = "Seed of the first sample and of the measurement (default 0)",
                         .take = seed(m_seed)});
    }

    Outcome run(Session& session) override {
        m_request.model = session.model();
        m_request.seed = m_seed.value_or(0);
        m_request.device = session.options().device;
        const Json report = session.finish(evaluateModel(m_request, session.control()));
        return {report, linesOf(report)};
    }

  private:
    ModelEvaluation m_request;
    std::optional<std::uint32_t> m_seed;
};

} // namespace

CommandEntry evaluateGeneratorCommand() {
    return {"evaluate generator", "Measures how far a generator's samples are from pictures",
            "  cameo dataset pack portraits/manifest.csv --split train --side 64 --out train64.cameoset\n"
            "  cameo evaluate generator --data train64.cameoset\n"
            "  cameo evaluate generator --model network.pkl --data train64.cameoset --psi 0.7 --json",
            [] { return std::unique_ptr<Command>(std::make_unique<EvaluateGenerator>()); }};
}

} // namespace cameo::cli
