// SPDX-License-Identifier: Apache-2.0
// Prints how long a picture takes. bench_synthesis [REPEATS [RESOLUTION...]]
#include "core/net/bench.h"
#include "core/net/blas.h"
#include "core/net/kernels.h"

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    cameo::net::SynthesisBench bench;
    if (argc > 1)
        bench.repeats = std::max(1, std::atoi(argv[1]));
    if (argc > 2)
        bench.resolutions.clear();
    for (int i = 2; i < argc; ++i)
        bench.resolutions.push_back(std::atol(argv[i]));
    std::printf("%d threads, %s kernels, BLAS %s, %d runs each\n%-32s %10s %10s  %s\n", at::get_num_threads(),
                cameo::net::kernels().name, cameo::net::prepareBlas().c_str(), bench.repeats, "", "median ms",
                "min ms", "note");
    bench.onRow = [](const cameo::net::BenchRow& row) {
        std::printf("%-32s %10.2f %10.2f  %s\n", row.name.c_str(), row.medianMs, row.minMs, row.note.c_str());
        std::fflush(stdout);
    };
    return cameo::net::benchSynthesis(bench).empty() ? EXIT_FAILURE : EXIT_SUCCESS;
}
