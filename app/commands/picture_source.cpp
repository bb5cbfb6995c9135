// SPDX-License-Identifier: Apache-2.0
#include "app/commands/picture_source.h"

#include "core/base/text.h"

#include <algorithm>
#include <set>

namespace cameo::cli {
namespace {

constexpr const char* quick = "quick";
constexpr const char* refined = "refined";
constexpr double quickShare = 0.25; // of the refined number of steps

/// "quick" takes a share of the default steps, "refined" all of them; options given by hand win.
ParameterValues inversionValues(const InversionOptions& options) {
    ParameterValues values = options.parameters;
    if (options.strength == quick && !values.contains("steps"))
        values["steps"] = std::max(1.0, parameterValue(inversionParameters(), {}, "steps") * quickShare);
    return values;
}

ModelInfo loadModel(Session& session, const std::string& model) {
    return session.run<ModelInfo>(
        [&](Engine& engine, Sink<ModelInfo> sink) { return engine.loadModel(model, std::move(sink)); });
}

/// The edit with the rows that the direction itself acts on where none were given.
DirectionEdit editFrom(const DirectionSetting& setting, const ModelInfo& model) {
    const auto found =
        std::find_if(model.directions.begin(), model.directions.end(),
                     [&](const DirectionInfo& direction) { return direction.id == setting.name; });
    if (found == model.directions.end()) {
        std::vector<std::string> names;
        for (const DirectionInfo& direction : model.directions)
            names.push_back(direction.id);
        const auto nearest = nearestWord(setting.name, names);
        throw UsageError(
            cat("--set: the model has no direction '", printable(setting.name), "'. ",
                nearest ? cat("Did you mean ", *nearest, "?")
                        : cat("It has ", names.empty() ? "none" : names.front() + " to " + names.back())));
    }
    const int last = setting.rows ? setting.rows->maximum : found->lastRow;
    if (setting.rows && last >= model.numWs)
        throw UsageError(
            cat("--set: row ", last, " is too high: the model has the rows 0 to ", model.numWs - 1));
    return {setting.name, setting.strength, setting.rows ? setting.rows->minimum : found->firstRow, last};
}

void applyEdits(Session& session, const EditOptions& options, EditState& state) {
    if (options.directions.empty() && !options.mix)
        return;
    const ModelInfo model = loadModel(session, state.model);
    for (const DirectionSetting& setting : options.directions) {
        const DirectionEdit edit = editFrom(setting, model);
        std::erase_if(state.directions, [&](const DirectionEdit& other) {
            return other.direction == edit.direction && other.firstRow == edit.firstRow &&
                   other.lastRow == edit.lastRow;
        });
        if (edit.strength != 0)
            state.directions.push_back(edit);
    }
    if (!options.mix)
        return;
    if (options.mix->crossover >= model.numWs)
        throw UsageError(cat("--mix: row ", options.mix->crossover,
                             " is too high: the model has the rows 0 to ", model.numWs - 1));
    state.mix = StyleMix{options.mix->seed, options.mix->crossover};
}

void applyMask(const MaskOptions& options, EditState& state) {
    MaskSettings& mask = state.mask;
    mask.method = options.method.value_or(mask.method);
    for (const auto& [name, value] : options.parameters)
        mask.parameters[name] = value;
    mask.threshold = options.threshold.value_or(mask.threshold);
    mask.softness = options.softness.value_or(mask.softness);
    mask.feather = options.feather.value_or(mask.feather);
    checkParameters(maskParameters(mask.method), mask.parameters);
}

void applySampling(const SamplingOptions& options, EditState& state) {
    if (state.latent && (options.psi || options.cutoff))
        throw UsageError("--psi and --cutoff apply to seeds: a photograph's latent is used as it was found");
    state.psi = options.psi.value_or(state.psi);
    state.cutoff = options.cutoff.value_or(state.cutoff);
    if (options.classIndex)
        state.classIndex = options.classIndex;
    if (options.noise)
        state.noise = noiseModeFromName(*options.noise);
}

void applyOptions(Session& session, const PictureSource& source, EditState& state) {
    applySampling(source.sampling, state);
    state.noiseSeed = source.noiseSeed.value_or(state.noiseSeed);
    applyMask(source.mask, state);
    applyEdits(session, source.edits, state);
}

} // namespace

void declareInversionOptions(OptionTable& table, const std::string& prefix, InversionOptions& options) {
    table.heading("Photograph to latent");
    table.add(Option{
        .name = "--square",
        .value = "X,Y,SIDE",
        .help = "Part of the upright photograph that holds head and shoulders, in pixels (default: the "
                "largest centred square)",
        .take = [&options](const std::string& value) { options.square = parseSquare(value); }});
    table.add(
        Option{.name = "--strength",
               .value = "NAME",
               .help = cat("quick (a quarter of the steps) or refined (default ", options.strength, ")"),
               .take = choice(options.strength, {quick, refined})});
    table.addParameters(inversionParameters(), prefix, options.parameters);
}

InversionResult invertPhoto(Session& session, const std::string& photo, const InversionOptions& options) {
    InversionRequest request;
    request.model = session.model();
    request.photo = std::filesystem::absolute(photo).lexically_normal();
    if (options.square)
        request.square =
            Rect{(*options.square)[0], (*options.square)[1], (*options.square)[2], (*options.square)[2]};
    request.parameters = inversionValues(options);
    return session.run<InversionResult>(
        [&](Engine& engine, Sink<InversionResult> sink) { return engine.invert(request, std::move(sink)); });
}

void declareSamplingOptions(OptionTable& table, SamplingOptions& options) {
    table.add(Option{.name = "--psi",
                     .value = "N",
                     .help = "Truncation: 0 is the mean face, 1 leaves W as it is "
                             "(default 0.7)",
                     .take = number(options.psi, {-2, 2})});
    table.add(Option{.name = "--cutoff",
                     .value = "ROWS",
                     .help = "Rows of W+ that the truncation applies to, -1 for "
                             "all (default -1)",
                     .take = integer(options.cutoff, {-1, 1000})});
    table.add(Option{.name = "--noise",
                     .value = "NAME",
                     .help = "const, random or none (default const)",
                     .take = choice(options.noise, {"const", "random", "none"})});
    table.add(Option{.name = "--class",
                     .value = "N",
                     .help = "Class of a conditional model",
                     .take = integer(options.classIndex, {0, 1'000'000})});
}

void declareEditOptions(OptionTable& table, EditOptions& options) {
    table.heading("Edits");
    table.add(Option{
        .name = "--set",
        .value = "NAME[:FIRST-LAST]=N",
        .help = "Moves along a direction of the model (pc1, pc2, ...) by N standard deviations, on these "
                "rows of W+ (default: the direction's own). May be given again",
        .take = [&options](const std::string& value) { options.directions.push_back(parseDirection(value)); },
        .isRepeated = true});
    table.add(Option{.name = "--mix",
                     .value = "SEED:CROSSOVER",
                     .help = "Takes the rows of W+ from CROSSOVER on from another seed",
                     .take = [&options](const std::string& value) { options.mix = parseMix(value); }});
}

void declareMaskOptions(OptionTable& table, MaskOptions& options) {
    table.heading("Mask");
    table.add(Option{.name = "--method",
                     .value = "NAME",
                     .help = "clusters: pixels that change together when styles "
                             "are exchanged (default clusters)",
                     .take = choice(options.method, maskMethods())});
    table.add(Option{.name = "--threshold",
                     .value = "N",
                     .help = "Alpha that becomes one half (default 0.5)",
                     .take = number(options.threshold, {0, 1})});
    table.add(Option{.name = "--softness",
                     .value = "N",
                     .help = "Width of the ramp around the threshold: 0 is hard, "
                             "1 the method's own (default 1)",
                     .take = number(options.softness, {0, 1})});
    table.add(Option{.name = "--feather",
                     .value = "N",
                     .help = "Blur of the mask in pixels of the model (default 0)",
                     .take = number(options.feather, {0, 100})});
    table.add(Option{.name = "--mask-set",
                     .value = "NAME=N",
                     .help = "Sets a parameter of the method by its name. "
                             "May be given again",
                     .take =
                         [&options](const std::string& text) {
                             const auto [name, value] = parseAssignment(text);
                             options.parameters[name] = parseNumber(value, {-1e12, 1e12});
                         },
                     .isRepeated = true});
    std::set<std::string> known;
    for (const std::string& method : maskMethods())
        for (const Parameter& parameter : maskParameters(method))
            if (known.insert(parameter.name).second)
                table.addParameters(std::span(&parameter, 1), "mask-", options.parameters);
}

void declarePictureSource(OptionTable& table, PictureSource& source) {
    table.add(Positional{.name = "PICTURE",
                         .help = "A photograph (inverted first), a FILE.cameo, or exported layers "
                                 "(folder, PNG, ORA, PSD, TIFF)",
                         .take = text(source.input)});
    table.heading("Generated picture");
    table.add(Option{.name = "--seed",
                     .value = "N",
                     .help = "In place of PICTURE: a picture of the generator",
                     .take = seed(source.seed)});
    declareSamplingOptions(table, source.sampling);
    table.add(Option{.name = "--noise-seed",
                     .value = "N",
                     .help = "For --noise random (default 0)",
                     .take = seed(source.noiseSeed)});
    declareInversionOptions(table, "invert-", source.inversion);
    declareEditOptions(table, source.edits);
    declareMaskOptions(table, source.mask);
}

EditState stateOfSeed(Session& session, const PictureSource& source, std::uint32_t seed) {
    EditState state;
    state.model = session.model();
    state.seed = seed;
    applyOptions(session, source, state);
    return state;
}

EditState resolvePicture(Session& session, const PictureSource& source) {
    if (source.input.empty()) {
        if (!source.seed)
            throw UsageError("Give a PICTURE (a photograph or a FILE.cameo) or --seed N");
        return stateOfSeed(session, source, *source.seed);
    }
    if (source.seed)
        throw UsageError("Give either a PICTURE or --seed, not both");
    std::optional<EditState> recipe = openWork(source.input).value();
    EditState state = recipe ? std::move(*recipe) : EditState();
    if (recipe && !session.options().model.empty())
        state.model = session.model();
    if (!recipe) {
        if (source.sampling.psi || source.sampling.cutoff)
            throw UsageError(
                "--psi and --cutoff apply to seeds: a photograph's latent is used as it was found");
        EditState unedited; // wrong options end here, not after the inversion
        unedited.model = session.model();
        applyOptions(session, source, unedited);
        state = invertPhoto(session, source.input, source.inversion).state;
        session.checkStop(); // an inversion that was stopped gives the best so far: here nobody asked for it
    }
    applyOptions(session, source, state);
    return state;
}

} // namespace cameo::cli
