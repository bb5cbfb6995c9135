// SPDX-License-Identifier: Apache-2.0
#include "app/cli/value_text.h"
#include "app/commands/commands.h"
#include "core/base/file.h"
#include "core/document/recipe_file.h"
#include "core/image/codec.h"

#include <string_view>

namespace cameo::cli {
namespace {

bool startsWith(const Bytes& bytes, std::string_view magic) {
    return bytes.size() >= magic.size() &&
           std::string_view(reinterpret_cast<const char*>(bytes.view.data()), magic.size()) == magic;
}

bool isPicture(const std::filesystem::path& file) {
    using namespace std::string_view_literals;
    const Bytes bytes = mapFile(file);
    for (const std::string_view magic : {"\x89PNG\r\n\x1a\n"sv, "\xff\xd8\xff"sv, "II*\0"sv, "MM\0*"sv})
        if (startsWith(bytes, magic))
            return true;
    return false;
}

const char* pixelTypeName(PixelType type) {
    switch (type) {
    case PixelType::U8:
        return "uint8";
    case PixelType::U16:
        return "uint16";
    case PixelType::F32:
        break;
    }
    return "float32";
}

Json describePicture(const std::filesystem::path& file) {
    const Image image = readImage(file);
    Json json = Json::object({{"file", file.string()},
                              {"kind", "picture"},
                              {"width", image.width()},
                              {"height", image.height()},
                              {"channels", image.channels()},
                              {"type", pixelTypeName(image.type())}});
    if (image.resolution())
        json.set("pixels-per-inch", *image.resolution());
    if (!startsWith(mapFile(file), "\x89PNG"))
        return json;
    Json texts = Json::object();
    for (const auto& [keyword, value] : readPngText(file))
        texts.set(keyword, value);
    if (!texts.asObject().empty())
        json.set("text", std::move(texts));
    return json;
}

/// A recipe or layers; the numbers of a latent are left out.
Json describeCameoFile(const std::filesystem::path& file, Json json) {
    const auto shorten = [](Json& recipe) {
        const Json* latent = recipe.find("latent");
        if (!latent || !latent->isObject())
            return;
        Json summary = *latent;
        std::erase_if(summary.asObject(),
                      [](const Json::Member& member) { return member.first == "values"; });
        recipe.set("latent", std::move(summary));
    };
    shorten(json);
    if (const Json* recipe = json.find("recipe"); recipe && recipe->isObject()) {
        Json summary = *recipe;
        shorten(summary);
        json.set("recipe", std::move(summary));
    }
    Json described = Json::object({{"file", file.string()}});
    for (auto& [name, value] : json.asObject())
        described.set(name, std::move(value));
    return described;
}

class Info final : public Command {
  public:
    void declare(OptionTable& table) override {
        table.add(Positional{
            .name = "FILE",
            .help = "A model, a FILE.cameo, exported layers (folder, ORA, PSD, TIFF), or a picture",
            .take = path(m_file),
            .isRequired = true});
    }

    Outcome run(Session&) override {
        Json json = describe();
        std::string lines = readableText(json);
        return {std::move(json), std::move(lines)};
    }

  private:
    Json describe() const {
        if (std::optional<Json> json = readCameoJson(m_file))
            return describeCameoFile(m_file, std::move(*json));
        if (std::optional<Json> json = describeLayers(m_file).value())
            return describeCameoFile(m_file, std::move(*json));
        return isPicture(m_file) ? describePicture(m_file) : describeFile(m_file).value();
    }

    std::filesystem::path m_file;
};

} // namespace

CommandEntry infoCommand() {
    return {"info", "What a file holds: a model of any format, a recipe, layers or a picture",
            "  cameo info network.pkl\n"
            "  cameo info layers --json",
            [] { return std::unique_ptr<Command>(std::make_unique<Info>()); }};
}

} // namespace cameo::cli
