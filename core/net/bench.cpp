// SPDX-License-Identifier: Apache-2.0
#include "core/net/bench.h"

#include "core/base/error.h"
#include "core/base/peak_memory.h"
#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"
#include "core/net/generator.h"

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <sstream>

namespace cameo::net {

namespace {

using Clock = std::chrono::steady_clock;

double millisecondsSince(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Generator randomGenerator(long resolution, at::Device device) {
    checkpoint::ChannelOptions options;
    options.resolution = resolution;
    options.channelBase = resolution == 64 ? 2048 : resolution >= 1024 ? 32768 : 16384;
    options.channelMax = resolution == 64 ? 256 : 512;
    options.mappingLayers = resolution == 64 ? 4 : 8;
    return Generator::initialised(checkpoint::standardGeneratorSpec(options), 1, device);
}

/// Runs and times one network.
class Stopwatch {
  public:
    Stopwatch(const SynthesisBench& bench, std::vector<BenchRow>& rows) : m_bench(bench), m_rows(rows) {}

    void row(const std::string& name, const std::string& note, const std::function<void()>& run) {
        std::vector<double> times;
        for (int i = 0; i < std::max(1, m_bench.repeats); ++i) {
            if (m_bench.stop.stop_requested())
                throw Failure(ErrorCode::Cancelled, "the measurement was stopped");
            const auto start = Clock::now();
            run();
            times.push_back(millisecondsSince(start));
        }
        add(name, note, times);
    }
    void add(const std::string& name, const std::string& note, std::vector<double> times) {
        std::sort(times.begin(), times.end());
        m_rows.push_back({name, times[times.size() / 2], times.front(), note});
        if (m_bench.onRow)
            m_bench.onRow(m_rows.back());
    }

  private:
    const SynthesisBench& m_bench;
    std::vector<BenchRow>& m_rows;
};

void finish(const at::Tensor& image) {
    (void)image.flatten()[0].item<float>(); // waits for a device that works on its own
}

/// Times from the start to the pictures on the way, by resolution.
void coarsePictures(const SynthesisBench& bench, const Generator& generator, const at::Tensor& ws,
                    SynthesisOptions options, const std::string& suffix, Stopwatch& stopwatch) {
    std::map<long, std::vector<double>> times;
    Clock::time_point start;
    options.onBlock = [&](long resolution, const Features& features) {
        finish(features.image);
        times[resolution].push_back(millisecondsSince(start));
    };
    options.lastBlock = 4; // 64 px
    for (int i = 0; i < std::max(1, bench.repeats); ++i) {
        start = Clock::now();
        (void)generator.advance({}, ws, options);
    }
    for (const long resolution : {16L, 32L, 64L})
        stopwatch.add(cat("first ", resolution, " px of ", suffix), "", times[resolution]);
}

std::string differenceNote(const at::Tensor& image, const at::Tensor& exact) {
    const at::Tensor difference = (image - exact).abs();
    return cat(std::setprecision(2), "differs from float32 by ", difference.max().item<double>(),
               " at most, ", difference.mean().item<double>(), " in the mean, of ",
               exact.abs().max().item<double>());
}

void benchResolution(const SynthesisBench& bench, long resolution, Stopwatch& stopwatch) {
    const Generator generator = randomGenerator(resolution, bench.device);
    const std::uint32_t seed = 7;
    const at::Tensor z = latentsFromSeeds({&seed, 1}, generator.spec().mapping.zDim, bench.device);
    const at::Tensor ws = generator.broadcast(generator.map(z));
    stopwatch.row(cat("mapping ", resolution), cat(generator.spec().mapping.layers.size(), " layers"),
                  [&] { finish(generator.map(z)); });
    at::Tensor exact;
    for (const at::ScalarType precision : bench.precisions) {
        SynthesisOptions options;
        options.precision = precision;
        options.stop = bench.stop;
        const std::string suffix = cat(resolution, precision == at::kFloat ? " float32" : " bfloat16");
        resetPeakMemory();
        const auto start = Clock::now();
        const at::Tensor image = generator.synthesize(ws, options);
        finish(image);
        std::string note =
            cat(std::fixed, std::setprecision(0), "first run ", millisecondsSince(start), " ms");
        if (precision == at::kFloat)
            exact = image;
        else if (exact.defined())
            note += ", " + differenceNote(image, exact);
        if (const unsigned long long peak = peakMemory())
            note += ", peak memory " + byteCountText(peak);
        stopwatch.row("synthesis " + suffix, note, [&] { finish(generator.synthesize(ws, options)); });
        if (resolution >= 512)
            coarsePictures(bench, generator, ws, options, suffix, stopwatch);
    }
}

} // namespace

std::vector<BenchRow> benchSynthesis(const SynthesisBench& bench) {
    const at::NoGradGuard noGradient;
    std::vector<BenchRow> rows;
    Stopwatch stopwatch(bench, rows);
    for (const long resolution : bench.resolutions)
        benchResolution(bench, resolution, stopwatch);
    return rows;
}

} // namespace cameo::net
