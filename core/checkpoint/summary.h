// SPDX-License-Identifier: Apache-2.0
// What `cameo info` tells about a network, without building one. Internal to this folder. Any thread.
#pragma once

#include "core/checkpoint/network_source.h"

namespace cameo::checkpoint {

const char* kindName(NetworkKind kind); // "generator", "alpha network", ...

/// Role, kind and counts; details are added by whoever knows the specification.
NetworkSummary summarise(const NetworkSource& network);

Json generatorDetails(const GeneratorSpec& spec);
Json discriminatorDetails(const DiscriminatorSpec& spec);

Json toJson(const NetworkSummary& summary);

} // namespace cameo::checkpoint
