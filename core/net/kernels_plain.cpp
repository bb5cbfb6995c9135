// SPDX-License-Identifier: Apache-2.0
// Whatever the compiler's default target has: SSE2 or NEON.
#define CAMEO_KERNEL_SET plain
#define CAMEO_LANES 4
#define CAMEO_ROW_GROUP 4
#define CAMEO_PANEL_VECTORS 2
#include "core/net/kernels_body.inc"

namespace cameo::net::plain {

extern const Kernels table;
const Kernels table{"plain",      panelWidth, product,
                    upTileOutput, enlarge,    {storedKernels<Float>(), storedKernels<BFloat>()}};

} // namespace cameo::net::plain
