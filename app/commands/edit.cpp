// SPDX-License-Identifier: Apache-2.0
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/commands/picture_source.h"
#include "core/document/recipe_file.h"
#include "core/image/codec.h"

namespace cameo::cli {
namespace {

class Edit final : public Command {
  public:
    void declare(OptionTable& table) override {
        table.add(Option{.name = "--out",
                         .value = "FILE.png | FILE.cameo",
                         .help = "The edited picture, or its recipe to go on from",
                         .take = path(m_out),
                         .isRequired = true});
        table.add(Option{.name = "--composite",
                         .help = "The edited person over the untouched ground, not the "
                                 "generator's picture alone",
                         .take = flag(m_composite)});
        declarePictureSource(table, m_source);
    }

    Outcome run(Session& session) override {
        requireEnding(m_out, {".png", ".cameo"});
        checkWritable(m_out);
        const EditState state = resolvePicture(session, m_source);
        Json json = Json::object({{"files", pathsJson({m_out})}});
        if (m_out.extension() == ".cameo") {
            writeRecipe(m_out, state);
            return {std::move(json), wroteText({m_out})};
        }
        RenderRequest request;
        request.state = state;
        request.wantComposite = m_composite;
        const Rendering rendering = session.run<Rendering>(
            [&](Engine& engine, Sink<Rendering> sink) { return engine.render(request, std::move(sink)); });
        PngOptions options;
        options.text["cameo-recipe"] = toJson(state).dump();
        writePng(m_out, m_composite ? rendering.composite : rendering.picture, options);
        json.set("milliseconds", timingsJson(rendering.timings));
        return {std::move(json), wroteText({m_out})};
    }

  private:
    PictureSource m_source;
    std::filesystem::path m_out;
    bool m_composite = false;
};

} // namespace

CommandEntry editCommand() {
    return {"edit", "Changes a picture along directions of the model, or mixes it with another seed",
            "  cameo edit --seed 7 --set pc1=+1.5 --out edited.png\n"
            "  cameo edit photo.cameo --set pc1:0-3=+1.5 --set pc2=-1 --composite --out edited.png\n"
            "  cameo edit photo.cameo --mix 12:6 --out mixed.cameo",
            [] { return std::unique_ptr<Command>(std::make_unique<Edit>()); }};
}

} // namespace cameo::cli
