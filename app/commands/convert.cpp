// SPDX-License-Identifier: Apache-2.0
#include "app/cli/value_text.h"
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "core/base/text.h"

namespace cameo::cli {
namespace {

std::string channelText(const Json& network) {
    std::string text;
    for (const auto& [side, channels] : network.at("channels").asObject())
        text += cat(text.empty() ? "" : ", ", side, ": ", channels.asInteger());
    return "{" + text + "}";
}

/// Rosinality's code keeps these numbers outside of the file.
std::string rosinalityHint(const Json& report) {
    const Json* generator = report.find("generator");
    if (!generator)
        return {};
    return cat("\nIn rosinality's code: Generator(size=", generator->at("resolution").asInteger(),
               ", style_dim=", generator->at("latent-size").asInteger(),
               ", n_mlp=", generator->at("mapping-layers").asInteger(),
               ") with self.channels = ", channelText(*generator));
}

class Convert final : public Command {
  public:
    void declare(OptionTable& table) override {
        table.add(
            Positional{.name = "FILE",
                       .help = "A model of any format; a second file may hold the other network",
                       .take = [this](const std::string& value) { m_request.files.emplace_back(value); },
                       .isRepeated = true,
                       .isRequired = true});
        table.add(Option{.name = "--out",
                         .value = "OUT",
                         .help = "FILE.safetensors, for rosinality also FILE.pt; for cameo a folder",
                         .take = path(m_request.output),
                         .isRequired = true});
        table.add(Option{.name = "--layout",
                         .value = "NAME",
                         .help = "Whose names the tensors get: cameo (a folder as a training leaves it), "
                                 "nvidia or rosinality (default cameo)",
                         .take = choice(m_request.layout, modelLayouts())});
        table.add(Option{.name = "--dtype",
                         .value = "TYPE",
                         .help = "float32 or float16 (default float32)",
                         .take = choice(m_request.dataType, {"float32", "float16"})});
        table.add(Option{.name = "--only",
                         .value = "NETWORK",
                         .help = "Leave out the other network: generator or discriminator",
                         .take = choice(m_request.only, {"generator", "discriminator"})});
        table.add(Option{.name = "--without-clamps",
                         .help = "Leave out limits on features, which rosinality's code does not have",
                         .take = flag(m_request.isWithoutClamps)});
    }

    Outcome run(Session& session) override {
        if (!session.options().model.empty())
            throw UsageError("Give the model to convert as FILE, not with --model");
        const Json report = session.finish(convertModel(m_request));
        std::vector<std::filesystem::path> files;
        for (const Json& file : report.at("files").asArray())
            files.emplace_back(file.asString());
        return {report, wroteText(files) + (m_request.layout == "rosinality" ? rosinalityHint(report) : "")};
    }

  private:
    ModelConversion m_request;
};

} // namespace

CommandEntry convertCommand() {
    return {"convert", "Writes a model of any format in the layout of another program",
            "  cameo convert network.pkl --out network\n"
            "  cameo convert run1/generator.safetensors run1/discriminator.safetensors --layout rosinality "
            "--out run1.pt\n"
            "  cameo convert stylegan2-ffhq-config-f.pt --layout nvidia --dtype float16 --out "
            "ffhq.safetensors",
            [] { return std::unique_ptr<Command>(std::make_unique<Convert>()); }};
}

} // namespace cameo::cli
