// SPDX-License-Identifier: Apache-2.0
// Opens one model file and asks for its generator, in a process of its own, so that time and memory belong to
// that file alone. Prints one JSON object; the exit status is 0 when the file was loaded or refused in an
// orderly way.
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <new>
#include <sys/resource.h>

namespace {

// Sanitizers keep freed memory and reserve terabytes of addresses, so memory means nothing there.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool canMeasureMemory = false;
#else
constexpr bool canMeasureMemory = true;
#endif

long peakKilobytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/// Pages of address space in use, so that the limit below also catches memory that is asked for but never
/// touched.
rlim_t addressBytes() {
    rlim_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    return pages * 4096;
}

} // namespace

int main(int argc, char** argv) {
    using namespace cameo;
    if (argc != 2)
        return 2;
    const auto fileBytes = static_cast<rlim_t>(std::filesystem::file_size(argv[1]));
    if (canMeasureMemory) {
        const rlim_t limit =
            addressBytes() + 2 * fileBytes + (rlim_t{64} << 20) + fileBytes; // and the mapping itself
        const rlimit addresses{limit, limit};
        ::setrlimit(RLIMIT_AS, &addresses);
    }
    const long before = peakKilobytes();
    const auto start = std::chrono::steady_clock::now();
    Json report = Json::object({{"loaded", false}});
    int status = 0;
    try {
        const auto checkpoint = checkpoint::Checkpoint::open(argv[1]);
        const auto record = checkpoint.generator();
        report.set("loaded", true).set("resolution", record.spec.resolution);
    } catch (const Failure& failure) {
        report.set("code", errorCodeName(failure.error().code)).set("message", failure.error().text());
    } catch (const std::bad_alloc&) {
        report.set("message", "asked for more memory than allowed");
        status = 1;
    } catch (const std::exception& error) {
        report.set("message", cat("unexpected exception: ", error.what()));
        status = 1;
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    report.set("seconds", seconds.count());
    if (canMeasureMemory)
        report.set("extra_kilobytes", peakKilobytes() - before);
    std::puts(report.dump().c_str());
    return status;
}
