// SPDX-License-Identifier: Apache-2.0
#include "core/edit/latent_algebra.h"

#include "core/base/error.h"
#include "core/base/numpy_random.h"
#include "core/base/text.h"

#include <algorithm>
#include <charconv>

namespace cameo::edit {
namespace {

/// One-hot rows; conditional models without a chosen class get class 0.
at::Tensor classRows(const net::Generator& generator, std::optional<int> classIndex) {
    const long classes = generator.spec().mapping.cDim;
    if (classes == 0) {
        if (classIndex)
            throw Failure(ErrorCode::InvalidArgument,
                          cat("Class ", *classIndex, " was asked for, but this model has no classes"),
                          "Leave the class out");
        return {};
    }
    const long index = classIndex.value_or(0);
    if (index < 0 || index >= classes)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("Class ", index, " was asked for, but this model has classes 0 to ", classes - 1));
    at::Tensor rows = at::zeros({1, classes}, at::TensorOptions(at::kFloat).device(generator.device()));
    rows.index({0, index}).fill_(1);
    return rows;
}

void expectSize(const char* what, long found, long expected) {
    if (found != expected)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("The latent has ", found, " ", what, ", but this model takes ", expected),
                      "It was made with another model: open that model, or invert the photograph again");
}

at::Tensor latentTensor(const net::Generator& generator, const Latent& latent) {
    const auto count = static_cast<std::size_t>(std::max(latent.rows, 0L)) *
                       static_cast<std::size_t>(std::max(latent.dim, 0L));
    if (!latent.values || latent.values->size() != count)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("The latent is ", latent.rows, " x ", latent.dim, " but holds ",
                          latent.values ? latent.values->size() : 0, " numbers"));
    auto* values = const_cast<float*>(latent.values->data()); // from_blob wants it so; clone() only reads
    return at::from_blob(values, {latent.rows, latent.dim}, at::kFloat).clone().to(generator.device());
}

at::Tensor rowsForLatent(const net::Generator& generator, const Latent& latent, const at::Tensor& classes) {
    const checkpoint::MappingSpec& mapping = generator.spec().mapping;
    const bool isPlus = latent.space == LatentSpace::WPlus;
    expectSize("rows", latent.rows, isPlus ? mapping.numWs : 1);
    expectSize("columns", latent.dim, latent.space == LatentSpace::Z ? mapping.zDim : mapping.wDim);
    const at::Tensor values = latentTensor(generator, latent);
    if (isPlus)
        return values.unsqueeze(0);
    return generator.broadcast(latent.space == LatentSpace::Z ? generator.map(values, classes) : values);
}

at::Tensor rowsForSeed(const net::Generator& generator, const EditState& state, std::uint32_t seed,
                       const at::Tensor& classes) {
    const std::uint32_t seeds[] = {seed};
    const at::Tensor z = net::latentsFromSeeds(seeds, generator.spec().mapping.zDim, generator.device());
    return generator.broadcast(generator.map(z, classes), state.psi, state.cutoff);
}

at::Tensor mixed(const net::Generator& generator, const at::Tensor& ws, const EditState& state,
                 const at::Tensor& classes) {
    const StyleMix& mix = *state.mix;
    const long rows = ws.size(1);
    if (mix.crossover < 0 || mix.crossover > rows)
        throw Failure(ErrorCode::InvalidArgument, cat("Style mixing starts at row ", mix.crossover,
                                                      ", but this model has rows 0 to ", rows - 1));
    const at::Tensor other = rowsForSeed(generator, state, mix.seed, classes);
    return at::cat({ws.narrow(1, 0, mix.crossover), other.narrow(1, mix.crossover, rows - mix.crossover)}, 1);
}

void addDirection(at::Tensor& ws, const PrincipalDirections& directions, const DirectionEdit& edit) {
    const long index = directionIndex(directions, edit.direction);
    const long rows = ws.size(1), last = edit.lastRow == -1 ? rows - 1 : edit.lastRow;
    if (edit.firstRow < 0 || last >= rows || edit.firstRow > last)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("Direction '", edit.direction, "' acts on rows ", edit.firstRow, " to ", last,
                          ", but this model has rows 0 to ", rows - 1));
    const at::Tensor step = directions.components[index] * (directions.deviations[index] * edit.strength);
    ws.narrow(1, edit.firstRow, last - edit.firstRow + 1).add_(step.to(ws.device()));
}

/// Mapped latents of RandomState(seed); the classes of a conditional model take turns.
at::Tensor mappedSamples(const net::Generator& generator, long samples, std::uint32_t seed) {
    const checkpoint::MappingSpec& mapping = generator.spec().mapping;
    std::vector<double> values = NumpyRandom(seed).randn(static_cast<std::size_t>(samples * mapping.zDim));
    const at::Tensor z = at::from_blob(values.data(), {samples, mapping.zDim}, at::kDouble)
                             .to(at::kFloat)
                             .to(generator.device());
    at::Tensor classes;
    if (mapping.cDim > 0)
        classes = at::one_hot(at::arange(samples, at::kLong) % mapping.cDim, mapping.cDim)
                      .to(at::kFloat)
                      .to(generator.device());
    return generator.map(z, classes);
}

} // namespace

PrincipalDirections principalDirections(const net::Generator& generator, long samples, long count,
                                        std::uint32_t seed) {
    const at::NoGradGuard noGradients;
    const long wDim = generator.spec().mapping.wDim;
    if (samples < 2 || count < 1 || count > wDim)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("Principal directions need at least 2 samples and 1 to ", wDim,
                          " components; asked for ", samples, " and ", count));
    const at::Tensor w = mappedSamples(generator, samples, seed).to(at::kCPU).to(at::kDouble);
    const at::Tensor mean = w.mean(0);
    const at::Tensor centred = w - mean;
    const at::Tensor covariance = at::mm(centred.t(), centred) / static_cast<double>(samples - 1);
    const auto [values, vectors] = at::linalg_eigh(covariance, "L"); // rising
    const at::Tensor variances = values.flip(0).clamp_min(0);
    at::Tensor components = vectors.flip(1).t().narrow(0, 0, count).contiguous();
    // The sign of an eigenvector is arbitrary and differs between libraries; sliders must not flip.
    const at::Tensor largest = components.abs().argmax(1, true);
    components = components * components.gather(1, largest).sign();

    const auto onDevice = [&](const at::Tensor& tensor) {
        return tensor.to(at::kFloat).to(generator.device());
    };
    return {.mean = onDevice(mean),
            .components = onDevice(components),
            .deviations = onDevice(variances.narrow(0, 0, count).sqrt()),
            .explained = onDevice(variances.narrow(0, 0, count) / variances.sum().clamp_min(1e-30))};
}

long directionIndex(const PrincipalDirections& directions, const std::string& name) {
    const long count = directions.components.defined() ? directions.components.size(0) : 0;
    long number = 0;
    const char *begin = name.data() + std::min<std::size_t>(2, name.size()), *end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(begin, end, number);
    if (name.compare(0, 2, "pc") != 0 || error != std::errc() || stop != end || number < 1 || number > count)
        throw Failure(ErrorCode::InvalidArgument, cat("There is no direction '", printable(name), "'"),
                      count > 0 ? cat("This model has pc1 to pc", count)
                                : std::string("This model has no directions yet"));
    return number - 1;
}

at::Tensor rowsForState(const net::Generator& generator, const PrincipalDirections& directions,
                        const EditState& state) {
    const at::NoGradGuard noGradients;
    const at::Tensor classes = classRows(generator, state.classIndex);
    at::Tensor ws = state.latent ? rowsForLatent(generator, *state.latent, classes)
                                 : rowsForSeed(generator, state, state.seed, classes);
    if (state.mix)
        ws = mixed(generator, ws, state, classes);
    ws = ws.clone(); // broadcast() may return rows that share memory
    for (const DirectionEdit& edit : state.directions)
        addDirection(ws, directions, edit);
    return ws;
}

} // namespace cameo::edit
