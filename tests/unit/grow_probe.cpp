// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/grow_probe.h"

#include "core/net/discriminator.h"
#include "core/net/generator.h"
#include "core/net/ops.h"
#include "core/train/grow.h"

namespace cameo::test {
namespace {

double largest(const at::Tensor& tensor) {
    return tensor.abs().max().item<double>();
}

at::Tensor rowsOf(const net::Generator& generator, std::uint64_t seed, long rows) {
    const long size = generator.spec().mapping.wDim;
    const at::Tensor z =
        net::normalTensor(seed, "z", {2 * rows, generator.spec().mapping.zDim}, generator.device());
    return generator.map(z).view({2, rows, size});
}

void compareGenerators(const checkpoint::GeneratorRecord& record, const checkpoint::GeneratorRecord& larger,
                       GrowthFacts& facts) {
    const net::Generator old = net::Generator::fromRecord(record, at::kCPU);
    const net::Generator grown = net::Generator::fromRecord(larger, at::kCPU);
    const long rows = record.spec.mapping.numWs;
    const at::Tensor ws = rowsOf(old, 3, rows + 2);
    const at::Tensor filter = net::makeFilter(record.spec.resampleFilter, at::kCPU);
    const at::Tensor enlarged = net::upsample2(old.synthesize(ws.narrow(1, 0, rows)), filter);
    facts.pictures = largest(grown.synthesize(ws) - enlarged);
    facts.pictureSize = largest(enlarged);
    const at::Tensor last = ws.narrow(1, rows - 1, 1);
    facts.sameRows = largest(grown.synthesize(at::cat({ws.narrow(1, 0, rows), last, last}, 1)) - enlarged);
    facts.channels = grown.spec().blocks.back().outChannels;
    facts.keepsMeanW = !record.spec.mapping.hasWAvg ||
                       at::equal(old.tensors().at("mapping.w_avg"), grown.tensors().at("mapping.w_avg"));
}

void compareDiscriminators(const checkpoint::DiscriminatorRecord& record, GrowthFacts& facts) {
    const net::Discriminator old = net::Discriminator::fromRecord(record, at::kCPU);
    const auto larger = train::grown(record, 2);
    const net::Discriminator grown = net::Discriminator::fromRecord(larger, at::kCPU);
    const long side = 2 * record.spec.resolution;
    const at::Tensor pictures =
        net::normalTensor(4, "pictures", {4, record.spec.imageChannels, side, side}, at::kCPU);
    const at::Tensor filter = net::makeFilter(record.spec.resampleFilter, at::kCPU);
    const at::Tensor expected = old.score(net::downsample2(pictures, filter));
    facts.scores = largest(grown.score(pictures) - expected);
    facts.scoreSize = largest(expected);
    net::Discriminator fresh = net::Discriminator::initialised(larger.spec, 2, at::kCPU);
    for (auto& [name, tensor] : fresh.tensors())
        if (!name.starts_with("b" + std::to_string(side) + "."))
            tensor.copy_(grown.tensors().at(name));
    facts.freshScores = largest(fresh.score(pictures) - expected);
}

} // namespace

GrowthFacts examineGrowth(const checkpoint::GeneratorRecord& generator,
                          const std::optional<checkpoint::DiscriminatorRecord>& discriminator) {
    const at::NoGradGuard noGradient;
    GrowthFacts facts;
    compareGenerators(generator, train::grown(generator, 1), facts);
    if (discriminator)
        compareDiscriminators(*discriminator, facts);
    return facts;
}

} // namespace cameo::test
