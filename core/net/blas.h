// SPDX-License-Identifier: Apache-2.0
// OpenBLAS chooses its kernels by processor model when it is loaded. A model newer than the library gets
// kernels for SSE3, and matrix products run four times slower than they could (35 instead of 130 GFLOP/s on
// one core with AVX-512).
#pragma once

#include <string>

namespace cameo::net {

/// Lets OpenBLAS choose again where it fell back below what the processor can do, and keeps it to one thread:
/// 100 steps of inversion at 64 px take 3.2 instead of 8.5 s on two cores. Nothing happens with another BLAS;
/// kernels that fit, or that OPENBLAS_CORETYPE names, stay, and so does the number of threads that
/// OPENBLAS_NUM_THREADS names. Call it before the first product, from one thread; later calls do nothing.
/// Returns the name of the kernels in use ("SkylakeX"), empty with another BLAS.
std::string prepareBlas();

} // namespace cameo::net
