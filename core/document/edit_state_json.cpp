// SPDX-License-Identifier: Apache-2.0
// The recipe of a picture as JSON: format "cameo-recipe", version 1. Members are kebab-case like the
// parameters.
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/document/edit_state.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string_view>
#include <utility>

namespace cameo {
namespace {

constexpr const char* formatName = "cameo-recipe";
constexpr int formatVersion = 1;
constexpr long maxLatentValues = 1 << 20;

const char* spaceName(LatentSpace space) {
    switch (space) {
    case LatentSpace::Z:
        return "z";
    case LatentSpace::W:
        return "w";
    case LatentSpace::WPlus:
        break;
    }
    return "w+";
}

[[noreturn]] void fail(const std::string& where, const std::string& why) {
    throw Failure(ErrorCode::InvalidArgument, cat("Recipe: '", where, "' ", why));
}

/// An object of the recipe that knows its own name, so that every complaint names the member.
class Reader {
  public:
    Reader(const Json& json, std::string path, std::initializer_list<std::string_view> known)
        : m_json(json), m_path(std::move(path)) {
        if (!json.isObject())
            fail(m_path.empty() ? "the recipe" : m_path, "must be an object");
        for (const auto& [key, value] : json.asObject())
            if (std::find(known.begin(), known.end(), key) == known.end())
                fail(name(printable(key)), "is not a member that this version knows");
    }

    std::string name(std::string_view key) const {
        return m_path.empty() ? std::string(key) : cat(m_path, ".", key);
    }

    const Json& at(std::string_view key) const {
        const Json* value = m_json.find(key);
        if (!value)
            fail(name(key), "is missing");
        return *value;
    }
    /// nullptr when the member is absent or null.
    const Json* optional(std::string_view key) const {
        const Json* value = m_json.find(key);
        return value && !value->isNull() ? value : nullptr;
    }

    const std::string& text(std::string_view key) const {
        if (!at(key).isString())
            fail(name(key), "must be a string");
        return at(key).asString();
    }
    double number(std::string_view key, double low, double high) const {
        const Json& value = at(key);
        if (!value.isNumber())
            fail(name(key), "must be a number");
        if (!(value.asDouble() >= low && value.asDouble() <= high))
            fail(name(key), cat("is ", value.asDouble(), " but must lie between ", low, " and ", high));
        return value.asDouble();
    }
    template <typename T>
    T whole(std::string_view key, T low = std::numeric_limits<T>::min()) const {
        const double value =
            number(key, static_cast<double>(low), static_cast<double>(std::numeric_limits<T>::max()));
        if (value != std::floor(value))
            fail(name(key), "must be a whole number");
        return static_cast<T>(at(key).asInteger());
    }

  private:
    const Json& m_json;
    std::string m_path;
};

/// The double with the fewest digits that reads back as the same float: half the text of the exact double.
double shortestDouble(float value) {
    char buffer[32];
    const auto written = std::to_chars(buffer, buffer + sizeof(buffer), value);
    double parsed = 0;
    const auto read = std::from_chars(buffer, written.ptr, parsed);
    return read.ec == std::errc{} && static_cast<float>(parsed) == value ? parsed
                                                                         : static_cast<double>(value);
}

Json latentJson(const Latent& latent) {
    Json::Array values;
    if (latent.values) {
        values.reserve(latent.values->size());
        for (const float value : *latent.values)
            values.emplace_back(shortestDouble(value));
    }
    return Json::object({{"space", spaceName(latent.space)},
                         {"rows", latent.rows},
                         {"dim", latent.dim},
                         {"values", Json(std::move(values))}});
}

LatentSpace spaceFromName(const Reader& reader) {
    const std::string& text = reader.text("space");
    for (const LatentSpace space : {LatentSpace::Z, LatentSpace::W, LatentSpace::WPlus})
        if (text == spaceName(space))
            return space;
    fail(reader.name("space"), cat("is '", printable(text), "' but must be z, w or w+"));
}

Latent latentFromJson(const Json& json) {
    const Reader reader(json, "latent", {"space", "rows", "dim", "values"});
    Latent latent;
    latent.space = spaceFromName(reader);
    latent.rows = reader.whole<int>("rows", 1);
    latent.dim = reader.whole<int>("dim", 1);
    if (latent.space != LatentSpace::WPlus && latent.rows != 1)
        fail(reader.name("rows"), cat("must be 1 in the space ", spaceName(latent.space)));
    const Json& list = reader.at("values");
    if (!list.isArray() || latent.rows > maxLatentValues / latent.dim ||
        list.asArray().size() != static_cast<std::size_t>(latent.rows * latent.dim))
        fail(reader.name("values"), "must be a list of rows * dim numbers");
    std::vector<float> values;
    values.reserve(list.asArray().size());
    for (const Json& value : list.asArray()) {
        if (!value.isNumber() || !std::isfinite(static_cast<float>(value.asDouble())))
            fail(reader.name("values"), "must hold finite numbers only");
        values.push_back(static_cast<float>(value.asDouble()));
    }
    latent.values = std::make_shared<const std::vector<float>>(std::move(values));
    return latent;
}

Json photoJson(const PhotoSource& photo) {
    return Json::object({{"file", photo.file},
                         {"x", photo.square.x},
                         {"y", photo.square.y},
                         {"width", photo.square.width},
                         {"height", photo.square.height}});
}

PhotoSource photoFromJson(const Json& json) {
    const Reader reader(json, "photo", {"file", "x", "y", "width", "height"});
    PhotoSource photo;
    photo.file = reader.text("file");
    photo.square = {reader.whole<int>("x"), reader.whole<int>("y"), reader.whole<int>("width", 1),
                    reader.whole<int>("height", 1)};
    if (photo.square.width != photo.square.height)
        fail(reader.name("height"), "must equal the width");
    return photo;
}

Json directionsJson(const std::vector<DirectionEdit>& directions) {
    Json list = Json::array();
    for (const DirectionEdit& edit : directions)
        list.append(Json::object({{"direction", edit.direction},
                                  {"strength", edit.strength},
                                  {"first-row", edit.firstRow},
                                  {"last-row", edit.lastRow}}));
    return list;
}

constexpr double anyNumber = std::numeric_limits<double>::max();

std::vector<DirectionEdit> directionsFromJson(const Json& json) {
    if (!json.isArray())
        fail("directions", "must be a list");
    std::vector<DirectionEdit> directions;
    for (const Json& item : json.asArray()) {
        const Reader reader(item, cat("directions[", directions.size(), "]"),
                            {"direction", "strength", "first-row", "last-row"});
        directions.push_back({reader.text("direction"), reader.number("strength", -anyNumber, anyNumber),
                              reader.whole<int>("first-row", 0), reader.whole<int>("last-row", -1)});
    }
    return directions;
}

Json maskJson(const MaskSettings& mask) {
    Json parameters = Json::object();
    for (const auto& [name, value] : mask.parameters)
        parameters.set(name, value);
    return Json::object({{"method", mask.method},
                         {"parameters", std::move(parameters)},
                         {"threshold", mask.threshold},
                         {"softness", mask.softness},
                         {"feather", mask.feather}});
}

MaskSettings maskFromJson(const Json& json) {
    const Reader reader(json, "mask", {"method", "parameters", "threshold", "softness", "feather"});
    MaskSettings mask;
    mask.method = reader.text("method");
    mask.threshold = reader.number("threshold", 0, 1);
    mask.softness = reader.number("softness", 0, 1);
    mask.feather = reader.number("feather", 0, anyNumber);
    const Json& parameters = reader.at("parameters");
    if (!parameters.isObject())
        fail(reader.name("parameters"), "must be an object");
    for (const auto& [name, value] : parameters.asObject()) {
        if (!value.isNumber())
            fail(cat("mask.parameters.", printable(name)), "must be a number");
        mask.parameters[name] = value.asDouble();
    }
    return mask;
}

StyleMix mixFromJson(const Json& json) {
    const Reader reader(json, "mix", {"seed", "crossover"});
    return {reader.whole<std::uint32_t>("seed"), reader.whole<int>("crossover", 0)};
}

void checkFormat(const Json& json) {
    const Json* format = json.find("format");
    if (!format || !format->isString() || format->asString() != formatName)
        fail("format", cat("must be \"", formatName, "\""));
    const Json* version = json.find("version");
    if (!version || !version->isInteger() || version->asInteger() < 1)
        fail("version", "must be a positive whole number");
    if (version->asInteger() > formatVersion)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("Recipe: 'version' is ", version->asInteger(),
                          " but this Cameo knows versions up to ", formatVersion),
                      "Open it with a newer Cameo");
}

NoiseMode noiseFromJson(const Reader& reader) {
    try {
        return noiseModeFromName(reader.text("noise"));
    } catch (const Failure& failure) {
        fail(reader.name("noise"), cat("cannot be used: ", failure.error().message));
    }
}

} // namespace

Json toJson(const EditState& state) {
    Json json = Json::object({{"format", formatName}, {"version", formatVersion}});
    json.set("model", state.model);
    json.set("seed", state.seed);
    json.set("latent", state.latent ? latentJson(*state.latent) : Json());
    json.set("photo", state.photo ? photoJson(*state.photo) : Json());
    json.set("class-index", state.classIndex ? Json(*state.classIndex) : Json());
    json.set("psi", state.psi);
    json.set("cutoff", state.cutoff);
    json.set("noise", noiseModeName(state.noise));
    json.set("noise-seed", state.noiseSeed);
    json.set("directions", directionsJson(state.directions));
    json.set("mix", state.mix ? Json::object({{"seed", state.mix->seed}, {"crossover", state.mix->crossover}})
                              : Json());
    json.set("mask", maskJson(state.mask));
    return json;
}

EditState editStateFromJson(const Json& json) {
    checkFormat(json);
    const Reader reader(json, "",
                        {"format", "version", "model", "seed", "latent", "photo", "class-index", "psi",
                         "cutoff", "noise", "noise-seed", "directions", "mix", "mask"});
    EditState state;
    state.model = reader.text("model");
    state.seed = reader.whole<std::uint32_t>("seed");
    if (const Json* latent = reader.optional("latent"))
        state.latent = latentFromJson(*latent);
    if (const Json* photo = reader.optional("photo"))
        state.photo = photoFromJson(*photo);
    if (reader.optional("class-index"))
        state.classIndex = reader.whole<int>("class-index", 0);
    state.psi = reader.number("psi", -anyNumber, anyNumber);
    state.cutoff = reader.whole<int>("cutoff", -1);
    state.noise = noiseFromJson(reader);
    state.noiseSeed = reader.whole<std::uint32_t>("noise-seed");
    state.directions = directionsFromJson(reader.at("directions"));
    if (const Json* mix = reader.optional("mix"))
        state.mix = mixFromJson(*mix);
    state.mask = maskFromJson(reader.at("mask"));
    return state;
}

const char* noiseModeName(NoiseMode mode) {
    switch (mode) {
    case NoiseMode::Const:
        return "const";
    case NoiseMode::Random:
        return "random";
    case NoiseMode::None:
        break;
    }
    return "none";
}

NoiseMode noiseModeFromName(const std::string& name) {
    for (const NoiseMode mode : {NoiseMode::Const, NoiseMode::Random, NoiseMode::None})
        if (name == noiseModeName(mode))
            return mode;
    throw Failure(ErrorCode::InvalidArgument, cat("Unknown noise mode '", printable(name), "'"),
                  "Use const, random or none");
}

} // namespace cameo
