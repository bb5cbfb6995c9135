// SPDX-License-Identifier: Apache-2.0
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/commands/picture_source.h"
#include "core/base/text.h"
#include "core/document/recipe_file.h"
#include "core/image/codec.h"

#include <iomanip>
#include <sstream>

namespace cameo::cli {
namespace {

std::string decibels(double value) {
    std::ostringstream out;
    out << std::fixed << std::setprecision(1) << value << " dB";
    return out.str();
}

class Invert final : public Command {
  public:
    Invert() { m_options.strength = "refined"; }

    void declare(OptionTable& table) override {
        table.add(Positional{
            .name = "PHOTO", .help = "PNG, JPEG or TIFF", .take = text(m_photo), .isRequired = true});
        table.add(Option{.name = "--out",
                         .value = "FILE.cameo",
                         .help = "The recipe with the latent; other commands "
                                 "take it in place of the photograph",
                         .take = path(m_out),
                         .isRequired = true});
        table.add(Option{.name = "--picture",
                         .value = "FILE.png",
                         .help = "Also write the reconstruction",
                         .take = path(m_picture)});
        declareInversionOptions(table, "", m_options);
    }

    Outcome run(Session& session) override {
        requireEnding(m_out, {".cameo"});
        checkWritable(m_out);
        if (!m_picture.empty()) {
            requireEnding(m_picture, {".png"});
            checkWritable(m_picture);
        }
        const InversionResult result = invertPhoto(session, m_photo, m_options);
        std::vector<std::filesystem::path> files = {m_out};
        if (!m_picture.empty()) {
            writePng(m_picture, result.picture);
            files.push_back(m_picture);
        }
        writeRecipe(m_out, result.state);
        return {Json::object({{"files", pathsJson(files)},
                              {"steps", result.steps},
                              {"loss", result.loss},
                              {"psnr", result.psnr},
                              {"stopped", result.stopped}}),
                cat("Wrote ", m_out.string(), ": ", result.steps, " steps, ", decibels(result.psnr),
                    result.stopped ? ", stopped: the best so far" : ""),
                result.stopped};
    }

  private:
    std::string m_photo;
    std::filesystem::path m_out, m_picture;
    InversionOptions m_options;
};

} // namespace

CommandEntry invertCommand() {
    return {
        "invert", "Finds the latent whose picture is a photograph; Ctrl+C keeps the best so far",
        "  cameo invert photo.jpg --out photo.cameo\n"
        "  cameo invert photo.jpg --square 120,80,512 --strength quick --out photo.cameo --picture found.png",
        [] { return std::unique_ptr<Command>(std::make_unique<Invert>()); }};
}

} // namespace cameo::cli
