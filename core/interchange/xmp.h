// SPDX-License-Identifier: Apache-2.0
// XMP packets (ISO 16684-1) with IPTC's DigitalSourceType and the recipe. Internal to this folder. Any
// thread.
#pragma once

#include "core/interchange/layers.h"

#include <string>
#include <string_view>

namespace cameo {

/// UTF-8; empty when there is nothing to say. A null `recipe` is left out.
std::string makeXmp(Provenance provenance, const Json& recipe);

struct XmpContent {
    Provenance provenance = Provenance::Unknown;
    std::string recipe; // JSON as it stands there; empty: none
};

/// What such a packet says, also after another program has rewritten it. A broken packet says nothing: other
/// programs' XMP must not keep a file from opening.
XmpContent readXmp(std::string_view packet);

/// The IPTC code without its address ("trainedAlgorithmicMedia"); empty for Unknown.
std::string provenanceCode(Provenance provenance);

} // namespace cameo
