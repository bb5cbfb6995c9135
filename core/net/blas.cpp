// SPDX-License-Identifier: Apache-2.0
#include "core/net/blas.h"

#include <dlfcn.h>

#include <cstdlib>
#include <string_view>

namespace cameo::net {

namespace {

template <typename Function>
Function* symbol(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

/// The kernels that OpenBLAS should have found, as OPENBLAS_CORETYPE names them; null when the old ones fit.
const char* wantedCore(std::string_view chosen) {
    const bool isOld =
        chosen == "Prescott" || chosen == "Core2" || chosen == "Nehalem" || chosen == "Sandybridge";
#if defined(__x86_64__)
    if (isOld && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
        return "SKYLAKEX";
    if (isOld && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return "HASWELL";
#endif
    return nullptr;
}

/// OpenBLAS's threads and OpenMP's are two pools that wait by spinning and take the cores from each other.
/// The large work (convolutions, clustering) is OpenMP's; the products are small.
void leaveThreadsToOpenMp() {
    const auto setThreads = symbol<void(int)>("openblas_set_num_threads");
    if (setThreads && !std::getenv("OPENBLAS_NUM_THREADS"))
        setThreads(1);
}

std::string chooseKernels() {
    const auto name = symbol<char*()>("openblas_get_corename");
    if (!name)
        return {};
    // Not in OpenBLAS's headers, but exported by every build that chooses at run time.
    const auto forget = symbol<void()>("gotoblas_dynamic_quit"),
               choose = symbol<void()>("gotoblas_dynamic_init");
    const char* wanted = wantedCore(name());
    constexpr const char* variable = "OPENBLAS_CORETYPE";
    if (wanted && forget && choose && !std::getenv(variable)) {
        setenv(variable, wanted, 1);
        forget();
        choose();
        unsetenv(variable);
    }
    return name();
}

} // namespace

std::string prepareBlas() {
    static const std::string chosen = [] {
        const std::string kernels = chooseKernels();
        leaveThreadsToOpenMp();
        return kernels;
    }();
    return chosen;
}

} // namespace cameo::net
