// SPDX-License-Identifier: Apache-2.0
// Specifications as JSON, for the metadata "cameo.spec" of safetensors files: clamps, gains and the
// architecture survive a round trip through a container that knows only tensors. Any thread.
#pragma once

#include "core/base/json.h"
#include "core/checkpoint/stylegan2_record.h"

namespace cameo::checkpoint {

/// {"kind": "generator", ...}; empty optionals become null.
Json specToJson(const GeneratorSpec& spec);
/// {"kind": "discriminator", ...}.
Json specToJson(const DiscriminatorSpec& spec);

/// Throw Failure(InvalidArgument) naming the member that is missing or of another type. Numbers are taken as
/// they stand; Checkpoint compares them with the tensors before anybody builds on them.
GeneratorSpec generatorSpecFromJson(const Json& json);
DiscriminatorSpec discriminatorSpecFromJson(const Json& json);

} // namespace cameo::checkpoint
