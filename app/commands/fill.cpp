// SPDX-License-Identifier: Apache-2.0
#include "app/cli/value_text.h"
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "core/image/codec.h"
#include "core/image/convert.h"

namespace cameo::cli {
namespace {

class Fill final : public Command {
  public:
    void declare(OptionTable& table) override {
        table.add(Positional{
            .name = "PHOTO", .help = "PNG, JPEG or TIFF", .take = path(m_photo), .isRequired = true});
        table.add(Option{.name = "--mask",
                         .value = "MASK.png",
                         .help = "What to fill: 0 ground, full person; as large "
                                 "as the photograph",
                         .take = path(m_mask),
                         .isRequired = true});
        table.add(Option{.name = "--out",
                         .value = "PLATE.png",
                         .help = "The filled ground",
                         .take = path(m_out),
                         .isRequired = true});
        table.addParameters(fillParameters(), "", m_parameters);
    }

    Outcome run(Session& session) override {
        requireEnding(m_out, {".png"});
        checkWritable(m_out);
        PlateFill request;
        request.photo = toRgb(readImage(m_photo));
        request.person = maskFromImage(readImage(m_mask));
        request.parameters = m_parameters;
        const Image plate = session.finish(fillPerson(request, session.control()));
        session.checkStop();
        writePng(m_out, plate.type() == PixelType::F32 ? toU16(plate) : plate);
        return {Json::object({{"files", pathsJson({m_out})}}), wroteText({m_out})};
    }

  private:
    std::filesystem::path m_photo, m_mask, m_out;
    ParameterValues m_parameters;
};

} // namespace

CommandEntry fillCommand() {
    return {"fill", "The ground of a photograph, filled where the person was",
            "  cameo fill photo.jpg --mask mask.png --out plate.png\n"
            "  cameo fill photo.jpg --mask mask.png --grow 4 --out plate.png",
            [] { return std::unique_ptr<Command>(std::make_unique<Fill>()); }};
}

} // namespace cameo::cli
