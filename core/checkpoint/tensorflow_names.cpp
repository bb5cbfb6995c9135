// SPDX-License-Identifier: Apache-2.0
// Names and layout of the TensorFlow StyleGAN2 code and what they are in NVIDIA's PyTorch networks, which the
// weights were converted to with the same rules (reference: format notes, section 8).
#include "core/base/text.h"
#include "core/checkpoint/nvidia_form.h"
#include "core/checkpoint/spec_layers.h"

#include <bit>
#include <cmath>

namespace cameo::checkpoint {
namespace {

using Renamings = std::vector<Renaming>;

void addLinear(Renamings& out, const std::string& nvidia, const std::string& own) {
    out.push_back({nvidia + ".weight", own + "/weight", Layout::Transposed});
    out.push_back({nvidia + ".bias", own + "/bias"});
}

void addConvolution(Renamings& out, const std::string& nvidia, const std::string& own, Layout layout) {
    out.push_back({nvidia + ".weight", own + "/weight", layout});
    out.push_back({nvidia + ".bias", own + "/bias"});
}

void addStyle(Renamings& out, const std::string& nvidia, const std::string& own) {
    out.push_back({nvidia + ".affine.weight", own + "/mod_weight", Layout::Transposed});
    out.push_back({nvidia + ".affine.bias", own + "/mod_bias", Layout::Same, true});
}

void addSynthesisLayer(Renamings& out, const std::string& nvidia, const std::string& own, long noise,
                       Layout layout) {
    addConvolution(out, nvidia, own, layout);
    addStyle(out, nvidia, own);
    out.push_back({nvidia + ".noise_strength", own + "/noise_strength"});
    out.push_back({nvidia + ".noise_const", cat("synthesis/noise", noise), Layout::DropTwo});
}

std::string square(long resolution) {
    return cat(resolution, "x", resolution, "/");
}

/// Old 'orig' networks number their colour layers from the largest resolution down.
std::string colourLayer(const TensorMap& tensors, const std::string& prefix, const std::string& name,
                        long resolution, long largest) {
    const long lod = std::bit_width(static_cast<unsigned long>(largest / resolution)) - 1;
    const std::string numbered = cat(prefix, name, "_lod", lod);
    return tensors.contains(numbered + "/weight") ? numbered : prefix + square(resolution) + name;
}

long largestResolution(const TensorMap& tensors, const std::string& prefix, const std::string& layer) {
    long resolution = 4;
    while (resolution < 1 << 20 && tensors.contains(prefix + square(2 * resolution) + layer + "/weight"))
        resolution *= 2;
    return resolution;
}

Renamings generatorNames(const TensorMap& tensors) {
    Renamings out{{"mapping.w_avg", "dlatent_avg"}};
    if (tensors.contains("mapping/LabelEmbed/weight"))
        addLinear(out, "mapping.embed", "mapping/LabelEmbed");
    for (long i = 0; tensors.contains(cat("mapping/Dense", i, "/weight")); ++i)
        addLinear(out, cat("mapping.fc", i), cat("mapping/Dense", i));
    out.push_back({"synthesis.b4.const", "synthesis/4x4/Const/const", Layout::DropFirst});
    addSynthesisLayer(out, "synthesis.b4.conv1", "synthesis/4x4/Conv", 0, Layout::Kernel);
    const long largest = largestResolution(tensors, "synthesis/", "Conv1");
    long noise = 1;
    for (long r = 4; r <= largest; r *= 2) {
        const std::string block = "synthesis." + blockPrefix(r);
        const std::string own = "synthesis/" + square(r);
        const std::string colour = colourLayer(tensors, "synthesis/", "ToRGB", r, largest);
        addConvolution(out, block + "torgb", colour, Layout::Kernel);
        addStyle(out, block + "torgb", colour);
        if (r == 4)
            continue;
        addSynthesisLayer(out, block + "conv0", own + "Conv0_up", noise++, Layout::FlippedKernel);
        addSynthesisLayer(out, block + "conv1", own + "Conv1", noise++, Layout::Kernel);
        out.push_back({block + "skip.weight", own + "Skip/weight", Layout::FlippedKernel});
    }
    return out;
}

Renamings discriminatorNames(const TensorMap& tensors) {
    Renamings out;
    const long largest = largestResolution(tensors, "", "Conv0");
    for (long r = largest; r >= 4; r /= 2) {
        const std::string block = blockPrefix(r);
        addConvolution(out, block + "fromrgb", colourLayer(tensors, "", "FromRGB", r, largest),
                       Layout::Kernel);
        if (r == 4)
            continue;
        addConvolution(out, block + "conv0", square(r) + "Conv0", Layout::Kernel);
        addConvolution(out, block + "conv1", square(r) + "Conv1_down", Layout::Kernel);
        out.push_back({block + "skip.weight", square(r) + "Skip/weight", Layout::Kernel});
    }
    if (tensors.contains("LabelEmbed/weight"))
        addLinear(out, "mapping.embed", "LabelEmbed");
    for (long i = 0; tensors.contains(cat("Mapping", i, "/weight")); ++i)
        addLinear(out, cat("mapping.fc", i), cat("Mapping", i));
    addConvolution(out, "b4.conv", "4x4/Conv", Layout::Kernel);
    addLinear(out, "b4.fc", "4x4/Dense0");
    addLinear(out, "b4.out", "Output");
    return out;
}

/// Copies keyword arguments to where NVIDIA's modules keep them.
class Arguments {
  public:
    Arguments(const NetworkSource& network, NvidiaForm& form) : m_form(form) {
        const auto found = network.attributes.find("");
        m_json = found == network.attributes.end() ? nullptr : &found->second;
    }

    const Json* find(const char* name) const {
        const Json* found = m_json ? m_json->find(name) : nullptr;
        return found && !found->isNull() ? found : nullptr;
    }
    void copy(const char* name, const std::string& module, const char* attribute) {
        if (const Json* value = find(name))
            set(module, attribute, *value);
    }
    void set(const std::string& module, const char* attribute, Json value) {
        m_form.attributes[module].set(attribute, std::move(value));
    }
    /// For every module of which the form holds a weight and that `wanted` accepts.
    template <typename Wanted>
    void copyToModules(const char* name, const char* attribute, Wanted wanted) {
        constexpr std::string_view suffix = ".weight";
        for (const auto& [tensor, record] : m_form.tensors)
            if (tensor.ends_with(suffix))
                if (const std::string module = tensor.substr(0, tensor.size() - suffix.size());
                    wanted(module))
                    copy(name, module, attribute);
    }

  private:
    NvidiaForm& m_form;
    const Json* m_json;
};

double numberOr(const Json* value, double otherwise) {
    return value && value->isNumber() ? value->asDouble() : otherwise;
}

void copySharedArguments(Arguments& arguments) {
    arguments.copy("resolution", "", "img_resolution");
    arguments.copy("num_channels", "", "img_channels");
    arguments.copy("label_size", "", "c_dim");
    arguments.copy("resample_kernel", "", "resample_filter");
}

} // namespace

void fillFromTensorFlow(NvidiaForm& form, const NetworkSource& network) {
    Arguments arguments(network, form);
    copySharedArguments(arguments);
    if (network.kind == NetworkKind::Generator) {
        applyRenamings(form, network.tensors, generatorNames(network.tensors));
        arguments.copy("latent_size", "", "z_dim");
        arguments.copy("dlatent_size", "", "w_dim");
        arguments.copy("w_avg_beta", "mapping", "w_avg_beta");
        form.mappingRate = numberOr(arguments.find("mapping_lrmul"), defaultMappingRate);
        arguments.copyToModules("mapping_nonlinearity", "activation",
                                [](const std::string& module) { return module.starts_with("mapping.fc"); });
        const auto isLayer = [](const std::string& module) {
            return module.find(".conv") != std::string::npos && !module.ends_with(".affine");
        };
        arguments.copyToModules("nonlinearity", "activation", isLayer);
        arguments.copyToModules("conv_clamp", "conv_clamp", [&](const std::string& module) {
            return isLayer(module) || module.ends_with(".torgb");
        });
        return;
    }
    applyRenamings(form, network.tensors, discriminatorNames(network.tensors));
    form.mappingRate =
        numberOr(arguments.find("mapping_lrmul"), 0.1); // the default there, not the generator's
    const auto isLayer = [](const std::string& module) {
        return module.find(".conv") != std::string::npos || module.ends_with(".fromrgb");
    };
    arguments.copyToModules("nonlinearity", "activation", [&](const std::string& module) {
        return isLayer(module) || module == "b4.fc" || module.starts_with("mapping.fc");
    });
    arguments.copyToModules("conv_clamp", "conv_clamp", [&](const std::string& module) {
        return isLayer(module) && module != "b4.fromrgb";
    });
    const Json* groupSize = arguments.find("mbstd_group_size"); // not given: the whole batch
    arguments.set("b4.mbstd", "group_size", groupSize ? *groupSize : Json());
    arguments.copy("mbstd_num_features", "b4.mbstd", "num_channels");
}

} // namespace cameo::checkpoint
