// SPDX-License-Identifier: Apache-2.0
// What `cameo info` tells about a network, without building one. Internal to this folder. Any thread.
#pragma once

#include "core/checkpoint/network_source.h"

namespace cameo::checkpoint {

const char* kindName(NetworkKind kind); // "generator", "alpha network", ...

/// Role, kind, counts and what the tensors of an alpha network or flow tell; the details of a generator or
/// discriminator come from its specification.
NetworkSummary summarise(const NetworkSource& network, Json details);

Json generatorDetails(const GeneratorSpec& spec);
Json discriminatorDetails(const DiscriminatorSpec& spec);

Json otherDetails(const NetworkSource& network);

Json toJson(const NetworkSummary& summary);

} // namespace cameo::checkpoint
