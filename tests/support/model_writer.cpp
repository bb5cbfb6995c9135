// SPDX-License-Identifier: Apache-2.0
#include "tests/support/model_writer.h"

#include "core/base/crc32.h"
#include "core/base/text.h"
#include "core/checkpoint/nvidia_form.h"
#include "tests/support/pickle_writer.h"

#include <cmath>
#include <functional>
#include <map>
#include <set>

namespace cameo::test {

using namespace checkpoint;

namespace {

constexpr const char* legacyMagic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";

std::string asBytes(const std::vector<float>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

std::string legacyStart() {
    return legacyMagic + PickleWriter(2).integer(1001).stop() +
           PickleWriter(2).emptyDict().mark().text("little_endian").boolean(true).setItems().stop();
}

std::string countedData(const std::vector<float>& values) {
    const std::uint64_t count = values.size();
    std::string out(sizeof(count), '\0');
    std::memcpy(out.data(), &count, sizeof(count));
    return out + asBytes(values);
}

ChannelOptions tinyOptions() {
    return {.resolution = 8, .channelBase = 16, .channelMax = 2, .zDim = 4, .wDim = 4, .mappingLayers = 2};
}

} // namespace

TensorMap filledTensors(const std::vector<TensorShape>& required) {
    TensorMap tensors;
    float next = 0.001F;
    for (const auto& [name, shape] : required) {
        std::size_t count = 1;
        for (const long side : shape)
            count *= static_cast<std::size_t>(side);
        std::vector<float> values(count);
        for (float& value : values)
            value = next = std::fmod(next * 1.37F + 0.001F, 1.0F);
        tensors[name] = fromFloats(shape, std::move(values));
    }
    return tensors;
}

GeneratorRecord tinyGenerator() {
    const GeneratorSpec spec = standardGeneratorSpec(tinyOptions());
    return {spec, filledTensors(requiredTensors(spec))};
}

DiscriminatorRecord tinyDiscriminator() {
    const DiscriminatorSpec spec = standardDiscriminatorSpec(tinyOptions());
    return {spec, filledTensors(requiredTensors(spec))};
}

std::string storagePayload(const std::vector<float>& values) {
    PickleWriter object(2);
    object.mark().text("storage").global("torch", "FloatStorage").text("1").text("cpu");
    object.integer(static_cast<std::int32_t>(values.size())).none().tuple().persistent();
    return legacyStart() + object.stop() + PickleWriter(2).emptyList().mark().text("1").appends().stop() +
           countedData(values);
}

namespace {

// NVIDIA

void writeTensor(PickleWriter& out, const TensorRecord& record, const std::function<void()>& storage) {
    out.global("torch._utils", "_rebuild_tensor_v2").mark();
    storage();
    out.integer(0).integers(record.shape).integers(contiguousStrides(record.shape)).boolean(false);
    out.orderedDict().tuple().reduce();
}

/// Modules by their dotted names, from the names of tensors.
struct ModuleTree {
    TensorMap tensors;
    std::map<std::string, ModuleTree> children;
};

ModuleTree treeOf(const TensorMap& tensors) {
    ModuleTree root;
    for (const auto& [name, record] : tensors) {
        ModuleTree* at = &root;
        std::string rest = name;
        for (std::size_t dot = rest.find('.'); dot != std::string::npos; dot = rest.find('.')) {
            at = &at->children[rest.substr(0, dot)];
            rest.erase(0, dot + 1);
        }
        at->tensors[rest] = record;
    }
    return root;
}

void writeModule(PickleWriter& out, const ModuleTree& module) {
    out.global("torch_utils.persistence", "_reconstruct_persistent_obj").mark().emptyDict().mark();
    out.text("type").text("class").text("version").integer(6).text("module_src").text("import os");
    out.text("class_name").text("Module").text("state").emptyDict().mark();
    out.text("_parameters").orderedDict().mark();
    for (const auto& [name, record] : module.tensors) {
        out.text(name);
        out.global("torch._utils", "_rebuild_parameter").mark();
        writeTensor(out, record, [&out, values = toFloats(record)] {
            out.global("torch.storage", "_load_from_bytes")
                .mark()
                .bytes(storagePayload(values))
                .tuple()
                .reduce();
        });
        out.boolean(true).orderedDict().tuple().reduce();
    }
    out.setItems().text("_buffers").orderedDict().text("_modules").orderedDict().mark();
    for (const auto& [name, child] : module.children) {
        out.text(name);
        writeModule(out, child);
    }
    out.setItems().text("conv_clamp").none().text("training").boolean(false);
    out.setItems().setItems().tuple().reduce();
}

} // namespace

std::string nvidiaSnapshot(int protocol) {
    const ModuleTree generator = treeOf(tinyGenerator().tensors);
    const ModuleTree discriminator = treeOf(tinyDiscriminator().tensors);
    PickleWriter out(protocol);
    out.emptyDict().mark();
    out.text("training_set_kwargs").none().text("G");
    writeModule(out, generator);
    out.text("D");
    writeModule(out, discriminator);
    out.text("G_ema");
    writeModule(out, generator);
    return out.text("augment_pipe").none().setItems().stop();
}

namespace {

// TensorFlow

void writeDtype(PickleWriter& out) {
    out.global("numpy", "dtype").mark().text("f4").boolean(false).boolean(true).tuple().reduce();
    out.mark().integer(3).text("<").none().none().none().integer(-1).integer(-1).integer(0).tuple().build();
}

void writeArray(PickleWriter& out, const std::vector<long>& shape, float value) {
    long count = 1;
    for (const long side : shape)
        count *= side;
    out.global("numpy.core.multiarray", "_reconstruct")
        .mark()
        .global("numpy", "ndarray")
        .integers({0})
        .bytes("b");
    out.tuple().reduce().mark().integer(1).integers(shape);
    writeDtype(out);
    out.boolean(false)
        .bytes(asBytes(std::vector<float>(static_cast<std::size_t>(count), value)))
        .tuple()
        .build();
}

struct Variable {
    std::string name;
    std::vector<long> shape;
};

void writeNetwork(PickleWriter& out, const std::vector<Variable>& own,
                  const std::map<std::string, std::vector<Variable>>& components) {
    out.global("dnnlib.tflib.network", "Network").emptyTuple().newObject().emptyDict().mark();
    out.text("version")
        .integer(4)
        .text("static_kwargs")
        .emptyDict()
        .mark()
        .text("resolution")
        .integer(8)
        .setItems();
    out.text("variables").emptyList().mark();
    float value = 0.5F;
    for (const Variable& variable : own) {
        out.mark().text(variable.name);
        writeArray(out, variable.shape, value += 0.01F);
        out.tuple();
    }
    out.appends().text("components").global("dnnlib.util", "EasyDict").emptyTuple().newObject().mark();
    for (const auto& [name, variables] : components) {
        out.text(name);
        writeNetwork(out, variables, {});
    }
    out.setItems().setItems().build();
}

std::vector<Variable> synthesisVariables() {
    std::vector<Variable> out{{"4x4/Const/const", {1, 2, 4, 4}}};
    const auto style = [&](const std::string& layer, long channels) {
        out.push_back({layer + "/mod_weight", {4, channels}});
        out.push_back({layer + "/mod_bias", {channels}});
        out.push_back({layer + "/bias", {channels}});
    };
    const auto layer = [&](const std::string& name, long noise, long resolution) {
        out.push_back({name + "/weight", {3, 3, 2, 2}});
        style(name, 2);
        out.push_back({name + "/noise_strength", {}});
        out.push_back({cat("noise", noise), {1, 1, resolution, resolution}});
    };
    layer("4x4/Conv", 0, 4);
    layer("8x8/Conv0_up", 1, 8);
    layer("8x8/Conv1", 2, 8);
    for (const char* block : {"4x4", "8x8"}) {
        const std::string name = cat(block, "/ToRGB");
        out.push_back({name + "/weight", {1, 1, 2, 3}});
        out.push_back({name + "/mod_weight", {4, 2}});
        out.push_back({name + "/mod_bias", {2}});
        out.push_back({name + "/bias", {3}});
    }
    return out;
}

} // namespace

std::string tensorFlowSnapshot() {
    const std::vector<Variable> mapping = {
        {"Dense0/weight", {4, 4}}, {"Dense0/bias", {4}}, {"Dense1/weight", {4, 4}}, {"Dense1/bias", {4}}};
    const std::map<std::string, std::vector<Variable>> components = {{"mapping", mapping},
                                                                     {"synthesis", synthesisVariables()}};
    const std::vector<Variable> discriminator = {{"8x8/FromRGB/weight", {1, 1, 3, 2}},
                                                 {"8x8/FromRGB/bias", {2}},
                                                 {"8x8/Conv0/weight", {3, 3, 2, 2}},
                                                 {"8x8/Conv0/bias", {2}},
                                                 {"8x8/Conv1_down/weight", {3, 3, 2, 2}},
                                                 {"8x8/Conv1_down/bias", {2}},
                                                 {"8x8/Skip/weight", {1, 1, 2, 2}},
                                                 {"4x4/Conv/weight", {3, 3, 3, 2}},
                                                 {"4x4/Conv/bias", {2}},
                                                 {"4x4/Dense0/weight", {32, 2}},
                                                 {"4x4/Dense0/bias", {2}},
                                                 {"Output/weight", {2, 1}},
                                                 {"Output/bias", {1}}};
    PickleWriter out(4);
    out.mark();
    writeNetwork(out, {{"dlatent_avg", {4}}}, components);
    writeNetwork(out, discriminator, {});
    writeNetwork(out, {{"dlatent_avg", {4}}}, components);
    return out.tuple().stop();
}

namespace {

// torch.save

/// The shape that a tensor of NVIDIA's shape has in rosinality's code.
std::vector<long> rosinalityShape(std::vector<long> shape, Layout layout) {
    switch (layout) {
    case Layout::DropFirst:
        shape.insert(shape.begin(), 1);
        return shape;
    case Layout::DropTwo:
        return {1, 1, shape[0], shape[1]};
    case Layout::Flat:
        return {1, shape[0], 1, 1};
    case Layout::Scalar:
        return {1};
    default:
        return shape;
    }
}

TensorMap renamed(const TensorMap& tensors, const std::vector<Renaming>& renamings) {
    TensorMap out;
    for (const Renaming& renaming : renamings)
        if (const auto found = tensors.find(renaming.nvidia); found != tensors.end())
            out[renaming.own] =
                fromFloats(rosinalityShape(found->second.shape, renaming.layout), toFloats(found->second));
    return out;
}

using Storages = std::vector<std::vector<float>>;

void writeStateDict(PickleWriter& out, const TensorMap& tensors, Storages& storages, bool isLegacy) {
    out.orderedDict().mark();
    for (const auto& [name, record] : tensors) {
        out.text(name);
        writeTensor(out, record, [&, values = toFloats(record)] {
            out.mark().text("storage").global("torch", "FloatStorage").text(std::to_string(storages.size()));
            out.text("cuda:0").integer(static_cast<std::int32_t>(values.size()));
            if (isLegacy)
                out.none();
            out.tuple().persistent();
            storages.push_back(values);
        });
    }
    out.setItems().emptyDict().mark().text("_metadata").orderedDict().setItems().build();
}

std::string torchObject(Storages& storages, bool isLegacy) {
    TensorMap generator = tinyGenerator().tensors;
    const TensorRecord average = generator.extract("mapping.w_avg").mapped();
    PickleWriter out(2);
    out.emptyDict().mark().text("g_ema");
    writeStateDict(out, renamed(generator, rosinalityGenerator(8, 2)), storages, isLegacy);
    out.text("d");
    writeStateDict(out, renamed(tinyDiscriminator().tensors, rosinalityDiscriminator(8)), storages, isLegacy);
    out.text("latent_avg");
    writeTensor(out, average, [&] {
        out.mark().text("storage").global("torch", "FloatStorage").text(std::to_string(storages.size()));
        out.text("cpu").integer(static_cast<std::int32_t>(average.elementCount()));
        if (isLegacy)
            out.none();
        out.tuple().persistent();
        storages.push_back(toFloats(average));
    });
    out.text("args").global("argparse", "Namespace").emptyTuple().newObject();
    out.emptyDict().mark().text("size").integer(8).setItems().build();
    return out.setItems().stop();
}

} // namespace

std::string torchLegacyFile() {
    Storages storages;
    const std::string object = torchObject(storages, true);
    PickleWriter keys(2);
    keys.emptyList().mark();
    std::set<std::string> sorted;
    for (std::size_t i = 0; i < storages.size(); ++i)
        sorted.insert(std::to_string(i));
    std::string data;
    for (const std::string& key : sorted) { // in the order of the key list, which torch sorts as text
        keys.text(key);
        data += countedData(storages[std::stoul(key)]);
    }
    return legacyStart() + object + keys.appends().stop() + data;
}

std::string torchZipFile() {
    Storages storages;
    std::vector<ZipPart> parts{{"model/data.pkl", torchObject(storages, false)},
                               {"model/byteorder", "little"}};
    for (std::size_t i = 0; i < storages.size(); ++i)
        parts.push_back({cat("model/data/", i), asBytes(storages[i])});
    parts.push_back({"model/version", "3\n"});
    return zipArchive(parts, true);
}

namespace {

template <typename T>
void put(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

void appendEnd(std::string& out, const std::string& directory, std::size_t entryCount, bool useZip64) {
    const std::uint64_t offset = out.size();
    out += directory;
    const std::uint64_t end = out.size();
    if (useZip64) {
        put(out, std::uint32_t{0x06064b50});
        put(out, std::uint64_t{44});
        put(out, std::uint32_t{0});
        out.append(8, '\0'); // disks
        for (const std::uint64_t value : {entryCount, entryCount, directory.size(), std::size_t{offset}})
            put(out, value);
        put(out, std::uint32_t{0x07064b50});
        put(out, std::uint32_t{0});
        put(out, end);
        put(out, std::uint32_t{1});
    }
    put(out, std::uint32_t{0x06054b50});
    put(out, std::uint32_t{0});
    const auto count = useZip64 ? std::uint16_t{0xffff} : static_cast<std::uint16_t>(entryCount);
    put(out, count);
    put(out, count);
    put(out, useZip64 ? 0xffffffffU : static_cast<std::uint32_t>(directory.size()));
    put(out, useZip64 ? 0xffffffffU : static_cast<std::uint32_t>(offset));
    put(out, std::uint16_t{0});
}

} // namespace

std::string zipArchive(const std::vector<ZipPart>& parts, bool useZip64) {
    std::string out;
    std::string directory;
    for (const auto& [name, content] : parts) {
        const std::uint32_t crc = crc32(std::as_bytes(std::span(content)));
        const auto size = static_cast<std::uint32_t>(content.size());
        put(directory, std::uint32_t{0x02014b50});
        put(directory, std::uint32_t{0}); // versions
        for (const std::uint16_t value : {0x0808, 0, 0, 0})
            put(directory, value); // flags, method, time, date
        for (const std::uint32_t value : {crc, size, size})
            put(directory, value);
        for (const std::uint16_t value :
             {name.size(), std::size_t{0}, std::size_t{0}, std::size_t{0}, std::size_t{0}})
            put(directory, value);
        put(directory, std::uint32_t{0});
        put(directory, static_cast<std::uint32_t>(out.size()));
        directory += name;
        put(out, std::uint32_t{0x04034b50});
        for (const std::uint16_t value : {0, 0x0808, 0, 0, 0})
            put(out, value);
        out.append(12, '\0'); // CRC and sizes stand in the data descriptor
        put(out, static_cast<std::uint16_t>(name.size()));
        put(out, std::uint16_t{0});
        out += name + content;
        put(out, std::uint32_t{0x08074b50});
        for (const std::uint32_t value : {crc, size, size})
            put(out, value);
    }
    appendEnd(out, directory, parts.size(), useZip64);
    return out;
}

} // namespace cameo::test
