// SPDX-License-Identifier: Apache-2.0
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/commands/picture_source.h"
#include "core/image/codec.h"
#include "core/image/convert.h"

#include <algorithm>
#include <vector>

namespace cameo::cli {
namespace {

/// The mask of the square, on a canvas as large as the photograph; outside of the square is ground.
Mask onPhoto(const Mask& mask, const PhotoSource& source) {
    const Image photo = readImage(source.file);
    const Rect& square = source.square;
    const Mask scaled = resize(mask, square.width, square.height);
    std::vector<float> alpha(static_cast<std::size_t>(photo.width()) * photo.height(), 0.0F);
    for (int y = std::max(0, square.y); y < std::min(photo.height(), square.y + square.height); ++y)
        for (int x = std::max(0, square.x); x < std::min(photo.width(), square.x + square.width); ++x)
            alpha[static_cast<std::size_t>(y) * photo.width() + x] = scaled.at(x - square.x, y - square.y);
    return Mask(photo.width(), photo.height(), std::move(alpha));
}

class MaskCommand final : public Command {
  public:
    void declare(OptionTable& table) override {
        table.add(Option{.name = "--out",
                         .value = "FILE.png | DIR",
                         .help = "Grey picture, 0 ground, full person; a "
                                 "folder with --seeds",
                         .take = path(m_out),
                         .isRequired = true});
        table.add(Option{.name = "--seeds",
                         .value = "LIST",
                         .help = "Several generated pictures, for example 0-9",
                         .take = [this](const std::string& value) { m_seeds = parseSeeds(value); }});
        table.add(Option{.name = "--depth",
                         .value = "BITS",
                         .help = "8 or 16 (default 8)",
                         .take = choice(m_depth, {"8", "16"})});
        declarePictureSource(table, m_source);
    }

    Outcome run(Session& session) override { return m_seeds.empty() ? runOne(session) : runSeeds(session); }

  private:
    PixelType type() const { return m_depth == "16" ? PixelType::U16 : PixelType::U8; }

    Mask render(Session& session, const EditState& state) const {
        RenderRequest request;
        request.state = state;
        request.wantMask = true;
        return session
            .run<Rendering>(
                [&](Engine& engine, Sink<Rendering> sink) { return engine.render(request, std::move(sink)); })
            .mask;
    }

    Outcome runOne(Session& session) {
        requireEnding(m_out, {".png"});
        checkWritable(m_out);
        const EditState state = resolvePicture(session, m_source);
        Mask mask = render(session, state);
        const double coverage = mask.coverage();
        if (state.photo)
            mask = onPhoto(mask, *state.photo);
        writePng(m_out, imageFromMask(mask, type()));
        return {Json::object({{"files", pathsJson({m_out})}, {"coverage", coverage}}), wroteText({m_out})};
    }

    Outcome runSeeds(Session& session) {
        if (!m_source.input.empty() || m_source.seed)
            throw UsageError("Give either --seeds, --seed or a PICTURE");
        const OutputFolder folder(m_out);
        std::vector<std::filesystem::path> files;
        Json coverages = Json::array();
        for (const std::uint32_t seed : m_seeds) {
            const Mask mask = render(session, stateOfSeed(session, m_source, seed));
            files.push_back(folder.path() / (seedName(seed) + ".mask.png"));
            writePng(files.back(), imageFromMask(mask, type()));
            coverages.append(mask.coverage());
        }
        return {Json::object({{"files", pathsJson(files)}, {"coverage", std::move(coverages)}}),
                wroteText(files)};
    }

    PictureSource m_source;
    std::filesystem::path m_out;
    std::vector<std::uint32_t> m_seeds;
    std::string m_depth = "8";
};

} // namespace

CommandEntry maskCommand() {
    return {"mask", "The soft mask of the person in a picture, found without labels",
            "  cameo mask photo.jpg --out mask.png\n"
            "  cameo mask --seeds 0-9 --out masks\n"
            "  cameo mask --seed 7 --mask-variants 32 --softness 0.5 --depth 16 --out mask.png",
            [] { return std::unique_ptr<Command>(std::make_unique<MaskCommand>()); }};
}

} // namespace cameo::cli
