// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/convert.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/checkpoint/rosinality_export.h"
#include "core/checkpoint/spec_json.h"
#include "core/checkpoint/torch_zip_writer.h"

#include <algorithm>

namespace cameo::checkpoint {
namespace {

using Metadata = std::map<std::string, std::string>;

struct Networks {
    std::optional<GeneratorRecord> generator;
    std::optional<DiscriminatorRecord> discriminator;
};

[[noreturn]] void failSecond(const std::filesystem::path& file, const char* kind) {
    throw Failure(ErrorCode::InvalidArgument, cat("'", file.string(), "' holds a second ", kind),
                  "Give one of them, or leave one out with --only");
}

Networks openAll(const Conversion& conversion) {
    Networks networks;
    for (const std::filesystem::path& file : conversion.files) {
        const Checkpoint opened = Checkpoint::open(file);
        const bool takesGenerator = conversion.wanted != WantedNetworks::Discriminator &&
                                    (opened.hasGenerator() || !opened.hasDiscriminator());
        const bool takesDiscriminator =
            conversion.wanted != WantedNetworks::Generator && opened.hasDiscriminator();
        if (takesGenerator) {
            if (networks.generator)
                failSecond(file, "generator");
            networks.generator = opened.generator(); // says what the file holds when there is none
        }
        if (takesDiscriminator) {
            if (networks.discriminator)
                failSecond(file, "discriminator");
            networks.discriminator = opened.discriminator();
        }
    }
    if (!networks.generator && !networks.discriminator)
        throw Failure(
            ErrorCode::NotFound,
            cat("'", conversion.files.front().string(), "' holds no network of the kind that was asked for"),
            "Leave out --only, or see what the file holds with 'cameo info'");
    return networks;
}

void requireName(const std::filesystem::path& file, const std::vector<std::string>& endings,
                 const char* layout) {
    const std::string ending = file.extension().string();
    if (std::find(endings.begin(), endings.end(), ending) != endings.end())
        return;
    std::string list;
    for (const std::string& good : endings)
        list += (list.empty() ? "" : " or ") + good;
    throw Failure(ErrorCode::InvalidArgument,
                  cat("'", file.string(), "' is no name for a model in the layout ", layout),
                  cat("End the name with ", list));
}

void addWith(TensorMap& out, const std::string& prefix, const TensorMap& tensors) {
    for (const auto& [name, record] : tensors)
        out[prefix + name] = record;
}

void writeCameo(const Conversion& conversion, const Networks& networks, ConversionReport& report) {
    ensureWritableFolder(conversion.output);
    const auto write = [&](const char* name, const auto& record) {
        report.files.push_back(conversion.output / name);
        writeSafetensors(report.files.back(), record.tensors, conversion.type,
                         {{"cameo.spec", specToJson(record.spec).dump()}});
    };
    if (networks.generator)
        write("generator.safetensors", *networks.generator);
    if (networks.discriminator)
        write("discriminator.safetensors", *networks.discriminator);
}

void writeNvidia(const Conversion& conversion, const Networks& networks, ConversionReport& report) {
    requireName(conversion.output, {".safetensors"}, "nvidia");
    const bool hasBoth = networks.generator && networks.discriminator;
    TensorMap tensors;
    Json specs = Json::array();
    if (networks.generator) {
        addWith(tensors, hasBoth ? "G_ema." : "", networks.generator->tensors);
        specs.append(specToJson(networks.generator->spec));
    }
    if (networks.discriminator) {
        addWith(tensors, hasBoth ? "D." : "", networks.discriminator->tensors);
        specs.append(specToJson(networks.discriminator->spec));
    }
    writeSafetensors(conversion.output, tensors, conversion.type, {{"cameo.spec", specs.dump()}});
    report.files.push_back(conversion.output);
}

void writeRosinality(const Conversion& conversion, const Networks& networks, ConversionReport& report) {
    requireName(conversion.output, {".pt", ".pth", ".safetensors"}, "rosinality");
    TorchObject object;
    if (networks.generator) {
        object.networks.emplace_back("g_ema", rosinalityTensors(*networks.generator));
        if (networks.generator->spec.mapping.hasWAvg)
            object.tensors["latent_avg"] = networks.generator->tensors.at("mapping.w_avg");
    }
    if (networks.discriminator)
        object.networks.emplace_back("d", rosinalityTensors(*networks.discriminator));
    if (conversion.output.extension() != ".safetensors") {
        writeTorchZip(conversion.output, object, conversion.type);
    } else {
        TensorMap tensors = object.tensors;
        for (const auto& [role, network] : object.networks)
            addWith(tensors, role + ".", network);
        writeSafetensors(conversion.output, tensors, conversion.type, {});
    }
    report.files.push_back(conversion.output);
}

} // namespace

ConversionReport convertModel(const Conversion& conversion) {
    if (conversion.files.empty())
        throw Failure(ErrorCode::InvalidArgument, "There is no model to convert", "Give a model file");
    Networks networks = openAll(conversion);
    if (conversion.clamps == Clamps::Drop) {
        if (networks.generator)
            networks.generator = withoutClamps(std::move(*networks.generator));
        if (networks.discriminator)
            networks.discriminator = withoutClamps(std::move(*networks.discriminator));
    }
    ConversionReport report;
    if (networks.generator)
        report.generator = networks.generator->spec;
    if (networks.discriminator)
        report.discriminator = networks.discriminator->spec;
    switch (conversion.layout) {
    case ModelLayout::Cameo:
        writeCameo(conversion, networks, report);
        break;
    case ModelLayout::Nvidia:
        writeNvidia(conversion, networks, report);
        break;
    case ModelLayout::Rosinality:
        writeRosinality(conversion, networks, report);
        break;
    }
    return report;
}

} // namespace cameo::checkpoint
