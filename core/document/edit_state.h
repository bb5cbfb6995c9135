// SPDX-License-Identifier: Apache-2.0
// The complete description of a picture: rendering is a pure function of it, so undo, caches, golden tests,
// recipes and exports all follow. Immutable in use: copy, change the copy. No torch. Values, any thread.
#pragma once

#include "core/base/json.h"
#include "core/base/parameter.h"
#include "core/image/image.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cameo {

enum class LatentSpace { Z, W, WPlus };
enum class NoiseMode { Const, Random, None };

struct Latent {
    LatentSpace space = LatentSpace::WPlus;
    long rows = 0; // 1 for Z and W
    long dim = 0;
    std::shared_ptr<const std::vector<float>> values; // rows * dim
    bool operator==(const Latent& other) const;
};

/// Adds strength * sigma * direction to rows firstRow..lastRow of W+ (inclusive; lastRow -1 means the last
/// row). `direction` names a principal direction of W: "pc1", "pc2", ... (GANSpace, Haerkoenen et al. 2020).
struct DirectionEdit {
    std::string direction;
    double strength = 0; // in standard deviations
    int firstRow = 0;
    int lastRow = -1;
    bool operator==(const DirectionEdit&) const = default;
};

/// Rows from `crossover` on are taken from the W of another seed.
struct StyleMix {
    std::uint32_t seed = 0;
    int crossover = 0;
    bool operator==(const StyleMix&) const = default;
};

/// How the mask is made. `parameters` are those of the method's table (segment/), by name; absent ones are
/// default.
struct MaskSettings {
    std::string method = "clusters";
    ParameterValues parameters;
    double threshold = 0.5; // centre of the levels ramp
    double softness = 1.0;  // width of the ramp; 0 gives a hard mask, 1 leaves the method's own mask as it is
    double feather = 0;     // px at the picture's size
    bool operator==(const MaskSettings&) const = default;
};

/// Where a photograph was cropped for inversion, in its own (upright) pixels.
struct PhotoSource {
    std::string file;
    Rect square; // width == height
    bool operator==(const PhotoSource&) const = default;
};

struct EditState {
    std::string model;                // path of the model file; empty: the embedded model
    std::uint32_t seed = 0;           // used when there is no latent
    std::optional<Latent> latent;     // from an inversion: replaces the seed, and psi does not apply
    std::optional<PhotoSource> photo; // set with the latent
    std::optional<int> classIndex;    // conditional models
    double psi = 0.7;
    int cutoff = -1; // rows that psi applies to; -1: all
    NoiseMode noise = NoiseMode::Const;
    std::uint32_t noiseSeed = 0;
    std::vector<DirectionEdit> directions;
    std::optional<StyleMix> mix;
    MaskSettings mask;
    bool operator==(const EditState&) const = default;

    /// The same picture before any edit (directions and mix removed).
    EditState original() const;
};

/// The recipe: stable, versioned, complete. The latent is stored as numbers. fromJson throws
/// Failure(InvalidArgument) that names the member, and refuses a newer version.
Json toJson(const EditState& state);
EditState editStateFromJson(const Json& json);

const char* noiseModeName(NoiseMode mode); // "const", "random", "none"
NoiseMode noiseModeFromName(const std::string& name);

} // namespace cameo
