// SPDX-License-Identifier: Apache-2.0
#include "core/net/kernels.h"

namespace cameo::net {

#if defined(__x86_64__)
namespace avx512 {
extern const Kernels table;
}
namespace avx2 {
extern const Kernels table;
}
#endif
namespace plain {
extern const Kernels table;
}

const Kernels& kernels() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        return avx512::table;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return avx2::table;
#endif
    return plain::table;
}

} // namespace cameo::net
