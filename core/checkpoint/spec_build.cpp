// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/spec_build.h"

#include "core/checkpoint/refuse.h"
#include "core/checkpoint/spec_layers.h"

#include <charconv>
#include <set>

namespace cameo::checkpoint {
namespace {

/// Shapes of tensors by name, with refusals that name the tensor.
class Shapes {
  public:
    explicit Shapes(const NetworkParts& parts) : m_parts(parts) {}

    bool has(const std::string& name) const { return m_parts.form.tensors.contains(name); }

    /// How many weights there are whose name begins with `prefix`.
    long countLayers(const std::string& prefix) const {
        long count = 0;
        for (auto it = m_parts.form.tensors.lower_bound(prefix);
             it != m_parts.form.tensors.end() && it->first.starts_with(prefix); ++it)
            count += it->first.ends_with(".weight");
        return count;
    }

    const std::vector<long>& of(const std::string& name, std::size_t rank) const {
        const auto found = m_parts.form.tensors.find(name);
        if (found == m_parts.form.tensors.end())
            refuse(m_parts.file, "the tensor ", quoted(m_parts.form, name), " is missing");
        const std::vector<long>& shape = found->second.shape;
        if (shape.size() != rank)
            refuse(m_parts.file, "the tensor ", quoted(m_parts.form, name), " has the shape ",
                   shapeText(shape), ", expected ", rank, " dimensions");
        for (const long side : shape)
            if (side <= 0)
                refuse(m_parts.file, "the tensor ", quoted(m_parts.form, name), " is empty: its shape is ",
                       shapeText(shape));
        return shape;
    }

    /// Resolutions R of the blocks "<prefix>b<R>.": 4, 8, 16, ... without a gap.
    std::vector<long> resolutions(const std::string& prefix) const {
        std::set<long> found;
        for (auto it = m_parts.form.tensors.lower_bound(prefix + "b"); it != m_parts.form.tensors.end();
             ++it) {
            const std::string& name = it->first;
            if (name.compare(0, prefix.size() + 1, prefix + "b") != 0)
                break;
            const char* first = name.data() + prefix.size() + 1;
            const char* last = name.data() + name.size();
            long resolution = 0;
            const auto [end, code] = std::from_chars(first, last, resolution);
            if (code == std::errc{} && end != last && *end == '.')
                found.insert(resolution);
        }
        long expected = 4;
        for (const long resolution : found) {
            if (resolution != expected)
                refuse(m_parts.file, "the tensors of block '", prefix, "b", expected,
                       "' are missing (there is '", prefix, "b", resolution, "')");
            expected *= 2;
        }
        if (found.size() < 2)
            refuse(m_parts.file, "the tensors of block '", prefix, "b", expected, "' are missing");
        return {found.begin(), found.end()};
    }

  private:
    const NetworkParts& m_parts;
};

void noteNoise(SynthesisLayerSpec& layer, const Shapes& shapes) {
    const std::string name = "synthesis." + layer.name;
    layer.useNoise = shapes.has(name + ".noise_strength") || shapes.has(name + ".noise_const");
}

SynthesisBlockSpec buildBlock(const Shapes& shapes, long resolution, long in) {
    const std::string prefix = "synthesis." + blockPrefix(resolution);
    SynthesisBlockSpec block = synthesisBlock(resolution, in, shapes.of(prefix + "conv1.weight", 4)[0]);
    if (block.conv0)
        noteNoise(*block.conv0, shapes);
    noteNoise(block.conv1, shapes);
    if (shapes.has(prefix + "torgb.weight"))
        block.toRgb = toRgbLayer(resolution, block.outChannels);
    block.hasSkip = shapes.has(prefix + "skip.weight");
    return block;
}

/// 'skip' adds up the RGB of every block; 'resnet' has convolutions beside the blocks; 'orig' has neither.
Architecture generatorArchitecture(const std::vector<SynthesisBlockSpec>& blocks, const std::string& file) {
    const std::size_t count = blocks.size();
    std::size_t colours = 0;
    std::size_t skips = 0;
    for (const SynthesisBlockSpec& block : blocks) {
        colours += block.toRgb.has_value();
        skips += block.hasSkip;
    }
    if (!blocks.back().toRgb)
        refuse(file, "the tensor 'synthesis.", blockPrefix(blocks.back().resolution),
               "torgb.weight' is missing");
    if (skips == 0 && colours == count)
        return Architecture::Skip;
    if (skips == 0 && colours == 1)
        return Architecture::Orig;
    if (skips == count - 1 && !blocks.front().hasSkip && colours == 1)
        return Architecture::ResNet;
    refuse(file, "its synthesis blocks fit none of the architectures skip, orig and resnet: ", colours,
           " have 'torgb' tensors and ", skips, " have 'skip' tensors, of ", count);
}

/// zDim 0 and numWs 0 in a discriminator.
MappingSpec buildMapping(const Shapes& shapes, long wDim, double rate, const std::string& file) {
    MappingSpec mapping;
    mapping.wDim = wDim;
    long embedded = 0;
    if (shapes.has("mapping.embed.weight")) {
        const std::vector<long>& shape = shapes.of("mapping.embed.weight", 2);
        embedded = shape[0];
        mapping.cDim = shape[1];
        mapping.embed = linearLayer("embed", shape[1], shape[0]);
        mapping.embed->hasBias = shapes.has("mapping.embed.bias");
    }
    long in = shapes.of("mapping.fc0.weight", 2)[1];
    mapping.zDim = in - embedded;
    if (mapping.zDim < 0)
        refuse(file, "the tensor 'mapping.fc0.weight' takes ", in,
               " numbers, fewer than 'mapping.embed.weight' makes");
    for (long i = 0; shapes.has(cat("mapping.fc", i, ".weight")); ++i) {
        const long out = shapes.of(cat("mapping.fc", i, ".weight"), 2)[0];
        mapping.layers.push_back(mappingLayer(i, in, out, rate));
        mapping.layers.back().hasBias = shapes.has(cat("mapping.fc", i, ".bias"));
        in = out;
    }
    if (const long count = static_cast<long>(mapping.layers.size());
        shapes.countLayers("mapping.fc") != count)
        refuse(file, "the tensor 'mapping.fc", count, ".weight' is missing (there are later ones)");
    if (in != wDim)
        refuse(file, "the tensor 'mapping.fc", mapping.layers.size() - 1, ".weight' makes ", in,
               " numbers, the next layers take ", wDim);
    mapping.hasWAvg = shapes.has("mapping.w_avg");
    return mapping;
}

} // namespace

GeneratorSpec buildGeneratorSpec(const NetworkParts& parts) {
    const Shapes shapes(parts);
    GeneratorSpec spec;
    long in = 0;
    for (const long resolution : shapes.resolutions("synthesis.")) {
        spec.blocks.push_back(buildBlock(shapes, resolution, in));
        in = spec.blocks.back().outChannels;
    }
    spec.resolution = spec.blocks.back().resolution;
    spec.architecture = generatorArchitecture(spec.blocks, parts.file);
    spec.imageChannels = shapes.of("synthesis." + spec.blocks.back().toRgb->name + ".weight", 4)[0];
    const long wDim = shapes.of("synthesis.b4.conv1.affine.weight", 2)[1];
    spec.mapping = buildMapping(shapes, wDim, parts.form.mappingRate, parts.file);
    if (spec.mapping.zDim == 0)
        refuse(parts.file, "the tensor 'mapping.fc0.weight' leaves no room for a latent z");
    spec.mapping.numWs =
        2 * static_cast<long>(spec.blocks.size()); // one per convolution, one for the last torgb
    applyAttributes(spec, parts);
    return spec;
}

namespace {

DiscriminatorBlockSpec buildDiscriminatorBlock(const Shapes& shapes, long resolution, long in,
                                               long imageChannels) {
    const std::string prefix = blockPrefix(resolution);
    const long out = shapes.of(prefix + "conv1.weight", 4)[0];
    DiscriminatorBlockSpec block = discriminatorBlock(resolution, in, out);
    if (shapes.has(prefix + "fromrgb.weight"))
        block.fromRgb = fromRgbLayer(resolution, imageChannels, in);
    if (shapes.has(prefix + "skip.weight"))
        block.skip = discriminatorSkip(resolution, in, out);
    return block;
}

Architecture discriminatorArchitecture(const DiscriminatorSpec& spec, const std::string& file) {
    const std::size_t count = spec.blocks.size();
    std::size_t colours = spec.epilogueFromRgb ? 1 : 0;
    std::size_t skips = 0;
    for (const DiscriminatorBlockSpec& block : spec.blocks) {
        colours += block.fromRgb.has_value();
        skips += block.skip.has_value();
    }
    if (skips == count && colours == 1)
        return Architecture::ResNet;
    if (skips == 0 && colours == count + 1)
        return Architecture::Skip;
    if (skips == 0 && colours == 1)
        return Architecture::Orig;
    refuse(file, "its discriminator blocks fit none of the architectures resnet, skip and orig: ", colours,
           " have 'fromrgb' tensors and ", skips, " have 'skip' tensors, of ", count);
}

void buildEpilogue(DiscriminatorSpec& spec, const Shapes& shapes, long channels, const std::string& file) {
    const std::vector<long>& conv = shapes.of("b4.conv.weight", 4);
    spec.mbstdChannels = conv[1] - channels;
    if (spec.mbstdChannels < 0)
        refuse(file, "the tensor 'b4.conv.weight' has the shape ", shapeText(conv),
               ", but the block before makes ", channels, " channels");
    spec.cmapDim = spec.mapping ? shapes.of("b4.out.weight", 2)[0] : 0;
    setEpilogue(spec, channels);
    const long fcOut = shapes.of("b4.fc.weight", 2)[0];
    spec.epilogueFc.outFeatures = fcOut;
    spec.epilogueOut = linearLayer("b4.out", fcOut, spec.epilogueOut.outFeatures);
    if (shapes.has("b4.fromrgb.weight"))
        spec.epilogueFromRgb = fromRgbLayer(4, spec.imageChannels, channels);
}

} // namespace

DiscriminatorSpec buildDiscriminatorSpec(const NetworkParts& parts) {
    const Shapes shapes(parts);
    DiscriminatorSpec spec;
    const std::vector<long> resolutions = shapes.resolutions("");
    spec.resolution = resolutions.back();
    const std::string first = blockPrefix(spec.resolution) + "fromrgb.weight";
    long channels = shapes.of(first, 4)[0];
    spec.imageChannels = shapes.of(first, 4)[1];
    for (std::size_t i = resolutions.size(); i-- > 1;) {
        spec.blocks.push_back(buildDiscriminatorBlock(shapes, resolutions[i], channels, spec.imageChannels));
        channels = spec.blocks.back().conv1.outChannels;
    }
    if (shapes.has("mapping.fc0.weight")) {
        spec.mapping =
            buildMapping(shapes, shapes.of("b4.out.weight", 2)[0], parts.form.mappingRate, parts.file);
        spec.cDim = spec.mapping->cDim;
        if (!spec.mapping->embed)
            refuse(parts.file, "the tensor 'mapping.embed.weight' of a conditional discriminator is missing");
        if (spec.mapping->zDim != 0)
            refuse(parts.file,
                   "the tensors 'mapping.fc0.weight' and 'mapping.embed.weight' do not fit together");
    }
    buildEpilogue(spec, shapes, channels, parts.file);
    spec.architecture = discriminatorArchitecture(spec, parts.file);
    applyAttributes(spec, parts);
    return spec;
}

GeneratorSpec inferGeneratorSpec(const TensorMap& tensors, const std::string& file) {
    NvidiaForm form;
    form.tensors = tensors;
    return buildGeneratorSpec({form, file});
}

DiscriminatorSpec inferDiscriminatorSpec(const TensorMap& tensors, const std::string& file) {
    NvidiaForm form;
    form.tensors = tensors;
    return buildDiscriminatorSpec({form, file});
}

} // namespace cameo::checkpoint
