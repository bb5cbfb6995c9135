// SPDX-License-Identifier: Apache-2.0
#include "app/cli/value_text.h"
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "core/base/text.h"
#include "core/image/codec.h"
#include "core/image/convert.h"

#include <array>
#include <optional>

namespace cameo::cli {
namespace {

using Colour = std::array<std::uint8_t, 3>;

Image plainGround(const Colour& colour, int width, int height) {
    std::vector<std::uint8_t> pixels;
    pixels.reserve(static_cast<std::size_t>(width) * height * 3);
    for (std::size_t i = 0; i < static_cast<std::size_t>(width) * height; ++i)
        pixels.insert(pixels.end(), colour.begin(), colour.end());
    return Image(width, height, 3, std::move(pixels));
}

class Composite final : public Command {
  public:
    void declare(OptionTable& table) override {
        table.add(Positional{.name = "PERSON.png",
                             .help = "A cut-out person with alpha, or any picture with --mask",
                             .take = path(m_person),
                             .isRequired = true});
        table.add(Option{.name = "--ground",
                         .value = "GROUND.png",
                         .help = "What the person is set on; of the same "
                                 "size",
                         .take = path(m_ground)});
        table.add(Option{.name = "--colour",
                         .value = "'#RRGGBB'",
                         .help = "A plain ground in place of a picture",
                         .take = [this](const std::string& value) { m_colour = parseColour(value); }});
        table.add(Option{.name = "--mask",
                         .value = "MASK.png",
                         .help = "In place of the person's own alpha",
                         .take = path(m_mask)});
        table.add(Option{.name = "--out",
                         .value = "FILE.png",
                         .help = "The composite",
                         .take = path(m_out),
                         .isRequired = true});
    }

    Outcome run(Session& session) override {
        requireEnding(m_out, {".png"});
        if (m_ground.empty() != m_colour.has_value())
            throw UsageError("Give either --ground GROUND.png or --colour '#808080'");
        checkWritable(m_out);
        const Image person = readImage(m_person);
        if (m_mask.empty() && !person.hasAlpha())
            throw Failure(ErrorCode::BadImage, cat("'", m_person.string(), "' has no alpha channel"),
                          "Give its mask with --mask MASK.png");
        const Mask alpha = maskFromImage(m_mask.empty() ? person : readImage(m_mask));
        const Image ground =
            m_colour ? plainGround(*m_colour, person.width(), person.height()) : toRgb(readImage(m_ground));
        const Image picture = session.finish(composePicture(person, alpha, ground));
        writePng(m_out, picture.type() == PixelType::F32 ? toU16(picture) : picture);
        return {Json::object({{"files", pathsJson({m_out})}, {"coverage", alpha.coverage()}}),
                wroteText({m_out})};
    }

  private:
    std::filesystem::path m_person, m_ground, m_mask, m_out;
    std::optional<Colour> m_colour;
};

} // namespace

CommandEntry compositeCommand() {
    return {"composite", "Sets a cut-out person on a picture or a plain colour",
            "  cameo composite person.png --ground ground.png --out picture.png\n"
            "  cameo composite person.png --colour '#808080' --out grey.png",
            [] { return std::unique_ptr<Command>(std::make_unique<Composite>()); }};
}

} // namespace cameo::cli
