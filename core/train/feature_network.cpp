// SPDX-License-Identifier: Apache-2.0
#include "core/train/feature_network.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"
#include "core/net/blas.h"
#include "core/net/tensor_bridge.h"
#include "core/train/random.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <iomanip>

namespace cameo::train {
namespace {

using checkpoint::TensorShape;
using Tensors = std::map<std::string, at::Tensor>;

constexpr const char* kMetadata = "cameo.features";
constexpr int kFormat = 1;
constexpr double kEpsilon = 1e-5; // of the normalisation (Ioffe and Szegedy 2015)
constexpr double kMomentum = 0.1;

std::string stageName(std::size_t stage) {
    return cat("stage", stage, ".");
}

void addConvolution(std::vector<TensorShape>& shapes, const std::string& name, long in, long out) {
    shapes.push_back({name + ".weight", {out, in, 3, 3}});
    for (const char* part : {".norm.weight", ".norm.bias", ".norm.mean", ".norm.variance"})
        shapes.push_back({name + part, {out}});
}

std::vector<TensorShape> requiredTensors(const FeatureSpec& spec) {
    std::vector<TensorShape> shapes;
    addConvolution(shapes, "stem", 3, spec.channels[0]);
    for (std::size_t i = 1; i < spec.channels.size(); ++i) {
        addConvolution(shapes, stageName(i) + "down", spec.channels[i - 1], spec.channels[i]);
        addConvolution(shapes, stageName(i) + "conv0", spec.channels[i], spec.channels[i]);
        addConvolution(shapes, stageName(i) + "conv1", spec.channels[i], spec.channels[i]);
    }
    const long count = static_cast<long>(spec.attributes.size());
    shapes.push_back({"head.weight", {count, spec.channels.back()}});
    shapes.push_back({"head.bias", {count}});
    return shapes;
}

bool isStatistic(const std::string& name) {
    return name.ends_with(".norm.mean") || name.ends_with(".norm.variance");
}

Json specToJson(const FeatureSpec& spec) {
    Json channels = Json::array(), attributes = Json::array();
    for (const long count : spec.channels)
        channels.append(count);
    for (const Attribute& attribute : spec.attributes) {
        Json entry = Json::object({{"name", attribute.name}, {"probability", attribute.isProbability}});
        if (!attribute.isProbability) {
            entry.set("mean", attribute.mean);
            entry.set("deviation", attribute.deviation);
        }
        attributes.append(std::move(entry));
    }
    return Json::object({{"format", kFormat},
                         {"side", spec.side},
                         {"channels", std::move(channels)},
                         {"attributes", std::move(attributes)}});
}

/// Bounds that keep a hostile specification from asking for much memory.
void checkSpec(const FeatureSpec& spec) {
    const auto require = [](bool holds, const char* what) {
        if (!holds)
            throw Failure(ErrorCode::InvalidArgument, what);
    };
    require(spec.channels.size() >= 2 && spec.channels.size() <= 8, "two to eight sizes are possible");
    for (const long count : spec.channels)
        require(count >= 1 && count <= 1024, "channels must lie between 1 and 1024");
    const long halvings = 1L << (spec.channels.size() - 1);
    require(spec.side >= halvings && spec.side <= 1024 && spec.side % halvings == 0,
            "the side cannot be halved for every stage");
    require(!spec.attributes.empty() && spec.attributes.size() <= 256, "1 to 256 attributes are possible");
    for (const Attribute& attribute : spec.attributes)
        require(std::isfinite(attribute.mean) && attribute.deviation > 0 &&
                    std::isfinite(attribute.deviation),
                "an attribute's deviation is not positive");
}

FeatureSpec specFromJson(const Json& json) {
    if (json.at("format").asInteger() != kFormat)
        throw Failure(ErrorCode::InvalidArgument,
                      cat("format ", json.at("format").asInteger(), ", this program reads format ", kFormat));
    FeatureSpec spec{.side = static_cast<long>(json.at("side").asInteger())};
    for (const Json& count : json.at("channels").asArray())
        spec.channels.push_back(static_cast<long>(count.asInteger()));
    for (const Json& entry : json.at("attributes").asArray()) {
        Attribute attribute{.name = entry.at("name").asString(),
                            .isProbability = entry.at("probability").asBool()};
        if (!attribute.isProbability) {
            attribute.mean = entry.at("mean").asDouble();
            attribute.deviation = entry.at("deviation").asDouble();
        }
        spec.attributes.push_back(std::move(attribute));
    }
    checkSpec(spec);
    return spec;
}

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& reason) {
    throw Failure(ErrorCode::BadCheckpoint, cat("'", file.string(), "' is no attribute network: ", reason),
                  "Make one with 'cameo train attributes'");
}

at::Tensor tensorFor(const TensorShape& wanted, const checkpoint::TensorMap& records,
                     const std::filesystem::path& file) {
    const auto found = records.find(wanted.name);
    if (found == records.end())
        refuse(file, cat("tensor '", wanted.name, "' is missing"));
    if (found->second.shape != wanted.shape)
        refuse(file, cat("tensor '", wanted.name, "' has shape ", shapeText(found->second.shape),
                         " instead of ", shapeText(wanted.shape)));
    if (checkpoint::firstNonFinite(found->second))
        refuse(file, cat("tensor '", wanted.name, "' is not finite"));
    return net::toTensor(found->second);
}

at::Tensor convolved(const Tensors& tensors, const std::string& name, const at::Tensor& x, long stride,
                     bool isTraining) {
    const at::Tensor y = at::conv2d(x, tensors.at(name + ".weight"), {}, stride, 1);
    const auto norm = [&](const char* part) { return tensors.at(name + ".norm." + part); };
    return at::batch_norm(y, norm("weight"), norm("bias"), norm("mean"), norm("variance"), isTraining,
                          kMomentum, kEpsilon, false);
}

/// Area averages where the side divides evenly, as packing makes them; bilinear otherwise.
at::Tensor resized(const at::Tensor& images, long side) {
    if (images.size(2) == side && images.size(3) == side)
        return images;
    if (images.size(2) % side == 0 && images.size(3) % side == 0)
        return at::adaptive_avg_pool2d(images, {side, side});
    return at::upsample_bilinear2d(images, {side, side}, false);
}

} // namespace

FeatureNetwork FeatureNetwork::initialised(const FeatureSpec& spec, std::uint64_t seed) {
    checkSpec(spec);
    net::prepareBlas();
    FeatureNetwork network;
    network.m_spec = spec;
    at::Generator random = stepGenerator(seed, 0, Stream::Start);
    for (const TensorShape& wanted : requiredTensors(spec)) {
        const at::IntArrayRef shape(wanted.shape);
        at::Tensor tensor = at::zeros(shape, at::kFloat);
        if (wanted.shape.size() > 1) {
            const double inputs = static_cast<double>(tensor.numel() / wanted.shape[0]);
            const double gain = wanted.shape.size() == 4 ? 2 : 1; // half of a rectified signal is lost
            tensor = at::randn(shape, random, at::kFloat) * std::sqrt(gain / inputs);
        } else if (wanted.name.ends_with("norm.weight") || wanted.name.ends_with("norm.variance")) {
            tensor.fill_(1);
        }
        network.m_tensors[wanted.name] = tensor;
    }
    return network;
}

FeatureNetwork FeatureNetwork::open(const std::filesystem::path& file) {
    net::prepareBlas();
    const checkpoint::Checkpoint opened = checkpoint::Checkpoint::open(file);
    FeatureNetwork network;
    const Json* text = opened.metadata().isObject() ? opened.metadata().find(kMetadata) : nullptr;
    if (!text || !text->isString())
        refuse(file, cat("its metadata lacks '", kMetadata, "'"));
    try {
        network.m_spec = specFromJson(Json::parse(text->asString()));
    } catch (const Failure& failure) {
        refuse(file, failure.error().message);
    }
    if (opened.networks().size() != 1)
        refuse(file, "it holds other networks");
    const checkpoint::TensorMap records = opened.tensors(opened.networks().front().role);
    for (const TensorShape& wanted : requiredTensors(network.m_spec))
        network.m_tensors[wanted.name] = tensorFor(wanted, records, file);
    return network;
}

void FeatureNetwork::write(const std::filesystem::path& file) const {
    checkpoint::TensorMap records;
    for (const auto& [name, tensor] : m_tensors)
        records[name] = net::toRecord(tensor);
    Json spec = specToJson(m_spec);
    spec.set("version", version());
    checkpoint::writeSafetensors(file, records, checkpoint::DType::F16, {{kMetadata, spec.dump()}});
}

std::string FeatureNetwork::version() const {
    std::uint64_t key = mixKeys(kFormat, static_cast<std::uint64_t>(m_spec.side));
    for (const auto& [name, tensor] : m_tensors) {
        const at::Tensor half = tensor.detach().to(at::kCPU).to(at::kHalf).contiguous();
        const auto* bits = static_cast<const std::uint16_t*>(half.data_ptr());
        for (std::int64_t i = 0; i < half.numel(); ++i)
            key = mixKeys(key, bits[i]);
    }
    std::ostringstream text;
    text << "attributes-" << kFormat << '-' << std::hex << std::setw(8) << std::setfill('0') << (key >> 32);
    return text.str();
}

long FeatureNetwork::featureCount() const {
    return m_spec.channels.back();
}

void FeatureNetwork::toDevice(at::Device device) {
    for (auto& [name, tensor] : m_tensors)
        tensor = tensor.to(device);
}

at::Device FeatureNetwork::device() const {
    return m_tensors.begin()->second.device();
}

at::Tensor FeatureNetwork::run(at::Tensor x, bool isTraining) const {
    x = x.contiguous(at::MemoryFormat::ChannelsLast);
    x = at::relu(convolved(m_tensors, "stem", x, 1, isTraining));
    for (std::size_t i = 1; i < m_spec.channels.size(); ++i) {
        const std::string stage = stageName(i);
        x = at::relu(convolved(m_tensors, stage + "down", x, 2, isTraining));
        const at::Tensor y = at::relu(convolved(m_tensors, stage + "conv0", x, 1, isTraining));
        x = at::relu(convolved(m_tensors, stage + "conv1", y, 1, isTraining) + x);
    }
    return x.mean({2, 3});
}

at::Tensor FeatureNetwork::features(const at::Tensor& images) const {
    const at::NoGradGuard noGradient;
    return run(resized(images.to(device()), m_spec.side), false);
}

at::Tensor FeatureNetwork::outputs(const at::Tensor& features) const {
    return at::linear(features, m_tensors.at("head.weight"), m_tensors.at("head.bias"));
}

at::Tensor FeatureNetwork::estimates(const at::Tensor& features) const {
    const at::NoGradGuard noGradient;
    const at::Tensor raw = outputs(features);
    std::vector<at::Tensor> columns;
    for (std::size_t i = 0; i < m_spec.attributes.size(); ++i) {
        const Attribute& attribute = m_spec.attributes[i];
        const at::Tensor column = raw.select(1, static_cast<long>(i));
        columns.push_back(attribute.isProbability ? at::sigmoid(column)
                                                  : column * attribute.deviation + attribute.mean);
    }
    return at::stack(columns, 1);
}

at::Tensor FeatureNetwork::featuresInTraining(const at::Tensor& images) {
    return run(images, true);
}

std::map<std::string, at::Tensor> FeatureNetwork::parameters() {
    Tensors result;
    for (auto& [name, tensor] : m_tensors)
        if (!isStatistic(name))
            result[name] = tensor;
    return result;
}

std::filesystem::path findFeatureNetwork() {
    std::vector<std::filesystem::path> folders;
    if (const char* chosen = std::getenv("CAMEO_MODEL_DIR"))
        folders.emplace_back(chosen);
    folders.emplace_back(CAMEO_INSTALLED_MODELS);
    folders.emplace_back(CAMEO_SOURCE_MODELS);
    std::error_code code;
    if (const auto program = std::filesystem::read_symlink("/proc/self/exe", code); !code)
        folders.push_back(program.parent_path() / "models");
    for (const auto& folder : folders)
        if (const auto file = folder / "attributes" / "attributes.safetensors";
            std::filesystem::exists(file, code))
            return file;
    return {};
}

} // namespace cameo::train
