// SPDX-License-Identifier: Apache-2.0
// OpenBLAS chooses its kernels by processor model when it is loaded. A model newer than the library gets
// kernels for SSE3, and matrix products run four times slower than they could (35 instead of 130 GFLOP/s on
// one core with AVX-512).
#pragma once

#include <string>

namespace cameo::net {

/// Lets OpenBLAS choose again where it fell back below what the processor can do. Nothing happens with
/// another BLAS, with kernels that fit, or where OPENBLAS_CORETYPE is set. Call it before the first product,
/// from one thread; later calls do nothing. Returns the name of the kernels in use ("SkylakeX"), empty with
/// another BLAS.
std::string useFullBlas();

} // namespace cameo::net
