// SPDX-License-Identifier: Apache-2.0
#include "core/segment/variants.h"

#include "core/base/numpy_random.h"

#include <algorithm>
#include <vector>

namespace cameo::segment {
namespace {

// Activations of one chunk of variants stay near this size, so that 1024 px models fit into little memory.
constexpr long long chunkElements = 32'000'000;

/// The first block whose picture is at least `size` wide; the last block where there are no pictures before
/// it.
std::size_t lastBlockFor(const checkpoint::GeneratorSpec& spec, long size) {
    std::size_t last = spec.blocks.size() - 1;
    if (spec.architecture == checkpoint::Architecture::Skip)
        while (last > 0 && spec.blocks[last - 1].resolution >= size)
            --last;
    return last;
}

long chunkSize(const checkpoint::SynthesisBlockSpec& block) {
    const long long perVariant = 4LL * block.outChannels * block.resolution * block.resolution;
    return static_cast<long>(std::max(1LL, chunkElements / perVariant));
}

at::Tensor shrunk(const at::Tensor& image, long size) {
    const long factor = image.size(3) / size;
    return factor <= 1 ? image : at::avg_pool2d(image, factor);
}

} // namespace

at::Tensor donorRows(const net::Generator& generator, const VariantRequest& request) {
    const checkpoint::MappingSpec& mapping = generator.spec().mapping;
    std::vector<double> values =
        NumpyRandom(request.seed).randn(static_cast<std::size_t>(request.count * mapping.zDim));
    const at::Tensor z =
        at::from_blob(values.data(), {request.count, mapping.zDim}, at::kDouble).to(at::kFloat);
    at::Tensor classes;
    if (mapping.cDim > 0) // the classes of a conditional model take turns
        classes = at::one_hot(at::arange(request.count, at::kLong) % mapping.cDim, mapping.cDim)
                      .to(at::kFloat)
                      .to(generator.device());
    return generator.broadcast(generator.map(z.to(generator.device()), classes), request.donorPsi);
}

at::Tensor renderVariants(const net::Generator& generator, const VariantRequest& request) {
    const at::NoGradGuard noGradients;
    const checkpoint::GeneratorSpec& spec = generator.spec();
    const std::size_t last = lastBlockFor(spec, request.size);
    std::size_t firstFine = 0;
    while (firstFine < last && spec.blocks[firstFine].resolution < request.crossover)
        ++firstFine;

    net::SynthesisOptions options = request.synthesis;
    net::SynthesisState shared;
    if (firstFine > 0) {
        options.lastBlock = firstFine - 1;
        shared = generator.advance({}, request.ws, options);
    }
    options.lastBlock = last;
    const at::Tensor rows = at::cat({request.ws, donorRows(generator, request)});
    const long total = rows.size(0), chunk = chunkSize(spec.blocks[last]);
    std::vector<at::Tensor> images;
    for (long first = 0; first < total; first += chunk) {
        const at::Tensor part = rows.narrow(0, first, std::min(chunk, total - first));
        images.push_back(shrunk(generator.advance(shared, part, options).image, request.size));
        if (request.onProgress)
            request.onProgress(first + part.size(0), total);
    }
    return at::cat(images);
}

} // namespace cameo::segment
