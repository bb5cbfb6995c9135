// SPDX-License-Identifier: Apache-2.0
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/commands/picture_source.h"
#include "core/base/text.h"

#include <cmath>

namespace cameo::cli {
namespace {

class Export final : public Command {
  public:
    void declare(OptionTable& table) override {
        table.add(Option{.name = "--out",
                         .value = "DIR",
                         .help = "Folder for ground, person, mask, composite and "
                                 "layers.json",
                         .take = path(m_out),
                         .isRequired = true});
        table.add(Option{.name = "--format",
                         .value = "NAME",
                         .help = "png (default png)",
                         .take = choice(m_format, {"png"})});
        declarePictureSource(table, m_source);
    }

    Outcome run(Session& session) override {
        const OutputFolder folder(m_out);
        ExportRequest request;
        request.folder = folder.path();
        request.state = resolvePicture(session, m_source);
        const ExportReport report = session.run<ExportReport>([&](Engine& engine, Sink<ExportReport> sink) {
            return engine.exportLayers(request, std::move(sink));
        });
        return {
            Json::object({{"files", pathsJson(report.files)},
                          {"coverage", report.coverage},
                          {"milliseconds", timingsJson(report.timings)}}),
            cat(wroteText(report.files), " (the person covers ", std::lround(report.coverage * 100), " %)")};
    }

  private:
    PictureSource m_source;
    std::filesystem::path m_out;
    std::string m_format = "png";
};

} // namespace

CommandEntry exportCommand() {
    return {"export", "The whole job: picture, mask, edit, filled ground, composite, as layers",
            "  cameo export --seed 7 --out layers\n"
            "  cameo export photo.jpg --square 120,80,512 --set pc1=+1.5 --out layers\n"
            "  cameo export layers --set pc2=-1 --out layers2     (exported layers open again)",
            [] { return std::unique_ptr<Command>(std::make_unique<Export>()); }};
}

} // namespace cameo::cli
