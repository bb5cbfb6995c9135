// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/rosinality_export.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/checkpoint/spec_build.h"
#include "core/checkpoint/spec_json.h"

#include <cmath>
#include <numeric>

namespace cameo::checkpoint {
namespace {

constexpr long kColours = 3;
constexpr std::size_t kTaps = 4; // rosinality's paddings are made for filters of this length

template <typename... Parts>
[[noreturn]] void refuseExport(const std::string& advice, const Parts&... reason) {
    throw Failure(ErrorCode::UnsupportedModel,
                  cat("This ", reason..., ", for which the rosinality layout has no place"), advice);
}

constexpr const char* kOtherLayout = "Use --layout nvidia or cameo";

/// `record` in the shape that rosinality gives it.
TensorRecord reshaped(const TensorRecord& record, Layout layout) {
    std::vector<long> shape = record.shape;
    switch (layout) {
    case Layout::DropFirst:
        shape.insert(shape.begin(), 1);
        break;
    case Layout::DropTwo:
        shape.insert(shape.begin(), {1, 1});
        break;
    case Layout::Flat:
        shape = {1, shape.front(), 1, 1};
        break;
    case Layout::Scalar:
        shape = {1};
        break;
    default:
        break;
    }
    return fromFloats(std::move(shape), toFloats(record));
}

TensorMap renamed(const TensorMap& tensors, const std::vector<Renaming>& renamings) {
    TensorMap out;
    for (const Renaming& renaming : renamings)
        if (const auto found = tensors.find(renaming.nvidia); found != tensors.end())
            out[renaming.own] = reshaped(found->second, renaming.layout);
    return out;
}

/// The buffer that rosinality's resampling layers keep: the outer product of the filter, of sum `gain`.
TensorRecord blurKernel(const std::vector<float>& filter, double gain) {
    const double sum = std::accumulate(filter.begin(), filter.end(), 0.0);
    std::vector<float> values;
    for (const float a : filter)
        for (const float b : filter)
            values.push_back(static_cast<float>(a * b / (sum * sum) * gain));
    const long side = static_cast<long>(filter.size());
    return fromFloats({side, side}, std::move(values));
}

/// Gains that other programs computed in another order differ in the last digits.
bool isSame(double a, double b) {
    return std::abs(a - b) <= 1e-6 * std::max(std::abs(a), std::abs(b));
}

/// The first member in which two specifications differ, as "blocks.3.conv1.conv_clamp"; empty when none does.
std::string firstDifference(const Json& wanted, const Json& found) {
    if (wanted.isNumber() && found.isNumber())
        return isSame(wanted.asDouble(), found.asDouble()) ? "" : ".";
    if (wanted.isArray() && found.isArray() && wanted.asArray().size() == found.asArray().size()) {
        for (std::size_t i = 0; i < wanted.asArray().size(); ++i)
            if (const auto inner = firstDifference(wanted.asArray()[i], found.asArray()[i]); !inner.empty())
                return cat(".", i, inner == "." ? "" : inner);
        return {};
    }
    if (wanted.isObject() && found.isObject()) {
        for (const auto& [key, value] : wanted.asObject()) {
            const Json* other = found.find(key);
            if (key == "w_avg_beta") // matters to a training alone
                continue;
            if (const auto inner = other ? firstDifference(value, *other) : "."; !inner.empty())
                return cat(".", key, inner == "." ? "" : inner);
        }
        return {};
    }
    return wanted == found ? "" : ".";
}

/// Refuses a network that would read back as another one, whatever the reason.
void checkSurvival(const Json& wanted, const Json& found) {
    const std::string difference = firstDifference(wanted, found);
    if (difference.ends_with("conv_clamp"))
        refuseExport("Use --without-clamps: pictures differ only where features pass the limit",
                     wanted.at("kind").asString(), " limits its features (", difference.substr(1), ")");
    if (!difference.empty())
        refuseExport(kOtherLayout, wanted.at("kind").asString(), " has an unusual '", difference.substr(1),
                     "'");
}

/// What a reader makes of the tensors alone.
template <typename Spec>
Json specOf(const TensorMap& tensors, Spec (*build)(const NetworkParts&), bool hasMeanW, long wDim) {
    NetworkSource network{.tensors = tensors};
    classify(network);
    FileContents contents;
    if (hasMeanW)
        contents.latentAverage = fromFloats({wDim}, std::vector<float>(static_cast<std::size_t>(wDim), 0.F));
    const std::string name = "the converted model";
    const NvidiaForm form = toNvidiaForm(network, contents, name);
    return specToJson(build({form, name}));
}

void checkFilter(const std::vector<float>& filter, const char* kind) {
    if (filter.size() != kTaps)
        refuseExport(kOtherLayout, kind, " resamples with ", filter.size(), " taps");
}

GeneratorRecord withNoise(GeneratorRecord record) {
    const auto add = [&](SynthesisLayerSpec& layer) {
        if (layer.useNoise)
            return;
        layer.useNoise = true;
        const long side = layer.resolution;
        const std::string name = "synthesis." + layer.name;
        record.tensors[name + ".noise_strength"] = fromFloats({}, {0.F});
        record.tensors[name + ".noise_const"] =
            fromFloats({side, side}, std::vector<float>(static_cast<std::size_t>(side * side), 0.F));
    };
    for (SynthesisBlockSpec& block : record.spec.blocks) {
        if (block.conv0)
            add(*block.conv0);
        add(block.conv1);
    }
    return record;
}

void checkGenerator(const GeneratorSpec& spec) {
    if (spec.architecture != Architecture::Skip)
        refuseExport(kOtherLayout, "generator is of the architecture '", architectureName(spec.architecture),
                     "'");
    if (spec.mapping.cDim > 0)
        refuseExport(kOtherLayout, "generator has ", spec.mapping.cDim, " class labels");
    if (spec.imageChannels != kColours)
        refuseExport(kOtherLayout, "generator makes images of ", spec.imageChannels, " channels");
    if (spec.mapping.zDim != spec.mapping.wDim)
        refuseExport(kOtherLayout, "generator has ", spec.mapping.zDim, " numbers in Z and ",
                     spec.mapping.wDim, " in W");
    checkFilter(spec.resampleFilter, "generator");
}

} // namespace

TensorMap rosinalityTensors(const GeneratorRecord& original) {
    checkGenerator(original.spec);
    const GeneratorRecord record = withNoise(original);
    const GeneratorSpec& spec = record.spec;
    TensorMap out = renamed(
        record.tensors, rosinalityGenerator(spec.resolution, static_cast<long>(spec.mapping.layers.size())));
    const TensorRecord kernel = blurKernel(spec.resampleFilter, 4); // zeros between samples take three parts
    for (std::size_t k = 0; k + 1 < spec.blocks.size(); ++k) {
        out[cat("convs.", 2 * k, ".conv.blur.kernel")] = kernel;
        out[cat("to_rgbs.", k, ".upsample.kernel")] = kernel;
    }
    checkSurvival(specToJson(spec),
                  specOf<GeneratorSpec>(out, buildGeneratorSpec, spec.mapping.hasWAvg, spec.mapping.wDim));
    return out;
}

TensorMap rosinalityTensors(const DiscriminatorRecord& record) {
    const DiscriminatorSpec& spec = record.spec;
    if (spec.architecture != Architecture::ResNet)
        refuseExport(kOtherLayout, "discriminator is of the architecture '",
                     architectureName(spec.architecture), "'");
    if (spec.cDim > 0)
        refuseExport(kOtherLayout, "discriminator has ", spec.cDim, " class labels");
    if (spec.imageChannels != kColours)
        refuseExport(kOtherLayout, "discriminator judges images of ", spec.imageChannels, " channels");
    checkFilter(spec.resampleFilter, "discriminator");
    TensorMap out = renamed(record.tensors, rosinalityDiscriminator(spec.resolution));
    const TensorRecord kernel = blurKernel(spec.resampleFilter, 1);
    for (std::size_t j = 1; j <= spec.blocks.size(); ++j) {
        out[cat("convs.", j, ".conv2.0.kernel")] = kernel;
        out[cat("convs.", j, ".skip.0.kernel")] = kernel;
    }
    checkSurvival(specToJson(spec), specOf<DiscriminatorSpec>(out, buildDiscriminatorSpec, false, 0));
    return out;
}

GeneratorRecord withoutClamps(GeneratorRecord record) {
    for (SynthesisBlockSpec& block : record.spec.blocks) {
        if (block.conv0)
            block.conv0->convClamp.reset();
        block.conv1.convClamp.reset();
        if (block.toRgb)
            block.toRgb->convClamp.reset();
    }
    return record;
}

DiscriminatorRecord withoutClamps(DiscriminatorRecord record) {
    for (DiscriminatorBlockSpec& block : record.spec.blocks) {
        for (auto* layer : {&block.fromRgb, &block.skip})
            if (*layer)
                (*layer)->convClamp.reset();
        block.conv0.convClamp.reset();
        block.conv1.convClamp.reset();
    }
    if (record.spec.epilogueFromRgb)
        record.spec.epilogueFromRgb->convClamp.reset();
    record.spec.epilogueConv.convClamp.reset();
    return record;
}

} // namespace cameo::checkpoint
