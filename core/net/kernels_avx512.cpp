// SPDX-License-Identifier: Apache-2.0
// x86-64 with AVX-512: 32 registers of 16 numbers. Compiled with -mavx512f and relatives.
#define CAMEO_KERNEL_SET avx512
#define CAMEO_LANES 16
#define CAMEO_ROW_GROUP 8
#define CAMEO_PANEL_VECTORS 2
#include "core/net/kernels_body.inc"

namespace cameo::net::avx512 {

extern const Kernels table;
const Kernels table{"avx512",     panelWidth, product,
                    upTileOutput, enlarge,    {storedKernels<Float>(), storedKernels<BFloat>()}};

} // namespace cameo::net::avx512
