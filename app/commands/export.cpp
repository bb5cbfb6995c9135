// SPDX-License-Identifier: Apache-2.0
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/commands/picture_source.h"
#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace cameo::cli {
namespace {

struct FormatName {
    const char* name;
    ExportFormat format;
    std::vector<std::string> endings; // empty: a folder
};

const std::array<FormatName, 4>& formats() {
    static const std::array<FormatName, 4> all{{{"png", ExportFormat::PngFolder, {}},
                                                {"ora", ExportFormat::OpenRaster, {".ora"}},
                                                {"psd", ExportFormat::Psd, {".psd"}},
                                                {"tiff", ExportFormat::Tiff, {".tif", ".tiff"}}}};
    return all;
}

/// As --format says, else as the ending of --out does.
const FormatName& chosenFormat(const std::string& name, const std::filesystem::path& out) {
    const std::string ending = out.extension().string();
    for (const FormatName& format : formats())
        if (name.empty()
                ? std::find(format.endings.begin(), format.endings.end(), ending) != format.endings.end()
                : name == format.name)
            return format;
    return formats().front();
}

class Export final : public Command {
  public:
    void declare(OptionTable& table) override {
        table.add(Option{.name = "--out",
                         .value = "DIR|FILE",
                         .help = "Folder for ground, person, mask, composite and layers.json; or a FILE.ora, "
                                 "FILE.psd or FILE.tif with all of them as layers",
                         .take = path(m_out),
                         .isRequired = true});
        table.add(Option{.name = "--format",
                         .value = "NAME",
                         .help =
                             "png, ora (Krita, MyPaint), psd (GIMP, Photoshop, Krita) or tiff (default: as "
                             "--out ends, else png)",
                         .take = choice(m_format, {"png", "ora", "psd", "tiff"})});
        table.add(Option{.name = "--depth",
                         .value = "BITS",
                         .help = "8 or 16 bit a channel (default 8)",
                         .take = choice(m_depth, {"8", "16"})});
        table.add(Option{.name = "--no-metadata",
                         .help =
                             "Leaves out the recipe (with which the file opens again) and the note that a "
                             "model made the picture",
                         .take = [this](const std::string&) { m_metadata = Metadata::Stripped; }});
        declarePictureSource(table, m_source);
    }

    Outcome run(Session& session) override {
        const FormatName& format = chosenFormat(m_format, m_out);
        std::optional<OutputFolder> folder; // goes again when nothing comes of it
        if (format.endings.empty()) {
            folder.emplace(m_out);
        } else {
            requireEnding(m_out, format.endings);
            checkWritable(m_out);
        }
        ExportRequest request;
        request.target = folder ? folder->path() : m_out;
        request.format = format.format;
        request.bits = m_depth == "16" ? 16 : 8;
        request.metadata = m_metadata;
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
    std::string m_format, m_depth = "8";
    Metadata m_metadata = Metadata::Whole;
};

} // namespace

CommandEntry exportCommand() {
    return {"export", "The whole job: picture, mask, edit, filled ground, composite, as layers",
            "  cameo export --seed 7 --out layers\n"
            "  cameo export photo.jpg --square 120,80,512 --set pc1=+1.5 --out layers\n"
            "  cameo export layers --set pc2=-1 --out layers2     (exported layers open again)\n"
            "  cameo export --seed 7 --depth 16 --out portrait.psd",
            [] { return std::unique_ptr<Command>(std::make_unique<Export>()); }};
}

} // namespace cameo::cli
