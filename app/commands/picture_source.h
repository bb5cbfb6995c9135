// SPDX-License-Identifier: Apache-2.0
// The picture that a command works on: a seed, a photograph (inverted first), a FILE.cameo or exported layers
// (folder, PNG, OpenRaster, PSD, TIFF), with the options that change it. Main thread.
#pragma once

#include "app/cli/value_text.h"
#include "app/commands/session.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace cameo::cli {

/// How a photograph becomes a latent.
struct InversionOptions {
    std::optional<std::array<int, 3>> square;
    std::string strength = "quick";
    ParameterValues parameters;
};
/// `prefix` stands before the names of the inversion's parameters: "invert-" where they are not the main
/// matter.
void declareInversionOptions(OptionTable& table, const std::string& prefix, InversionOptions& options);
InversionResult invertPhoto(Session& session, const std::string& photo, const InversionOptions& options);

struct SamplingOptions {
    std::optional<double> psi;
    std::optional<int> cutoff, classIndex;
    std::optional<std::string> noise;
};
void declareSamplingOptions(OptionTable& table, SamplingOptions& options);

struct EditOptions {
    std::vector<DirectionSetting> directions;
    std::optional<MixSetting> mix;
};
void declareEditOptions(OptionTable& table, EditOptions& options);

struct MaskOptions {
    std::optional<std::string> method;
    ParameterValues parameters;
    std::optional<double> threshold, softness, feather;
};
void declareMaskOptions(OptionTable& table, MaskOptions& options);

struct PictureSource {
    std::string input; // PHOTO, FILE.cameo, or exported layers
    std::optional<std::uint32_t> seed, noiseSeed;
    SamplingOptions sampling;
    InversionOptions inversion;
    EditOptions edits;
    MaskOptions mask;
};
/// The positional word, --seed, and all of the above.
void declarePictureSource(OptionTable& table, PictureSource& source);

/// The complete state. Throws UsageError when the source is missing or given twice, Failure when it cannot be
/// used; `state` is empty but for the model where only options apply (a list of seeds).
EditState resolvePicture(Session& session, const PictureSource& source);

/// The state of a seed with the source's options; for commands that take several seeds.
EditState stateOfSeed(Session& session, const PictureSource& source, std::uint32_t seed);

} // namespace cameo::cli
