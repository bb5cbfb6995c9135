// SPDX-License-Identifier: Apache-2.0
#include "core/train/generator_evaluation.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"
#include "core/net/generator.h"
#include "core/train/dataset.h"
#include "core/train/random.h"
#include "core/train/sliced_wasserstein.h"

#include <algorithm>
#include <numeric>

namespace cameo::train {
namespace {

constexpr long kBatch = 16;

void checkStop(const GeneratorEvaluation& evaluation) {
    if (evaluation.stop.stop_requested())
        throw Failure(ErrorCode::Cancelled, "The measurement was stopped");
}

/// Uncurated samples as an 8-bit file would hold them, [count, 3, R, R] in -1..1.
at::Tensor generated(const GeneratorEvaluation& evaluation, const net::Generator& generator, long count) {
    const at::NoGradGuard noGradient;
    std::vector<at::Tensor> parts;
    for (long done = 0; done < count; done += kBatch) {
        checkStop(evaluation);
        std::vector<std::uint32_t> seeds(static_cast<std::size_t>(std::min(kBatch, count - done)));
        std::iota(seeds.begin(), seeds.end(), evaluation.seed + static_cast<std::uint32_t>(done));
        const at::Tensor z = net::latentsFromSeeds(seeds, generator.spec().mapping.zDim, generator.device());
        const at::Tensor ws = generator.broadcast(generator.map(z), evaluation.psi);
        const at::Tensor images = generator.synthesize(ws).to(at::kCPU);
        parts.push_back((images * 127.5 + 128).floor().clamp(0, 255) / 127.5 - 1);
        if (evaluation.onProgress)
            evaluation.onProgress({.stage = "sampling",
                                   .fraction = static_cast<double>(done) / static_cast<double>(count),
                                   .step = done,
                                   .steps = count,
                                   .secondsLeft = {},
                                   .loss = {}});
    }
    return at::cat(parts);
}

/// All pictures of the set in an order that depends on the seed alone.
at::Tensor pictures(const PackedDataset& data, std::uint64_t seed) {
    const long count = data.count(), side = data.side();
    const at::Tensor order = at::randperm(count, stepGenerator(seed, 0, Stream::Order), at::kLong);
    const at::Tensor bytes = at::empty({count, 3, side, side}, at::kByte);
    auto* out = bytes.data_ptr<std::uint8_t>();
    for (long i = 0; i < count; ++i) {
        const auto image = data.image(order.data_ptr<std::int64_t>()[i]);
        out = std::copy(image.begin(), image.end(), out);
    }
    return bytes.to(at::kFloat) / 127.5 - 1;
}

} // namespace

GeneratorEvaluationReport evaluateGenerator(const GeneratorEvaluation& evaluation) {
    const PackedDataset data = PackedDataset::open(evaluation.data);
    const checkpoint::GeneratorRecord record = checkpoint::Checkpoint::open(evaluation.model).generator();
    if (record.spec.resolution != data.side() || record.spec.imageChannels != 3 ||
        record.spec.mapping.cDim > 0)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("'", evaluation.model.string(), "' makes images of ", record.spec.resolution,
                          " px, the data set holds colour images of ", data.side(), " px"),
                      cat("Pack the pictures with --side ", record.spec.resolution));
    const net::Generator generator = net::Generator::fromRecord(record, at::Device(evaluation.device));
    const long count = std::min(evaluation.samples, data.count()), half = data.count() / 2;
    if (half < 1 || count < 1)
        throw Failure(ErrorCode::InvalidArgument, "At least two pictures and one sample are needed");
    const at::Tensor real = pictures(data, evaluation.seed);
    const at::Tensor fake = generated(evaluation, generator, count);
    const SlicedWassersteinOptions options{.seed = evaluation.seed};
    const SlicedWasserstein distance = slicedWasserstein(real.narrow(0, 0, count), fake, options);
    checkStop(evaluation);
    const SlicedWasserstein floor =
        slicedWasserstein(real.narrow(0, 0, half), real.narrow(0, half, half), options);
    GeneratorEvaluationReport report{.mean = distance.mean,
                                     .meanFloor = floor.mean,
                                     .whole = distance.whole,
                                     .wholeFloor = floor.whole,
                                     .samples = count};
    for (std::size_t i = 0; i < distance.levels.size(); ++i)
        report.levels.push_back({.side = distance.levels[i].side,
                                 .distance = distance.levels[i].distance,
                                 .floor = floor.levels[i].distance});
    return report;
}

} // namespace cameo::train
