// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/refuse.h"
#include "core/checkpoint/spec_build.h"
#include "core/checkpoint/spec_json.h"

#include <cmath>
#include <functional>
#include <iterator>

namespace cameo::checkpoint {
namespace {

/// Number after number that shapes do not determine; the same visit checks them and blanks them for a
/// comparison.
template <typename Visit>
void visitNumbers(FullyConnectedSpec& layer, const Visit& visit) {
    visit(layer.name, layer.weightGain);
    visit(layer.name, layer.biasGain);
    layer.leakyRelu = visit.flag(layer.leakyRelu);
}

template <typename Visit>
void visitNumbers(MappingSpec& mapping, const Visit& visit) {
    if (mapping.embed)
        visitNumbers(*mapping.embed, visit);
    for (FullyConnectedSpec& layer : mapping.layers)
        visitNumbers(layer, visit);
    visit("mapping", mapping.wAvgBeta);
}

template <typename Visit>
void visitNumbers(SynthesisLayerSpec& layer, const Visit& visit) {
    visit(layer.name, layer.activationGain);
    visit.clamp(layer.name, layer.convClamp);
    layer.leakyRelu = visit.flag(layer.leakyRelu);
}

template <typename Visit>
void visitNumbers(DiscriminatorLayerSpec& layer, const Visit& visit) {
    visit(layer.name, layer.weightGain);
    visit(layer.name, layer.activationGain);
    visit.clamp(layer.name, layer.convClamp);
    layer.leakyRelu = visit.flag(layer.leakyRelu);
}

template <typename Visit>
void visitNumbers(GeneratorSpec& spec, const Visit& visit) {
    visitNumbers(spec.mapping, visit);
    for (SynthesisBlockSpec& block : spec.blocks) {
        if (block.conv0)
            visitNumbers(*block.conv0, visit);
        visitNumbers(block.conv1, visit);
        if (block.toRgb) {
            visit(block.toRgb->name, block.toRgb->weightGain);
            visit.clamp(block.toRgb->name, block.toRgb->convClamp);
        }
    }
    visit.filter(spec.resampleFilter);
}

template <typename Visit>
void visitNumbers(DiscriminatorSpec& spec, const Visit& visit) {
    if (spec.mapping)
        visitNumbers(*spec.mapping, visit);
    for (DiscriminatorBlockSpec& block : spec.blocks) {
        if (block.fromRgb)
            visitNumbers(*block.fromRgb, visit);
        visitNumbers(block.conv0, visit);
        visitNumbers(block.conv1, visit);
        if (block.skip)
            visitNumbers(*block.skip, visit);
    }
    if (spec.epilogueFromRgb)
        visitNumbers(*spec.epilogueFromRgb, visit);
    visitNumbers(spec.epilogueConv, visit);
    visitNumbers(spec.epilogueFc, visit);
    visitNumbers(spec.epilogueOut, visit);
    visit.groupSize(spec.mbstdGroupSize);
    visit.filter(spec.resampleFilter);
}

struct Blank {
    void operator()(const std::string&, double& value) const { value = 0; }
    void clamp(const std::string&, std::optional<double>& value) const { value.reset(); }
    bool flag(bool) const { return false; }
    void filter(std::vector<float>& values) const { values.clear(); }
    void groupSize(std::optional<long>& value) const { value.reset(); }
};

struct Check {
    const std::string& file;

    void operator()(const std::string& name, double& value) const {
        if (!std::isfinite(value) || std::abs(value) > 1e6)
            refuse(file, "a gain of '", printable(name), "' is ", value);
    }
    void clamp(const std::string& name, std::optional<double>& value) const {
        if (value && !(*value > 0 && std::isfinite(*value)))
            refuse(file, "the clamp of '", printable(name), "' is ", *value, ", expected a positive number");
    }
    bool flag(bool value) const { return value; }
    void filter(std::vector<float>& values) const {
        float sum = 0;
        for (const float value : values)
            sum += value;
        if (values.empty() || values.size() > 32 || !(sum > 0) || !std::isfinite(sum))
            refuse(file, "its resampling filter of ", values.size(), " numbers cannot be used");
    }
    void groupSize(std::optional<long>& value) const {
        if (value && (*value < 1 || *value > 1 << 20))
            refuse(file, "the group size of the minibatch standard deviation is ", *value);
    }
};

template <typename Spec>
Json structure(Spec spec) {
    visitNumbers(spec, Blank{});
    return specToJson(spec);
}

template <typename Spec>
Spec adopt(const Spec& inferred, Spec declared, const std::string& file) {
    if (structure(inferred) != structure(declared))
        refuse(file, "its metadata 'cameo.spec' describes another network than its tensors");
    visitNumbers(declared, Check{file});
    return declared;
}

/// Trained networks never share numbers between layers; a small file that does could ask for terabytes.
void refuseOverlap(const TensorMap& tensors, const NetworkParts& parts) {
    std::map<const std::byte*, std::pair<const std::byte*, const std::string*>> extents; // begin -> end, name
    for (const auto& [name, record] : tensors) {
        std::size_t last = 0;
        for (std::size_t d = 0; d < record.shape.size(); ++d)
            last += static_cast<std::size_t>((record.shape[d] - 1) * record.strides[d]);
        const std::byte* begin = record.storage.view.data() + record.offset * itemSize(record.dtype);
        const std::byte* end = begin + (last + 1) * itemSize(record.dtype);
        const auto after = extents.lower_bound(begin);
        const bool hitsNext = after != extents.end() && std::less<>()(after->first, end);
        const bool hitsPrevious =
            after != extents.begin() && std::less<>()(begin, std::prev(after)->second.first);
        if (hitsNext || hitsPrevious)
            refuse(parts.file, "the tensor ", quoted(parts.form, name), " lies over ",
                   quoted(parts.form, *(hitsNext ? after : std::prev(after))->second.second));
        extents.emplace(begin, std::pair(end, &name));
    }
}

} // namespace

GeneratorSpec adoptDeclared(const GeneratorSpec& inferred, const GeneratorSpec& declared,
                            const std::string& file) {
    return adopt(inferred, declared, file);
}

DiscriminatorSpec adoptDeclared(const DiscriminatorSpec& inferred, const DiscriminatorSpec& declared,
                                const std::string& file) {
    return adopt(inferred, declared, file);
}

void checkNumbers(GeneratorSpec& spec, const std::string& file) {
    visitNumbers(spec, Check{file});
}
void checkNumbers(DiscriminatorSpec& spec, const std::string& file) {
    visitNumbers(spec, Check{file});
}

TensorMap selectTensors(const NetworkParts& parts, const std::vector<TensorShape>& required) {
    const TensorMap& tensors = parts.form.tensors;
    const std::string& file = parts.file;
    TensorMap selected;
    for (const auto& [name, shape] : required) {
        const auto found = tensors.find(name);
        if (found == tensors.end())
            refuse(file, "the tensor ", quoted(parts.form, name), " is missing");
        const TensorRecord& record = found->second;
        if (record.shape != shape)
            refuse(file, "the tensor ", quoted(parts.form, name), " has the shape ", shapeText(record.shape),
                   ", expected ", shapeText(shape));
        if (!isFloating(record.dtype))
            refuse(file, "the tensor ", quoted(parts.form, name), " is of type ", dtypeName(record.dtype),
                   ", expected floating point numbers");
        selected.emplace(name, record);
    }
    refuseOverlap(selected, parts);
    for (const auto& [name, record] : selected)
        if (const auto position = firstNonFinite(record))
            refuse(file, "the tensor ", quoted(parts.form, name),
                   " holds a value that is not finite (element ", *position,
                   "). The training that made it probably diverged");
    return selected;
}

} // namespace cameo::checkpoint
