// SPDX-License-Identifier: Apache-2.0
#include "core/engine/device.h"

#include "core/base/text.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <unistd.h>

namespace cameo {
namespace {

bool cpuHasBFloat16() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

/// All cores, or fewer where OMP_NUM_THREADS says so: more threads than that would spin against each other.
int defaultThreads() {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    const char* allowed = std::getenv("OMP_NUM_THREADS");
    const int limit = allowed ? std::atoi(allowed) : 0;
    return limit > 0 ? std::min(limit, cores) : cores;
}

at::Device parseDevice(const std::string& name, std::string& reason) {
    if (name == "cpu") {
        reason = "asked for";
        return at::kCPU;
    }
    if (name == "auto") {
        reason = at::hasCUDA() ? "CUDA device found" : "no CUDA device found";
        return at::hasCUDA() ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
    }
    const bool numbered =
        name.starts_with("cuda:") && name.size() > 5 && name.size() < 8 &&
        std::all_of(name.begin() + 5, name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (name != "cuda" && !numbered)
        throw Failure(ErrorCode::InvalidArgument, cat("Unknown device '", name, "'"),
                      "Use auto, cpu, cuda or cuda:N");
    if (!at::hasCUDA())
        throw Failure(ErrorCode::Device,
                      cat("The device '", name, "' is not available: no CUDA device was found"),
                      "Use --device cpu");
    reason = "asked for";
    return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(numbered ? std::stoi(name.substr(5)) : 0));
}

at::ScalarType scalarType(Precision precision, const at::Device& device) {
    switch (precision) {
    case Precision::Float32:
        return at::kFloat;
    case Precision::BFloat16:
        return at::kBFloat16;
    case Precision::Float16:
        break;
    }
    if (device.is_cpu())
        throw Failure(ErrorCode::Device, "float16 needs a CUDA device",
                      "Use --precision float32 or bfloat16");
    return at::kHalf;
}

} // namespace

const char* precisionName(Precision precision) {
    switch (precision) {
    case Precision::BFloat16:
        return "bfloat16";
    case Precision::Float16:
        return "float16";
    default:
        return "float32";
    }
}

ChosenDevice chooseDevice(const EngineOptions& options) {
    ChosenDevice chosen;
    chosen.device = parseDevice(options.device, chosen.info.reason);
    chosen.precision = scalarType(options.precision, chosen.device);
    chosen.threads = options.threads > 0 ? options.threads : defaultThreads();
    chosen.info.precision = options.precision;
    chosen.info.hasFastBFloat16 = chosen.device.is_cuda() || cpuHasBFloat16();
    chosen.info.name = chosen.device.is_cuda()
                           ? chosen.device.str()
                           : cat("CPU, ", chosen.threads, chosen.threads == 1 ? " thread" : " threads");
    return chosen;
}

unsigned long long residentBytes() {
    std::ifstream statm("/proc/self/statm");
    unsigned long long total = 0, resident = 0;
    statm >> total >> resident;
    return resident * static_cast<unsigned long long>(::sysconf(_SC_PAGESIZE));
}

} // namespace cameo
