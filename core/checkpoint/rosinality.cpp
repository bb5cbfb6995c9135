// SPDX-License-Identifier: Apache-2.0
// Names of rosinality's stylegan2-pytorch (model.py) and what they are in NVIDIA's networks.
#include "core/base/text.h"
#include "core/checkpoint/nvidia_form.h"
#include "core/checkpoint/spec_layers.h"

namespace cameo::checkpoint {
namespace {

using Renamings = std::vector<Renaming>;

/// How many of before + n + after there are, n counting up from `first`.
long countFrom(long first, const TensorMap& tensors, const std::string& before, const std::string& after) {
    long count = 0;
    while (tensors.contains(cat(before, first + count, after)))
        ++count;
    return count;
}

/// 4 px doubled for every block; more than 20 are refused later, for want of tensors.
long resolutionAfter(long blocks) {
    return 4L << std::min(blocks, 20L);
}

void addLinear(Renamings& out, const std::string& nvidia, const std::string& own) {
    out.push_back({nvidia + ".weight", own + ".weight"});
    out.push_back({nvidia + ".bias", own + ".bias"});
}

/// `noise` is the number of its noise map.
void addSynthesisLayer(Renamings& out, const std::string& nvidia, const std::string& own, long noise) {
    out.push_back({nvidia + ".weight", own + ".conv.weight", Layout::DropFirst});
    out.push_back({nvidia + ".bias", own + ".activate.bias"});
    out.push_back({nvidia + ".noise_strength", own + ".noise.weight", Layout::Scalar});
    out.push_back({nvidia + ".noise_const", cat("noises.noise_", noise), Layout::DropTwo});
    addLinear(out, nvidia + ".affine", own + ".conv.modulation");
    out.push_back({nvidia + ".resample_filter", own + ".conv.blur.kernel"});
}

void addToRgb(Renamings& out, const std::string& nvidia, const std::string& own) {
    out.push_back({nvidia + ".weight", own + ".conv.weight", Layout::DropFirst});
    out.push_back({nvidia + ".bias", own + ".bias", Layout::Flat});
    addLinear(out, nvidia + ".affine", own + ".conv.modulation");
    out.push_back({nvidia + ".resample_filter", own + ".upsample.kernel"});
}

} // namespace

Renamings rosinalityGenerator(long resolution, long mappingLayers) {
    Renamings out;
    for (long i = 0; i < mappingLayers; ++i) // style.0 is the normalisation
        addLinear(out, cat("mapping.fc", i), cat("style.", i + 1));
    out.push_back({"synthesis.b4.const", "input.input", Layout::DropFirst});
    addSynthesisLayer(out, "synthesis.b4.conv1", "conv1", 0);
    addToRgb(out, "synthesis.b4.torgb", "to_rgb1");
    long k = 0;
    for (long r = 8; r <= resolution; r *= 2, ++k) {
        const std::string block = "synthesis." + blockPrefix(r);
        addSynthesisLayer(out, block + "conv0", cat("convs.", 2 * k), 2 * k + 1);
        addSynthesisLayer(out, block + "conv1", cat("convs.", 2 * k + 1), 2 * k + 2);
        addToRgb(out, block + "torgb", cat("to_rgbs.", k));
    }
    return out;
}

Renamings rosinalityDiscriminator(long resolution) {
    Renamings out;
    const std::string first = blockPrefix(resolution) + "fromrgb";
    out.push_back({first + ".weight", "convs.0.0.weight"});
    out.push_back({first + ".bias", "convs.0.1.bias"});
    long j = 1;
    for (long r = resolution; r > 4; r /= 2, ++j) {
        const std::string block = blockPrefix(r);
        const std::string own = cat("convs.", j, ".");
        out.push_back({block + "conv0.weight", own + "conv1.0.weight"});
        out.push_back({block + "conv0.bias", own + "conv1.1.bias"});
        out.push_back({block + "conv1.resample_filter", own + "conv2.0.kernel"});
        out.push_back({block + "conv1.weight", own + "conv2.1.weight"});
        out.push_back({block + "conv1.bias", own + "conv2.2.bias"});
        out.push_back({block + "skip.resample_filter", own + "skip.0.kernel"});
        out.push_back({block + "skip.weight", own + "skip.1.weight"});
    }
    out.push_back({"b4.conv.weight", "final_conv.0.weight"});
    out.push_back({"b4.conv.bias", "final_conv.1.bias"});
    addLinear(out, "b4.fc", "final_linear.0");
    addLinear(out, "b4.out", "final_linear.1");
    return out;
}

void fillFromRosinality(NvidiaForm& form, const NetworkSource& network, const FileContents& contents) {
    if (network.kind == NetworkKind::Discriminator) {
        const long blocks = countFrom(1, network.tensors, "convs.", ".conv1.0.weight");
        applyRenamings(form, network.tensors, rosinalityDiscriminator(resolutionAfter(blocks)));
        return;
    }
    const long blocks = countFrom(0, network.tensors, "to_rgbs.", ".conv.weight");
    const long layers = countFrom(1, network.tensors, "style.", ".weight");
    applyRenamings(form, network.tensors, rosinalityGenerator(resolutionAfter(blocks), layers));
    if (contents.latentAverage)
        form.tensors["mapping.w_avg"] = *contents.latentAverage;
}

} // namespace cameo::checkpoint
