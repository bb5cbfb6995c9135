// SPDX-License-Identifier: Apache-2.0
// Every model file of the conformance archive opens; names, shapes, sizes, gains and clamps are those that
// the manifests record, and files that hold the same network in different formats give the same numbers.
#include "core/base/error.h"
#include "core/base/npy.h"
#include "core/base/text.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/half.h"
#include "tests/support/shared_data.h"

#include <QCryptographicHash>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace cameo;
using namespace cameo::checkpoint;

namespace {

using Shapes = std::map<std::string, std::vector<long>>;

std::vector<long> shapeFrom(const Json& json) {
    std::vector<long> shape;
    for (const Json& side : json.asArray())
        shape.push_back(side.asInteger());
    return shape;
}

/// tensor_names.json: {name: shape}, or {role: [[name, shape, kind], ...]} given the role's list.
Shapes shapesFrom(const Json& json) {
    Shapes shapes;
    if (json.isObject())
        for (const auto& [name, shape] : json.asObject())
            shapes[name] = shapeFrom(shape);
    else
        for (const Json& entry : json.asArray())
            shapes[entry.asArray()[0].asString()] = shapeFrom(entry.asArray()[1]);
    return shapes;
}

Shapes shapesOf(const TensorMap& tensors) {
    Shapes shapes;
    for (const auto& [name, record] : tensors)
        shapes[name] = record.shape;
    return shapes;
}

/// Names of tensors whose numbers differ, or that only one side has.
std::vector<std::string> differences(const TensorMap& a, const TensorMap& b) {
    std::vector<std::string> names;
    for (const auto& [name, record] : a)
        if (!b.contains(name) || b.at(name).shape != record.shape || toFloats(b.at(name)) != toFloats(record))
            names.push_back(name);
    for (const auto& [name, record] : b)
        if (!a.contains(name))
            names.push_back(name);
    return names;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += name + " ";
    return text;
}

bool isContiguous(const TensorRecord& record) {
    for (std::size_t d = 0; d < record.shape.size(); ++d)
        if (record.shape[d] != 1 && record.strides[d] != contiguousStrides(record.shape)[d])
            return false;
    return true;
}

} // namespace

#define COMPARE_NETWORKS(a, b)                                                                               \
    do {                                                                                                     \
        const auto names = differences(a, b);                                                                \
        QVERIFY2(names.empty(), joined(names).c_str());                                                      \
    } while (false)

class TestCheckpointFormats : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        m_root = test::conformanceFolder();
        if (!std::filesystem::exists(m_root))
            QSKIP("the conformance archive is absent");
    }

    void everyModelFileOpens_data() {
        QTest::addColumn<QString>("sha256");
        long files = 0;
        for (const auto& folder : std::filesystem::directory_iterator(m_root)) {
            if (!std::filesystem::exists(folder.path() / "manifest.json") ||
                folder.path().filename() == "bad")
                continue;
            const Json manifest = Json::parse(readTextFile(folder.path() / "manifest.json"));
            for (const auto& [name, entry] : manifest.at("model_files").asObject()) {
                const std::string tag = (folder.path().filename() / name).string();
                QTest::newRow(tag.c_str()) << QString::fromStdString(entry.at("sha256").asString());
                ++files;
            }
        }
        QCOMPARE(files, 25);
    }
    void everyModelFileOpens() {
        QFETCH(QString, sha256);
        const std::filesystem::path path = m_root / QTest::currentDataTag();
        const Bytes bytes = mapFile(path);
        const QByteArray view = QByteArray::fromRawData(reinterpret_cast<const char*>(bytes.view.data()),
                                                        static_cast<qsizetype>(bytes.size()));
        QCOMPARE(QString::fromLatin1(QCryptographicHash::hash(view, QCryptographicHash::Sha256).toHex()),
                 sha256);
        const Checkpoint checkpoint = Checkpoint::open(path);
        QVERIFY(!checkpoint.networks().empty());
        for (const NetworkSummary& network : checkpoint.networks()) {
            QVERIFY2(network.kind != NetworkKind::Unknown, network.role.c_str());
            QVERIFY2(!network.details.find("problem"), network.details.dump().c_str());
            QVERIFY(network.parameterCount > 0);
        }
        if (checkpoint.hasGenerator())
            QCOMPARE(checkpoint.generator().tensors.size(),
                     requiredTensors(checkpoint.generator().spec).size());
        if (checkpoint.hasDiscriminator())
            QCOMPARE(checkpoint.discriminator().tensors.size(),
                     requiredTensors(checkpoint.discriminator().spec).size());
        const Json description = Json::parse(checkpoint.describe().dump(2));
        QCOMPARE(description.at("bytes").asInteger(), static_cast<std::int64_t>(bytes.size()));
    }

    void namesAndShapesAreThoseOfTheStateDictionaries_data() {
        QTest::addColumn<QString>("names");
        QTest::addColumn<QString>("member"); // of the JSON file, empty: all of it
        QTest::addColumn<QString>("role");
        const auto row = [](const char* file, const char* names, const char* member, const char* role) {
            QTest::addRow("%s %s", file, role)
                << QString::fromLatin1(names) << QString::fromLatin1(member) << QString::fromLatin1(role);
        };
        for (const char* set : {"nv_uncond_32", "nv_cond_64", "nv_fp16cfg_clamp_64", "nv_nhwc_32",
                                "nv_nonoise_16", "nv_origG_origD_gray_32", "sg3_uncond_32", "sg3_cond_64"})
            for (const char* role : {"G_ema", "D"}) {
                m_files.push_back(cat(set, "/model.pkl"));
                row(m_files.back().c_str(), "tensor_names.json", role, role);
            }
        row("nv_uncond_32/model_proto3.pkl", "tensor_names.json", "G_ema", "G_ema");
        for (const char* file :
             {"ros_64/model_zip.pt", "ros_64/model_legacy.pt", "ros_64/model_torch2_layout.pt",
              "ros_64/model_train_cuda_zip.pt", "ros_64/model_train_cuda_legacy.pt"}) {
            row(file, "tensor_names_g.json", "", "g_ema");
            row(file, "tensor_names_d.json", "", "d");
        }
        for (const char* file : {"l4f_bg_extractor_256/alpha.pt", "l4f_bg_extractor_256/alpha_ddp_legacy.pt"})
            for (const char* role : {"bg_extractor", "bg_extractor_ema"})
                row(file, "manifest.json", "bg_names", role);
        row("styleflow_cnf/modellarge10k.pt", "manifest.json", "names", "");
        row("styleflow_cnf/modellarge10k_legacy_cuda.pt", "manifest.json", "names", "");
    }
    void namesAndShapesAreThoseOfTheStateDictionaries() {
        QFETCH(QString, names);
        QFETCH(QString, member);
        QFETCH(QString, role);
        const std::string tag = QTest::currentDataTag();
        const std::filesystem::path file = m_root / tag.substr(0, tag.find(' '));
        const Json json = Json::parse(readTextFile(file.parent_path() / names.toStdString()));
        const Json& list = member.isEmpty() ? json : json.at(member.toStdString());
        QVERIFY(shapesOf(Checkpoint::open(file).tensors(role.toStdString())) == shapesFrom(list));
    }

    void specificationsAreThoseOfTheManifests_data() {
        QTest::addColumn<QString>("set");
        for (const char* set : {"nv_uncond_32", "nv_cond_64", "nv_fp16cfg_clamp_64", "nv_nhwc_32",
                                "nv_nonoise_16", "nv_origG_origD_gray_32", "sg3_uncond_32", "sg3_cond_64"})
            QTest::newRow(set) << QString::fromLatin1(set);
    }
    void specificationsAreThoseOfTheManifests() {
        QFETCH(QString, set);
        const std::filesystem::path folder = m_root / set.toStdString();
        const Json manifest = Json::parse(readTextFile(folder / "manifest.json"));
        const Json& config = manifest.at("generator_config");
        const Checkpoint checkpoint = Checkpoint::open(folder / "model.pkl");
        const GeneratorSpec g = checkpoint.generator().spec;
        const DiscriminatorSpec d = checkpoint.discriminator().spec;
        QCOMPARE(g.resolution, config.at("res").asInteger());
        QCOMPARE(g.mapping.zDim, config.at("z_dim").asInteger());
        QCOMPARE(g.mapping.wDim, config.at("w_dim").asInteger());
        QCOMPARE(g.mapping.cDim, config.at("c_dim").asInteger());
        QCOMPARE(g.mapping.numWs, manifest.at("num_ws").asInteger());
        QCOMPARE(static_cast<std::int64_t>(g.mapping.layers.size()), config.at("map").asInteger());
        QVERIFY(g.mapping.hasWAvg);
        const Json* architecture = config.find("g_arch");
        QCOMPARE(std::string(architectureName(g.architecture)),
                 architecture ? architecture->asString() : "skip");
        const Json* other = config.find("d_arch");
        QCOMPARE(std::string(architectureName(d.architecture)), other ? other->asString() : "resnet");
        QCOMPARE(d.cDim, g.mapping.cDim);
        const Json* group = config.find("mbstd");
        QCOMPARE(d.mbstdGroupSize.value(), group ? group->asInteger() : 4);
        for (const SynthesisBlockSpec& block : g.blocks)
            QCOMPARE(block.outChannels, std::min(config.at("channel_base").asInteger() / block.resolution,
                                                 config.at("channel_max").asInteger()));
        const Json* noise = config.find("use_noise");
        QCOMPARE(g.blocks.back().conv1.useNoise, noise ? noise->asBool() : true);
        QVERIFY(g.resampleFilter == (std::vector<float>{1, 3, 3, 1}));
        QVERIFY(d.resampleFilter == (std::vector<float>{1, 3, 3, 1}));
    }

    void clampsAreThoseOfTheLayers_data() {
        QTest::addColumn<double>("clamp"); // 0: none
        QTest::newRow("nv_uncond_32") << 0.0;
        QTest::newRow("nv_fp16cfg_clamp_64") << 1.5;
        QTest::newRow("nv_nhwc_32") << 256.0;
        QTest::newRow("sg3_uncond_32") << 256.0; // the default of the StyleGAN3 code
    }
    void clampsAreThoseOfTheLayers() {
        QFETCH(double, clamp);
        const auto isExpected = [&](const std::optional<double>& found) {
            return found.value_or(0) == clamp;
        };
        const Checkpoint checkpoint = Checkpoint::open(m_root / QTest::currentDataTag() / "model.pkl");
        for (const SynthesisBlockSpec& block : checkpoint.generator().spec.blocks) {
            QVERIFY(!block.conv0 || isExpected(block.conv0->convClamp));
            QVERIFY(isExpected(block.conv1.convClamp));
            QVERIFY(isExpected(block.toRgb->convClamp));
        }
        for (const DiscriminatorBlockSpec& block : checkpoint.discriminator().spec.blocks) {
            QVERIFY(isExpected(block.conv0.convClamp));
            QVERIFY(isExpected(block.conv1.convClamp));
        }
    }

    void gainsAreThoseOfTheAttributes() {
        const GeneratorSpec spec = Checkpoint::open(m_root / "nv_uncond_32/model.pkl").generator().spec;
        const GeneratorSpec inferred =
            Checkpoint::open(m_root / "safetensors_nv_uncond_32/generator_f32.safetensors").generator().spec;
        for (std::size_t i = 0; i < spec.mapping.layers.size(); ++i) {
            QCOMPARE(spec.mapping.layers[i].weightGain,
                     0.01 / 8); // 1/sqrt(64), learning rate multiplier 0.01
            QCOMPARE(spec.mapping.layers[i].biasGain, 0.01);
            QCOMPARE(inferred.mapping.layers[i].weightGain, spec.mapping.layers[i].weightGain);
        }
        QCOMPARE(spec.blocks[1].conv1.activationGain, std::sqrt(2.0));
        QCOMPARE(spec.blocks[1].toRgb->weightGain, inferred.blocks[1].toRgb->weightGain);
    }

    void formatsAgree_data() {
        QTest::addColumn<QString>("other");
        QTest::newRow("nv_uncond_32/model.pkl") << "nv_uncond_32/model_proto3.pkl";
        QTest::addRow("nv_uncond_32/model.pkl ") << "bad/evil_module_src.pkl";
        QTest::addRow("nv_uncond_32/model.pkl  ") << "bad/trailing_garbage.pkl";
        QTest::newRow("tf_uncond_32/model.pkl") << "tf_uncond_32/model_proto3.pkl";
        QTest::newRow("ros_64/model_zip.pt") << "ros_64/model_legacy.pt";
        QTest::addRow("ros_64/model_zip.pt ") << "ros_64/model_torch2_layout.pt";
        QTest::newRow("ros_64/model_train_cuda_zip.pt") << "ros_64/model_train_cuda_legacy.pt";
        QTest::newRow("l4f_bg_extractor_256/alpha.pt") << "l4f_bg_extractor_256/alpha_ddp_legacy.pt";
        QTest::newRow("styleflow_cnf/modellarge10k.pt") << "styleflow_cnf/modellarge10k_legacy_cuda.pt";
    }
    void formatsAgree() {
        QFETCH(QString, other);
        const Checkpoint a =
            Checkpoint::open(m_root / QByteArray(QTest::currentDataTag()).trimmed().toStdString());
        const Checkpoint b = Checkpoint::open(m_root / other.toStdString());
        QCOMPARE(a.networks().size(), b.networks().size());
        for (const NetworkSummary& network : a.networks())
            COMPARE_NETWORKS(a.tensors(network.role), b.tensors(network.role));
        if (a.hasGenerator())
            COMPARE_NETWORKS(a.generator().tensors, b.generator().tensors);
    }

    void safetensorsHoldTheSameNetwork() {
        const Checkpoint pickle = Checkpoint::open(m_root / "nv_uncond_32/model.pkl");
        const std::filesystem::path folder = m_root / "safetensors_nv_uncond_32";
        const TensorMap exact = pickle.generator().tensors;
        COMPARE_NETWORKS(exact, Checkpoint::open(folder / "generator_f32.safetensors").generator().tensors);
        COMPARE_NETWORKS(pickle.discriminator().tensors,
                         Checkpoint::open(folder / "discriminator_f32.safetensors").discriminator().tensors);
        COMPARE_NETWORKS(rounded(exact, [](float v) { return floatFromHalf(halfFromFloat(v)); }),
                         Checkpoint::open(folder / "generator_f16.safetensors").generator().tensors);
        COMPARE_NETWORKS(rounded(exact, [](float v) { return floatFromBfloat16(bfloat16FromFloat(v)); }),
                         Checkpoint::open(folder / "generator_bf16.safetensors").generator().tensors);
    }

    void tensorFlowLayoutHoldsTheSameNetwork() {
        const Checkpoint pytorch = Checkpoint::open(m_root / "nv_uncond_32/model.pkl");
        const Checkpoint tensorflow = Checkpoint::open(m_root / "tf_uncond_32/model.pkl");
        COMPARE_NETWORKS(pytorch.discriminator().tensors, tensorflow.discriminator().tensors);
        const TensorMap ours = tensorflow.generator().tensors;
        for (const std::string& name : differences(pytorch.generator().tensors, ours)) {
            // Stored as b - 1 and read as (b - 1) + 1: each step rounds by half a unit in the last place of
            // numbers near 1, that is 6e-8.
            QVERIFY2(name.ends_with("affine.bias"), name.c_str());
            const std::vector<float> expected = toFloats(pytorch.generator().tensors.at(name));
            const std::vector<float> found = toFloats(ours.at(name));
            for (std::size_t i = 0; i < expected.size(); ++i)
                QVERIFY(std::abs(found[i] - expected[i]) <= 1.2e-7F);
        }
        QCOMPARE(tensorflow.discriminator().spec.mbstdChannels, 1);
    }

    void meanLatentsAreThoseRecorded() {
        for (const char* set : {"nv_uncond_32", "nv_cond_64", "sg3_cond_64"}) {
            const TensorRecord record =
                Checkpoint::open(m_root / set / "model.pkl").generator().tensors.at("mapping.w_avg");
            const NpyArray expected = readNpy(m_root / set / "w_avg.npy");
            const std::vector<float> found = toFloats(record);
            QVERIFY(std::equal(found.begin(), found.end(), expected.values.begin(), expected.values.end()));
        }
        const GeneratorRecord converted = Checkpoint::open(m_root / "ros_64/model_zip.pt").generator();
        const std::vector<float> found = toFloats(converted.tensors.at("mapping.w_avg"));
        const NpyArray expected = readNpy(m_root / "ros_64/latent_avg.npy");
        QVERIFY(std::equal(found.begin(), found.end(), expected.values.begin(), expected.values.end()));
        QVERIFY(
            !Checkpoint::open(m_root / "ros_64/model_train_cuda_zip.pt").generator().spec.mapping.hasWAvg);
    }

    void channelsLastTensorsKeepTheirStrides() {
        const TensorMap tensors = Checkpoint::open(m_root / "nv_nhwc_32/model.pkl").tensors("G_ema");
        const auto count = std::count_if(tensors.begin(), tensors.end(),
                                         [](const auto& item) { return !isContiguous(item.second); });
        QCOMPARE(count, 4);
    }

    void kindsAreRecognised() {
        const auto kindOf = [&](const char* file, const std::string& role) {
            const Checkpoint checkpoint = Checkpoint::open(m_root / file);
            for (const NetworkSummary& network : checkpoint.networks())
                if (network.role == role)
                    return network.kind;
            return NetworkKind::Unknown;
        };
        QVERIFY(kindOf("l4f_bg_extractor_256/alpha.pt", "bg_extractor_ema") == NetworkKind::AlphaNetwork);
        QVERIFY(kindOf("l4f_bg_extractor_256/generator.pt", "g_ema") == NetworkKind::Generator);
        QVERIFY(kindOf("styleflow_cnf/modellarge10k.pt", "") == NetworkKind::Flow);
        QVERIFY(kindOf("ros_64/model_zip.pt", "d") == NetworkKind::Discriminator);
        QVERIFY(kindOf("tf_uncond_32/model.pkl", "Gs") == NetworkKind::Generator);
        const Json args = Checkpoint::open(m_root / "ros_64/model_train_cuda_zip.pt").metadata().at("args");
        QCOMPARE(args.at("size").asInteger(), std::int64_t{64});
        QVERIFY(Checkpoint::open(m_root / "nv_fp16cfg_clamp_64/model.pkl").metadata().find("augment_pipe"));
    }

    void descriptionsTellWhatPeopleAsk() {
        const auto details = [&](const char* file, const std::string& role) {
            const Json description = Checkpoint::open(m_root / file).describe();
            for (const Json& network : description.at("networks").asArray())
                if (network.at("role").asString() == role)
                    return network.at("details");
            return Json();
        };
        const Json generator = details("nv_cond_64/model.pkl", "G_ema");
        QCOMPARE(generator.at("resolution").asInteger(), std::int64_t{64});
        QCOMPARE(generator.at("conditional").asBool(), true);
        QCOMPARE(generator.at("mapping_layers").asInteger(), std::int64_t{2});
        QCOMPARE(generator.at("channels").at("64").asInteger(), std::int64_t{16});
        QVERIFY(generator.at("conv_clamp").isNull());
        QCOMPARE(generator.at("types").asArray().at(0).asString(), std::string("float32"));
        const Json alpha = details("l4f_bg_extractor_256/alpha.pt", "bg_extractor_ema");
        QCOMPARE(alpha.at("variant").asString(), std::string("bg_extractor"));
        QCOMPARE(alpha.at("feature_channels").asArray().size(), std::size_t{12});
        const Json flow = details("styleflow_cnf/modellarge10k.pt", "");
        QCOMPARE(flow.at("latent").asInteger(), std::int64_t{512});
        QCOMPARE(flow.at("conditions").asInteger(), std::int64_t{17});
    }

    void theMovingAverageIsTaken() {
        const Checkpoint checkpoint = Checkpoint::open(m_root / "nv_uncond_32/model.pkl");
        const std::string name = "synthesis.b4.const";
        const std::vector<float> taken = toFloats(checkpoint.generator().tensors.at(name));
        QVERIFY(taken == toFloats(checkpoint.tensors("G_ema").at(name)));
        QVERIFY(taken != toFloats(checkpoint.tensors("G").at(name)));
    }

  private:
    /// Tensors of two and more dimensions rounded, as the half-precision files were made.
    template <typename Round>
    static TensorMap rounded(const TensorMap& tensors, Round round) {
        TensorMap out;
        for (const auto& [name, record] : tensors) {
            std::vector<float> values = toFloats(record);
            // noise_const has two dimensions, but was left in float32 there
            if (record.shape.size() >= 2 && !name.ends_with("noise_const"))
                std::transform(values.begin(), values.end(), values.begin(), round);
            out[name] = fromFloats(record.shape, std::move(values));
        }
        return out;
    }

    std::filesystem::path m_root;
    std::vector<std::string> m_files; // keeps the row names alive
};

QTEST_APPLESS_MAIN(TestCheckpointFormats)
#include "test_checkpoint_formats.moc"
