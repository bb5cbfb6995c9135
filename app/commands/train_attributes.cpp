// SPDX-License-Identifier: Apache-2.0
#include "app/cli/value_text.h"
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "core/base/text.h"

#include <iomanip>

namespace cameo::cli {
namespace {

std::string fixed(const Json& number, int decimals) {
    if (number.isNull())
        return "-";
    std::ostringstream out;
    out << std::fixed << std::setprecision(decimals) << number.asDouble();
    return out.str();
}

/// A table of what the network got right, beside what saying the same for every picture would.
std::string accuracyText(const Json& report) {
    if (report.at("accuracy").asObject().empty())
        return "\nThe table has no split 'dev': nothing was measured";
    std::ostringstream out;
    out << "\nOn the " << report.at("measured").asInteger() << " pictures of the split 'dev':";
    for (const auto& [name, row] : report.at("accuracy").asObject()) {
        out << "\n  " << std::left << std::setw(12) << name;
        if (const Json* error = row.find("mean-absolute-error"))
            out << "mean error " << fixed(*error, 3)
                << " (median for all: " << fixed(row.at("error-of-the-median"), 3) << "), correlation "
                << fixed(row.at("correlation"), 3);
        else
            out << "right " << fixed(row.at("accuracy"), 3)
                << " (more frequent for all: " << fixed(row.at("accuracy-of-the-more-frequent"), 3)
                << "), AUC " << fixed(row.at("auc"), 3);
    }
    return out.str();
}

class TrainAttributes final : public Command {
  public:
    void declare(OptionTable& table) override {
        table.add(Option{
            .name = "--data",
            .value = "TABLE",
            .help = "Table (.csv) with the columns 'file' and 'split'; 'train' is trained on, 'dev' is "
                    "measured",
            .take = path(m_request.table),
            .isRequired = true});
        table.add(Option{.name = "--out",
                         .value = "DIR",
                         .help = "Folder for attributes.safetensors",
                         .take = path(m_folder),
                         .isRequired = true});
        table.add(Option{
            .name = "--attributes",
            .value = "TABLE",
            .help = "Table (.csv) with a column for each attribute (default: attributes.csv beside the "
                    "other table)",
            .take = path(m_request.attributes)});
        table.add(Option{.name = "--seed",
                         .value = "N",
                         .help = "Makes the run reproducible (default 0)",
                         .take = [this](const std::string& value) { m_request.seed = parseSeed(value); }});
        table.heading("Training");
        table.addParameters(attributeParameters(), "", m_request.parameters);
    }

    Outcome run(Session& session) override {
        if (!session.options().model.empty())
            throw UsageError("This training starts from fresh weights: leave --model out");
        const OutputFolder folder(m_folder);
        m_request.output = folder.path() / "attributes.safetensors";
        m_request.device = session.options().device;
        Json report = session.finish(trainAttributes(m_request, session.control()));
        std::string lines =
            cat(wroteText({m_request.output}), ": ", report.at("parameters").asInteger(), " parameters, ",
                report.at("pictures").asInteger(), " pictures, feature space ",
                report.at("version").asString(), accuracyText(report));
        for (const Json& skipped : report.at("skipped").asArray())
            lines += cat("\nSkipped ", skipped.at("file").asString(), ": ",
                         sentence(skipped.at("reason").asString()));
        report.set("files", pathsJson({m_request.output}));
        return {std::move(report), std::move(lines)};
    }

  private:
    AttributeRequest m_request;
    std::filesystem::path m_folder;
};

} // namespace

CommandEntry trainAttributesCommand() {
    return {"train attributes",
            "Trains the network that estimates age, smile, pose ... and compares portraits",
            "  cameo train attributes --data portraits/manifest.csv --out attributes\n"
            "  cameo train attributes --data portraits/manifest.csv --epochs 4 --seed 1 --out trial --json",
            [] { return std::unique_ptr<Command>(std::make_unique<TrainAttributes>()); }};
}

} // namespace cameo::cli
