// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/spec_json.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <cmath>
#include <limits>

namespace cameo::checkpoint {
namespace {

/// One list of fields per type serves both directions, so that they cannot drift apart. `Archive` is Writer
/// or Reader.
template <typename Archive, typename Spec>
void fields(Archive& archive, Spec& spec);

struct Writer {
    Json json = Json::object();

    template <typename T>
    void field(const char* name, const T& value) {
        json.set(name, toJson(value));
    }

    static Json toJson(bool value) { return value; }
    static Json toJson(int value) { return value; }
    static Json toJson(long value) { return value; }
    static Json toJson(double value) { return value; }
    static Json toJson(float value) { return static_cast<double>(value); }
    static Json toJson(const std::string& value) { return value; }
    static Json toJson(Architecture value) { return architectureName(value); }
    template <typename T>
    static Json toJson(const std::optional<T>& value) {
        return value ? toJson(*value) : Json();
    }
    template <typename T>
    static Json toJson(const std::vector<T>& values) {
        Json list = Json::array();
        for (const T& value : values)
            list.append(toJson(value));
        return list;
    }
    template <typename Spec>
    static Json toJson(const Spec& spec) {
        Writer writer;
        fields(writer, spec);
        return writer.json;
    }
};

struct Reader {
    const Json& json;

    template <typename T>
    void field(const char* name, T& value) {
        try {
            read(json.at(name), value);
        } catch (const Failure& failure) {
            throw Failure(ErrorCode::InvalidArgument, cat("'", name, "': ", failure.error().message));
        }
    }

    static void read(const Json& from, bool& value) { value = from.asBool(); }
    static void read(const Json& from, long& value) { value = from.asInteger(); }
    static void read(const Json& from, double& value) { value = from.asDouble(); }
    static void read(const Json& from, std::string& value) { value = from.asString(); }
    static void read(const Json& from, int& value) {
        const std::int64_t wide = from.asInteger();
        if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max())
            throw Failure(ErrorCode::InvalidArgument, cat(wide, " is too large"));
        value = static_cast<int>(wide);
    }
    static void read(const Json& from, float& value) {
        const double wide = from.asDouble();
        if (std::abs(wide) > std::numeric_limits<float>::max())
            throw Failure(ErrorCode::InvalidArgument, cat(wide, " is too large"));
        value = static_cast<float>(wide);
    }
    static void read(const Json& from, Architecture& value) {
        for (const Architecture known : {Architecture::Orig, Architecture::Skip, Architecture::ResNet})
            if (from.asString() == architectureName(known)) {
                value = known;
                return;
            }
        throw Failure(ErrorCode::InvalidArgument,
                      cat("unknown architecture '", printable(from.asString()), "'"));
    }
    template <typename T>
    static void read(const Json& from, std::optional<T>& value) {
        value.reset();
        if (!from.isNull())
            read(from, value.emplace());
    }
    template <typename T>
    static void read(const Json& from, std::vector<T>& values) {
        values.clear();
        for (const Json& item : from.asArray())
            read(item, values.emplace_back());
    }
    template <typename Spec>
    static void read(const Json& from, Spec& spec) {
        Reader reader{from};
        fields(reader, spec);
    }
};

/// const for Writer, not for Reader.
template <typename Spec, typename Plain>
concept Is = std::same_as<std::remove_const_t<Spec>, Plain>;

template <typename Archive, Is<FullyConnectedSpec> Spec>
void list(Archive& a, Spec& s) {
    a.field("name", s.name);
    a.field("in", s.inFeatures);
    a.field("out", s.outFeatures);
    a.field("bias", s.hasBias);
    a.field("lrelu", s.leakyRelu);
    a.field("weight_gain", s.weightGain);
    a.field("bias_gain", s.biasGain);
}

template <typename Archive, Is<MappingSpec> Spec>
void list(Archive& a, Spec& s) {
    a.field("z_dim", s.zDim);
    a.field("c_dim", s.cDim);
    a.field("w_dim", s.wDim);
    a.field("num_ws", s.numWs);
    a.field("embed", s.embed);
    a.field("layers", s.layers);
    a.field("w_avg_beta", s.wAvgBeta);
    a.field("has_w_avg", s.hasWAvg);
}

template <typename Archive, Is<SynthesisLayerSpec> Spec>
void list(Archive& a, Spec& s) {
    a.field("name", s.name);
    a.field("in", s.inChannels);
    a.field("out", s.outChannels);
    a.field("resolution", s.resolution);
    a.field("up", s.up);
    a.field("noise", s.useNoise);
    a.field("lrelu", s.leakyRelu);
    a.field("act_gain", s.activationGain);
    a.field("conv_clamp", s.convClamp);
}

template <typename Archive, Is<ToRgbSpec> Spec>
void list(Archive& a, Spec& s) {
    a.field("name", s.name);
    a.field("in", s.inChannels);
    a.field("weight_gain", s.weightGain);
    a.field("conv_clamp", s.convClamp);
}

template <typename Archive, Is<SynthesisBlockSpec> Spec>
void list(Archive& a, Spec& s) {
    a.field("resolution", s.resolution);
    a.field("in", s.inChannels);
    a.field("out", s.outChannels);
    a.field("conv0", s.conv0);
    a.field("conv1", s.conv1);
    a.field("torgb", s.toRgb);
    a.field("skip", s.hasSkip);
}

template <typename Archive, Is<GeneratorSpec> Spec>
void list(Archive& a, Spec& s) {
    a.field("mapping", s.mapping);
    a.field("architecture", s.architecture);
    a.field("resolution", s.resolution);
    a.field("image_channels", s.imageChannels);
    a.field("blocks", s.blocks);
    a.field("resample_filter", s.resampleFilter);
}

template <typename Archive, Is<DiscriminatorLayerSpec> Spec>
void list(Archive& a, Spec& s) {
    a.field("name", s.name);
    a.field("in", s.inChannels);
    a.field("out", s.outChannels);
    a.field("kernel", s.kernel);
    a.field("down", s.down);
    a.field("bias", s.hasBias);
    a.field("lrelu", s.leakyRelu);
    a.field("weight_gain", s.weightGain);
    a.field("act_gain", s.activationGain);
    a.field("conv_clamp", s.convClamp);
}

template <typename Archive, Is<DiscriminatorBlockSpec> Spec>
void list(Archive& a, Spec& s) {
    a.field("resolution", s.resolution);
    a.field("fromrgb", s.fromRgb);
    a.field("conv0", s.conv0);
    a.field("conv1", s.conv1);
    a.field("skip", s.skip);
}

template <typename Archive, Is<DiscriminatorSpec> Spec>
void list(Archive& a, Spec& s) {
    a.field("architecture", s.architecture);
    a.field("resolution", s.resolution);
    a.field("image_channels", s.imageChannels);
    a.field("c_dim", s.cDim);
    a.field("cmap_dim", s.cmapDim);
    a.field("mapping", s.mapping);
    a.field("blocks", s.blocks);
    a.field("mbstd_group_size", s.mbstdGroupSize);
    a.field("mbstd_channels", s.mbstdChannels);
    a.field("epilogue_fromrgb", s.epilogueFromRgb);
    a.field("epilogue_conv", s.epilogueConv);
    a.field("epilogue_fc", s.epilogueFc);
    a.field("epilogue_out", s.epilogueOut);
    a.field("resample_filter", s.resampleFilter);
}

template <typename Archive, typename Spec>
void fields(Archive& archive, Spec& spec) {
    list(archive, spec);
}

template <typename Spec>
Json toKindJson(const Spec& spec, const char* kind) {
    Writer writer;
    writer.field("kind", std::string(kind));
    list(writer, spec);
    return writer.json;
}

template <typename Spec>
Spec fromKindJson(const Json& json, const char* kind) {
    if (json.at("kind").asString() != kind)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("'kind' is '", printable(json.at("kind").asString()), "', expected '", kind, "'"));
    Spec spec;
    Reader::read(json, spec);
    return spec;
}

} // namespace

Json specToJson(const GeneratorSpec& spec) {
    return toKindJson(spec, "generator");
}
Json specToJson(const DiscriminatorSpec& spec) {
    return toKindJson(spec, "discriminator");
}

GeneratorSpec generatorSpecFromJson(const Json& json) {
    return fromKindJson<GeneratorSpec>(json, "generator");
}
DiscriminatorSpec discriminatorSpecFromJson(const Json& json) {
    return fromKindJson<DiscriminatorSpec>(json, "discriminator");
}

} // namespace cameo::checkpoint
