// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/refuse.h"
#include "core/checkpoint/spec_build.h"

#include <cmath>

namespace cameo::checkpoint {
namespace {

/// Reads the attributes of one module; a missing attribute leaves the default alone.
class Module {
  public:
    Module(const NetworkParts& parts, std::string name) : m_file(parts.file), m_name(std::move(name)) {
        const auto found = parts.form.attributes.find(m_name);
        m_json = found == parts.form.attributes.end() ? nullptr : &found->second;
    }

    const Json* find(const char* attribute) const { return m_json ? m_json->find(attribute) : nullptr; }

    void number(const char* attribute, double& value) const {
        const Json* found = find(attribute);
        if (!found)
            return;
        if (!found->isNumber())
            bad(attribute, "a number");
        value = found->asDouble();
    }

    void integerOrNone(const char* attribute, std::optional<long>& value) const {
        const Json* found = find(attribute);
        if (!found)
            return;
        if (!found->isNull() && !found->isInteger())
            bad(attribute, "a whole number or None");
        value = found->isNull() ? std::nullopt : std::optional<long>(found->asInteger());
    }

    void clamp(std::optional<double>& value) const {
        const Json* found = find("conv_clamp");
        if (!found)
            return;
        if (!found->isNull() && !found->isNumber())
            bad("conv_clamp", "a number or None");
        value = found->isNull() ? std::nullopt : std::optional(found->asDouble());
    }

    void activation(bool& leakyRelu) const {
        const Json* found = find("activation");
        if (!found)
            return;
        if (!found->isString())
            bad("activation", "a name");
        if (found->asString() != "lrelu" && found->asString() != "linear")
            refuseUnsupported(m_file, "'", m_name, "' uses the activation '", printable(found->asString()),
                              "'; Cameo knows lrelu and linear");
        leakyRelu = found->asString() == "lrelu";
    }

    /// The attribute, where there is one, must be what the shapes say.
    void expect(const char* attribute, const Json& expected) const {
        const Json* found = find(attribute);
        if (!found || found->isNull())
            return;
        const bool same =
            expected.isNumber() && found->isNumber()
                ? std::abs(expected.asDouble() - found->asDouble()) <= 1e-6 * std::abs(expected.asDouble())
                : *found == expected;
        if (!same)
            refuse(m_file, "the attribute '", attribute, "' of ",
                   m_name.empty() ? "the network" : cat("'", m_name, "'"), " is ", printable(found->dump()),
                   ", its tensors say ", expected.dump());
    }

  private:
    [[noreturn]] void bad(const char* attribute, const char* expected) const {
        refuse(m_file, "the attribute '", attribute, "' of '", m_name, "' is ",
               printable(find(attribute)->dump()), ", expected ", expected);
    }

    const std::string& m_file;
    std::string m_name;
    const Json* m_json = nullptr;
};

void applyLinear(FullyConnectedSpec& layer, const NetworkParts& parts, const std::string& prefix) {
    const Module module(parts, prefix + layer.name);
    module.number("weight_gain", layer.weightGain);
    module.number("bias_gain", layer.biasGain);
    module.activation(layer.leakyRelu);
}

void applyMapping(MappingSpec& mapping, const NetworkParts& parts) {
    const Module module(parts, "mapping");
    module.expect("z_dim", mapping.zDim);
    module.expect("c_dim", mapping.cDim);
    module.expect("w_dim", mapping.wDim);
    module.expect("num_layers", mapping.layers.size());
    if (mapping.hasWAvg)
        module.number("w_avg_beta", mapping.wAvgBeta);
    if (mapping.embed)
        applyLinear(*mapping.embed, parts, "mapping.");
    for (FullyConnectedSpec& layer : mapping.layers)
        applyLinear(layer, parts, "mapping.");
}

/// The specification has no room for other gains of style layers, and no published network has any.
void expectPlainAffine(const NetworkParts& parts, const std::string& layer, long wDim) {
    const Module module(parts, layer + ".affine");
    module.expect("activation", "linear");
    module.expect("weight_gain", 1 / std::sqrt(static_cast<double>(wDim)));
    module.expect("bias_gain", 1);
}

void applySynthesisLayer(SynthesisLayerSpec& layer, const NetworkParts& parts, long wDim) {
    const Module module(parts, "synthesis." + layer.name);
    module.expect("resolution", layer.resolution);
    module.expect("up", layer.up);
    module.expect("use_noise", layer.useNoise);
    module.number("act_gain", layer.activationGain);
    module.activation(layer.leakyRelu);
    module.clamp(layer.convClamp);
    expectPlainAffine(parts, "synthesis." + layer.name, wDim);
}

void applyBlock(SynthesisBlockSpec& block, const GeneratorSpec& spec, const NetworkParts& parts) {
    const Module module(parts, cat("synthesis.b", block.resolution));
    module.expect("resolution", block.resolution);
    module.expect("in_channels", block.inChannels);
    module.expect("architecture", architectureName(spec.architecture));
    if (block.conv0)
        applySynthesisLayer(*block.conv0, parts, spec.mapping.wDim);
    applySynthesisLayer(block.conv1, parts, spec.mapping.wDim);
    if (block.toRgb) {
        const Module colour(parts, "synthesis." + block.toRgb->name);
        colour.number("weight_gain", block.toRgb->weightGain);
        colour.clamp(block.toRgb->convClamp);
        expectPlainAffine(parts, "synthesis." + block.toRgb->name, spec.mapping.wDim);
    }
    if (block.hasSkip) {
        const Module skip(parts, cat("synthesis.b", block.resolution, ".skip"));
        skip.expect("activation", "linear");
        skip.expect("weight_gain", 1 / std::sqrt(static_cast<double>(block.inChannels)));
    }
}

void applyConvolution(DiscriminatorLayerSpec& layer, const NetworkParts& parts) {
    const Module module(parts, layer.name);
    module.expect("down", layer.down);
    module.expect("up", 1);
    module.number("weight_gain", layer.weightGain);
    module.number("act_gain", layer.activationGain);
    module.activation(layer.leakyRelu);
    module.clamp(layer.convClamp);
}

/// The stored [n, n] filter is the outer product of a 1-D filter with itself, divided by its sum.
std::vector<float> separated(const TensorRecord& record, const std::string& name, const std::string& file) {
    const std::size_t side = record.shape.empty() ? 0 : static_cast<std::size_t>(record.shape[0]);
    if (record.shape.size() != 2 || record.shape[1] != record.shape[0] || side < 1 || side > 32 ||
        !isFloating(record.dtype))
        refuse(file, "the resampling filter ", name, " has the shape ", shapeText(record.shape),
               ", expected a square of floating point numbers");
    const std::vector<float> values = toFloats(record);
    std::vector<float> filter(side, 0);
    float sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        filter[i / side] += values[i];
        sum += values[i];
    }
    if (!(sum > 0) || !std::isfinite(sum))
        refuse(file, "the resampling filter ", name, " cannot be used: its sum is ", sum);
    for (std::size_t i = 0; i < values.size(); ++i)
        if (std::abs(values[i] - filter[i / side] * filter[i % side] / sum) >
            2e-3F * sum) // half precision files
            refuseUnsupported(file, "the resampling filter ", name, " is not separable");
    const float first = filter.front();
    if (first > 0)
        for (float& value : filter)
            value /= first;
    return filter;
}

/// One filter for the whole network: what every published one has. Without filters in the file: [1, 3, 3, 1].
void applyFilter(std::vector<float>& filter, const NetworkParts& parts) {
    if (const Json* declared = Module(parts, "").find("resample_filter"); declared && declared->isArray()) {
        filter.clear();
        for (const Json& value : declared->asArray())
            filter.push_back(value.isNumber() ? static_cast<float>(value.asDouble()) : NAN); // refused below
    }
    const std::string suffix = "resample_filter";
    const std::string* firstName = nullptr;
    for (const auto& [name, record] : parts.form.tensors) {
        if (!name.ends_with(suffix))
            continue;
        const std::vector<float> found = separated(record, quoted(parts.form, name), parts.file);
        if (firstName && found != filter)
            refuseUnsupported(parts.file, "the resampling filters '", *firstName, "' and '", name,
                              "' differ");
        filter = found;
        firstName = &name;
    }
}

} // namespace

void applyAttributes(GeneratorSpec& spec, const NetworkParts& parts) {
    for (const char* prefix : {"", "synthesis"}) {
        const Module module(parts, prefix);
        module.expect("img_resolution", spec.resolution);
        module.expect("img_channels", spec.imageChannels);
        module.expect("w_dim", spec.mapping.wDim);
        module.expect("num_ws", spec.mapping.numWs);
    }
    const Module module(parts, "");
    module.expect("z_dim", spec.mapping.zDim);
    module.expect("c_dim", spec.mapping.cDim);
    applyMapping(spec.mapping, parts);
    for (SynthesisBlockSpec& block : spec.blocks)
        applyBlock(block, spec, parts);
    applyFilter(spec.resampleFilter, parts);
    checkNumbers(spec, parts.file);
}

void applyAttributes(DiscriminatorSpec& spec, const NetworkParts& parts) {
    const Module module(parts, "");
    module.expect("img_resolution", spec.resolution);
    module.expect("img_channels", spec.imageChannels);
    module.expect("c_dim", spec.cDim);
    if (spec.mapping)
        applyMapping(*spec.mapping, parts);
    for (DiscriminatorBlockSpec& block : spec.blocks) {
        const Module blockModule(parts, cat("b", block.resolution));
        blockModule.expect("resolution", block.resolution);
        blockModule.expect("architecture", architectureName(spec.architecture));
        for (DiscriminatorLayerSpec* layer : {block.fromRgb ? &*block.fromRgb : nullptr, &block.conv0,
                                              &block.conv1, block.skip ? &*block.skip : nullptr})
            if (layer)
                applyConvolution(*layer, parts);
    }
    if (spec.epilogueFromRgb)
        applyConvolution(*spec.epilogueFromRgb, parts);
    applyConvolution(spec.epilogueConv, parts);
    applyLinear(spec.epilogueFc, parts, "b4.");
    applyLinear(spec.epilogueOut, parts, "b4.");
    Module(parts, "b4").expect("architecture", architectureName(spec.architecture));
    const Module deviation(parts, "b4.mbstd");
    deviation.expect("num_channels", spec.mbstdChannels);
    deviation.integerOrNone("group_size", spec.mbstdGroupSize);
    applyFilter(spec.resampleFilter, parts);
    checkNumbers(spec, parts.file);
}

} // namespace cameo::checkpoint
