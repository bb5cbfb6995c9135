// SPDX-License-Identifier: Apache-2.0
#include "app/cli/value_text.h"
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "core/base/text.h"

#include <algorithm>
#include <iomanip>

namespace cameo::cli {
namespace {

/// A table of figures: what it is, of the samples, of the pictures among themselves.
class Lines {
  public:
    void add(const std::string& what, const Json& samples, const Json& pictures = {}) {
        m_out << '\n' << std::left << std::setw(52) << what << number(samples) << number(pictures);
    }
    void share(const std::string& what, const Json& samples, const Json& pictures = {}) {
        const auto percent = [](const Json& value) {
            return value.isNull() ? Json() : Json(value.asDouble() * 100);
        };
        add(what + ", %", percent(samples), percent(pictures));
    }
    std::string text() const { return m_out.str(); }

  private:
    static std::string number(const Json& value) {
        if (value.isNull())
            return {};
        std::ostringstream out;
        out << std::right << std::fixed << std::setw(12) << std::setprecision(2) << value.asDouble();
        return out.str();
    }
    std::ostringstream m_out;
};

std::string picturesOf(const Json& report) {
    const auto used = report.at("pictures").asInteger(), all = report.at("pictures-in-data").asInteger();
    return used == all ? std::to_string(used) : cat(used, " of ", all);
}

std::string headingOf(const Json& report) {
    const std::string split = report.at("split").asString();
    std::ostringstream out;
    out << report.at("samples").asInteger() << " samples (seeds from " << report.at("seed").asInteger()
        << ", psi " << report.at("psi").asDouble() << ") beside " << picturesOf(report) << " pictures of "
        << report.at("side").asInteger() << " px" << (split.empty() ? "" : ", split " + split);
    if (const std::string& version = report.at("features").asString(); !version.empty())
        out << "; feature space " << version;
    out << '\n' << std::setw(64) << "samples" << std::setw(12) << "pictures";
    return out.str();
}

void addDistances(Lines& lines, const Json& metrics) {
    if (const Json* found = metrics.find("wasserstein")) {
        for (const Json& level : found->at("levels").asArray())
            lines.add(cat("sliced Wasserstein, patches at ", level.at("side").asInteger(), " px, x 1000"),
                      level.at("distance"), level.at("floor"));
        lines.add("sliced Wasserstein, patches, mean", found->at("mean"), found->at("mean-floor"));
        lines.add("sliced Wasserstein, whole images, grey levels", found->at("whole"),
                  found->at("whole-floor"));
    }
    if (const Json* found = metrics.find("frechet"))
        lines.add("Frechet distance of features", found->at("distance"), found->at("floor"));
}

void addShares(Lines& lines, const Json& metrics) {
    if (const Json* found = metrics.find("precision-recall")) {
        lines.share("precision", found->at("precision"), found->at("precision-of-pictures"));
        lines.share("recall", found->at("recall"), found->at("recall-of-pictures"));
    }
    if (const Json* found = metrics.find("nearest"))
        for (const char* space : {"features", "pixels"}) {
            const Json& figures = found->at(space);
            lines.add(cat("distance to the nearest picture, ", space, ", median"), figures.at("median"),
                      figures.at("median-of-pictures"));
            lines.share(cat("nearer than 1 % of pictures are, ", space), figures.at("share-too-close"), 0.01);
        }
    if (const Json* found = metrics.find("faces")) {
        lines.share("face found", found->at("face"));
        lines.share("face with two eyes found", found->at("two-eyes"));
    }
}

std::string textOf(const Json& report) {
    Lines lines;
    addDistances(lines, report.at("metrics"));
    addShares(lines, report.at("metrics"));
    std::string text = headingOf(report) + lines.text();
    for (const Json& entry : report.at("not-measured").asArray())
        text += cat("\nNot measured: ", entry.at("metric").asString(), ": ", entry.at("reason").asString());
    return text;
}

std::vector<std::string> splitNames(const std::string& list) {
    std::vector<std::string> names;
    std::istringstream in(list);
    const std::vector<std::string> known = evaluationMetrics();
    for (std::string name; std::getline(in, name, ',');) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            const auto nearest = nearestWord(name, known);
            std::string all;
            for (const std::string& one : known)
                all += (all.empty() ? "" : ", ") + one;
            throw UsageError(cat("must be a list of metrics, not '", printable(name), "'. ",
                                 nearest ? cat("Did you mean ", *nearest, "?") : cat("There are: ", all)));
        }
        names.push_back(name);
    }
    return names;
}

class EvaluateGenerator final : public Command {
  public:
    void declare(OptionTable& table) override {
        table.add(
            Option{.name = "--data",
                   .value = "FILE",
                   .help = "Packed pictures to compare with, of any split, made by 'cameo dataset pack'",
                   .take = path(m_request.data),
                   .isRequired = true});
        table.add(Option{.name = "--psi",
                         .value = "NUMBER",
                         .help = "Truncation of the samples (default 1)",
                         .take = number(m_request.psi, {0, 2})});
        table.add(Option{.name = "--samples",
                         .value = "N",
                         .help = "Samples; figures of different numbers cannot be compared (default 2000)",
                         .take = integer(m_request.samples, {2, 1'000'000})});
        table.add(Option{.name = "--pictures",
                         .value = "N",
                         .help = "Pictures to compare with, at most; they are held in memory (default 5000)",
                         .take = integer(m_request.pictures, {2, 1'000'000})});
        table.add(Option{.name = "--seed",
                         .value = "N",
                         .help = "Seed of the first sample and of the measurement (default 0)",
                         .take = seed(m_seed)});
        table.add(Option{.name = "--metrics",
                         .value = "LIST",
                         .help =
                             "Some of wasserstein, frechet, precision-recall, nearest, faces, with commas "
                             "(default: all)",
                         .take = [this](const std::string& list) { m_request.metrics = splitNames(list); }});
        table.add(Option{.name = "--pairs",
                         .value = "FILE",
                         .help = "Write the samples nearest to a picture, each beside it, to this .png",
                         .take = path(m_request.pairs)});
        table.add(Option{
            .name = "--features",
            .value = "FILE",
            .help = "Attribute network, made by 'cameo train attributes' (default: the one that ships)",
            .take = path(m_request.features)});
    }

    Outcome run(Session& session) override {
        if (!m_request.pairs.empty()) {
            requireEnding(m_request.pairs, {".png"});
            checkWritable(m_request.pairs);
        }
        m_request.model = session.model();
        m_request.seed = m_seed.value_or(0);
        m_request.device = session.options().device;
        Json report = session.finish(evaluateModel(m_request, session.control()));
        std::string lines = textOf(report);
        report.set("program", "cameo " CAMEO_VERSION);
        if (!m_request.pairs.empty()) {
            report.set("files", pathsJson({m_request.pairs}));
            lines += "\n" + wroteText({m_request.pairs});
        }
        return {std::move(report), std::move(lines)};
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
            "  cameo evaluate generator --data train64.cameoset --metrics nearest --pairs nearest.png\n"
            "  cameo evaluate generator --model network.pkl --data train64.cameoset --psi 0.7 --json",
            [] { return std::unique_ptr<Command>(std::make_unique<EvaluateGenerator>()); }};
}

} // namespace cameo::cli
