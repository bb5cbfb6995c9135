// SPDX-License-Identifier: Apache-2.0
// x86-64 with AVX2 and FMA: 16 registers of 8 numbers. Compiled with -mavx2 -mfma.
#define CAMEO_KERNEL_SET avx2
#define CAMEO_LANES 8
#define CAMEO_ROW_GROUP 6
#define CAMEO_PANEL_VECTORS 2
#include "core/net/kernels_body.inc"

namespace cameo::net::avx2 {

extern const Kernels table;
const Kernels table{"avx2",       panelWidth, product,
                    upTileOutput, enlarge,    {storedKernels<Float>(), storedKernels<BFloat>()}};

} // namespace cameo::net::avx2
