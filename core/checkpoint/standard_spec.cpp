// SPDX-License-Identifier: Apache-2.0
// The networks of Karras et al. 2020 (StyleGAN2) with the defaults of NVIDIA's stylegan2-ada-pytorch, no
// weights.
#include "core/checkpoint/refuse.h"
#include "core/checkpoint/spec_layers.h"

#include <algorithm>
#include <bit>

namespace cameo::checkpoint {
namespace {

void checkOptions(const ChannelOptions& options) {
    const auto require = [](bool good, const char* name, long value, const char* expected) {
        if (!good)
            throw Failure(ErrorCode::InvalidArgument, cat(name, " is ", value, ", expected ", expected));
    };
    require(options.resolution >= 8 && options.resolution <= 4096 &&
                std::has_single_bit(static_cast<unsigned long>(options.resolution)),
            "The resolution", options.resolution, "a power of two from 8 to 4096");
    require(options.channelBase >= options.resolution && options.channelBase <= 1 << 20, "The channel base",
            options.channelBase, "at least the resolution and at most 1048576");
    require(options.channelMax >= 1 && options.channelMax <= 1 << 16, "The channel maximum",
            options.channelMax, "1 to 65536");
    require(options.zDim >= 1 && options.zDim <= 1 << 16, "The size of z", options.zDim, "1 to 65536");
    require(options.wDim >= 1 && options.wDim <= 1 << 16, "The size of w", options.wDim, "1 to 65536");
    require(options.cDim >= 0 && options.cDim <= 1 << 20, "The number of classes", options.cDim,
            "0 to 1048576");
    require(options.mappingLayers >= 1 && options.mappingLayers <= 64, "The number of mapping layers",
            options.mappingLayers, "1 to 64");
    require(options.imageChannels >= 1 && options.imageChannels <= 64, "The number of image channels",
            options.imageChannels, "1 to 64");
}

long channelsAt(const ChannelOptions& options, long resolution) {
    return std::min(options.channelBase / resolution, options.channelMax);
}

MappingSpec standardMapping(const ChannelOptions& options, long zDim, long wDim, long layers) {
    MappingSpec mapping;
    mapping.zDim = zDim;
    mapping.cDim = options.cDim;
    mapping.wDim = wDim;
    if (options.cDim > 0)
        mapping.embed = linearLayer("embed", options.cDim, wDim);
    for (long i = 0; i < layers; ++i) {
        const long in = i > 0 ? wDim : zDim + (options.cDim > 0 ? wDim : 0);
        mapping.layers.push_back(mappingLayer(i, in, wDim, defaultMappingRate));
    }
    return mapping;
}

} // namespace

GeneratorSpec standardGeneratorSpec(const ChannelOptions& options) {
    checkOptions(options);
    GeneratorSpec spec;
    spec.resolution = options.resolution;
    spec.imageChannels = options.imageChannels;
    for (long resolution = 4; resolution <= options.resolution; resolution *= 2) {
        const long in = resolution == 4 ? 0 : channelsAt(options, resolution / 2);
        SynthesisBlockSpec block = synthesisBlock(resolution, in, channelsAt(options, resolution));
        block.toRgb = toRgbLayer(resolution, block.outChannels);
        spec.blocks.push_back(std::move(block));
    }
    spec.mapping = standardMapping(options, options.zDim, options.wDim, options.mappingLayers);
    spec.mapping.numWs = 2 * static_cast<long>(spec.blocks.size());
    spec.mapping.hasWAvg = true;
    return spec;
}

DiscriminatorSpec standardDiscriminatorSpec(const ChannelOptions& options) {
    checkOptions(options);
    DiscriminatorSpec spec;
    spec.resolution = options.resolution;
    spec.imageChannels = options.imageChannels;
    spec.cDim = options.cDim;
    for (long resolution = options.resolution; resolution > 4; resolution /= 2) {
        DiscriminatorBlockSpec block = discriminatorBlock(resolution, channelsAt(options, resolution),
                                                          channelsAt(options, resolution / 2));
        if (resolution == options.resolution)
            block.fromRgb = fromRgbLayer(resolution, options.imageChannels, channelsAt(options, resolution));
        block.skip = discriminatorSkip(resolution, channelsAt(options, resolution),
                                       channelsAt(options, resolution / 2));
        spec.blocks.push_back(std::move(block));
    }
    const long last = channelsAt(options, 4);
    if (options.cDim > 0) {
        spec.cmapDim = last;
        spec.mapping = standardMapping(options, 0, last, 8);
    }
    setEpilogue(spec, last);
    return spec;
}

} // namespace cameo::checkpoint
