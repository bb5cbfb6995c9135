// SPDX-License-Identifier: Apache-2.0
#include "core/net/kernels.h"

#include <cstdlib>
#include <string_view>

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

namespace {

const Kernels& fastest() {
    const char* wanted = std::getenv("CAMEO_KERNELS");
    const std::string_view limit = wanted ? wanted : "";
#if defined(__x86_64__)
    if (limit.empty() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        return avx512::table;
    if ((limit.empty() || limit == "avx2") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return avx2::table;
#endif
    return plain::table;
}

} // namespace

const Kernels& kernels() {
    static const Kernels& chosen = fastest();
    return chosen;
}

} // namespace cameo::net
