// SPDX-License-Identifier: Apache-2.0
// Models written in another layout read back as the same network, bit for bit, and Python agrees.
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/checkpoint/convert.h"
#include "core/checkpoint/rosinality_export.h"
#include "core/checkpoint/spec_json.h"
#include "tests/support/expect_failure.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/model_writer.h"
#include "tests/support/temp_dir.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using namespace cameo;
using namespace cameo::test;
using namespace cameo::checkpoint;
using namespace Qt::StringLiterals;

namespace {

/// Both networks in one file, specifications included, so that unusual ones survive.
std::filesystem::path written(const TempDir& folder, const std::string& name,
                              const GeneratorRecord& generator, const DiscriminatorRecord& discriminator) {
    TensorMap tensors;
    for (const auto& [key, record] : generator.tensors)
        tensors["G_ema." + key] = record;
    for (const auto& [key, record] : discriminator.tensors)
        tensors["D." + key] = record;
    const Json specs = Json::array({specToJson(generator.spec), specToJson(discriminator.spec)});
    writeSafetensors(folder / name, tensors, DType::F32, {{"cameo.spec", specs.dump()}});
    return folder / name;
}

std::string differences(const TensorMap& a, const TensorMap& b) {
    std::string names;
    for (const auto& [name, record] : a)
        if (!b.contains(name) || b.at(name).shape != record.shape || toFloats(b.at(name)) != toFloats(record))
            names += name + " ";
    for (const auto& [name, record] : b)
        if (!a.contains(name))
            names += name + " ";
    return names;
}

} // namespace

class TestConvert : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void layoutsReadBackTheSame_data();
    void layoutsReadBackTheSame();
    void halfPrecisionRounds();
    void filesRepeat();
    void noiselessLayersGetZeros();
    void clampsAreRefusedOrDropped();
    void inexpressibleNetworksAreRefused();
    void badRequestsAreRefused();
    void aFullDiskLeavesNothing();
    void pythonReadsTheFile();
};

void TestConvert::layoutsReadBackTheSame_data() {
    QTest::addColumn<int>("layout");
    QTest::addColumn<QString>("output");
    QTest::newRow("cameo") << static_cast<int>(ModelLayout::Cameo) << u"out"_s;
    QTest::newRow("nvidia") << static_cast<int>(ModelLayout::Nvidia) << u"out.safetensors"_s;
    QTest::newRow("rosinality") << static_cast<int>(ModelLayout::Rosinality) << u"out.pt"_s;
    QTest::newRow("rosinality names") << static_cast<int>(ModelLayout::Rosinality) << u"out.safetensors"_s;
}

void TestConvert::layoutsReadBackTheSame() {
    QFETCH(int, layout);
    QFETCH(QString, output);
    const TempDir folder;
    const GeneratorRecord generator = tinyGenerator();
    const DiscriminatorRecord discriminator = tinyDiscriminator();
    Conversion conversion{.files = {written(folder, "in", generator, discriminator)},
                          .output = folder / output.toStdString(),
                          .layout = static_cast<ModelLayout>(layout)};
    for (const WantedNetworks wanted :
         {WantedNetworks::All, WantedNetworks::Generator, WantedNetworks::Discriminator}) {
        conversion.wanted = wanted;
        conversion.output = folder / (std::to_string(static_cast<int>(wanted)) + output.toStdString());
        const ConversionReport report = convertModel(conversion);
        const Checkpoint first = Checkpoint::open(report.files.front());
        const Checkpoint last = Checkpoint::open(report.files.back());
        QCOMPARE(first.hasGenerator(), wanted != WantedNetworks::Discriminator);
        QCOMPARE(last.hasDiscriminator(), wanted != WantedNetworks::Generator);
        if (first.hasGenerator()) {
            QCOMPARE(differences(first.generator().tensors, generator.tensors), std::string());
            QVERIFY(specToJson(first.generator().spec) == specToJson(generator.spec));
        }
        if (last.hasDiscriminator()) {
            QCOMPARE(differences(last.discriminator().tensors, discriminator.tensors), std::string());
            QVERIFY(specToJson(last.discriminator().spec) == specToJson(discriminator.spec));
        }
    }
}

void TestConvert::halfPrecisionRounds() {
    const TempDir folder;
    const std::filesystem::path input = written(folder, "in", tinyGenerator(), tinyDiscriminator());
    Conversion conversion{.files = {input},
                          .output = folder / "half.pt",
                          .layout = ModelLayout::Rosinality,
                          .type = DType::F16};
    convertModel(conversion);
    const TensorMap half = Checkpoint::open(folder / "half.pt").generator().tensors;
    for (const auto& [name, record] : tinyGenerator().tensors) {
        QCOMPARE(half.at(name).dtype, DType::F16);
        const std::vector<float> exact = toFloats(record), rounded = toFloats(half.at(name));
        for (std::size_t i = 0; i < exact.size(); ++i) // eleven bits of significand
            QVERIFY(std::abs(exact[i] - rounded[i]) <= std::abs(exact[i]) / 2048);
    }
    GeneratorRecord large = tinyGenerator();
    large.tensors.at("mapping.fc0.bias") = fromFloats({4}, {1, 2, 70000, 4});
    conversion.files = {written(folder, "large", large, tinyDiscriminator())};
    CAMEO_VERIFY_FAILURE(convertModel(conversion), ErrorCode::InvalidArgument, "70000");
}

void TestConvert::filesRepeat() {
    const TempDir folder;
    Conversion conversion{.files = {written(folder, "in", tinyGenerator(), tinyDiscriminator())},
                          .layout = ModelLayout::Rosinality};
    for (const char* name : {"a.pt", "b.pt"}) {
        conversion.output = folder / name;
        convertModel(conversion);
    }
    QCOMPARE(readTextFile(folder / "a.pt"), readTextFile(folder / "b.pt"));
}

void TestConvert::noiselessLayersGetZeros() {
    const TempDir folder;
    GeneratorRecord generator = tinyGenerator();
    generator.spec.blocks.back().conv1.useNoise = false;
    generator.tensors.erase("synthesis.b8.conv1.noise_strength");
    generator.tensors.erase("synthesis.b8.conv1.noise_const");
    const TensorMap out = rosinalityTensors(generator);
    QCOMPARE(toFloats(out.at("convs.1.noise.weight")), std::vector<float>(1, 0.F));
    QCOMPARE(out.at("noises.noise_2").shape, (std::vector<long>{1, 1, 8, 8}));
    QVERIFY(toFloats(out.at("convs.0.noise.weight")).front() > 0);
}

void TestConvert::clampsAreRefusedOrDropped() {
    const TempDir folder;
    GeneratorRecord generator = tinyGenerator();
    DiscriminatorRecord discriminator = tinyDiscriminator();
    generator.spec.blocks.back().conv1.convClamp = 256;
    discriminator.spec.blocks.front().skip->convClamp = 256;
    Conversion conversion{.files = {written(folder, "in", generator, discriminator)},
                          .output = folder / "out.pt",
                          .layout = ModelLayout::Rosinality};
    CAMEO_VERIFY_FAILURE(convertModel(conversion), ErrorCode::UnsupportedModel, "--without-clamps");
    QVERIFY(!std::filesystem::exists(conversion.output));
    conversion.wanted = WantedNetworks::Discriminator;
    CAMEO_VERIFY_FAILURE(convertModel(conversion), ErrorCode::UnsupportedModel, "blocks.0.skip.conv_clamp");
    conversion.wanted = WantedNetworks::All;
    conversion.clamps = Clamps::Drop;
    convertModel(conversion);
    const Checkpoint opened = Checkpoint::open(conversion.output);
    QCOMPARE(differences(opened.generator().tensors, generator.tensors), std::string());
    QVERIFY(specToJson(opened.generator().spec) == specToJson(tinyGenerator().spec));
    QVERIFY(specToJson(opened.discriminator().spec) == specToJson(tinyDiscriminator().spec));
}

void TestConvert::inexpressibleNetworksAreRefused() {
    const auto refused = [](const auto& change, const char* part) {
        GeneratorRecord record = tinyGenerator();
        change(record.spec);
        CAMEO_VERIFY_FAILURE(rosinalityTensors(record), ErrorCode::UnsupportedModel, part);
    };
    refused([](GeneratorSpec& spec) { spec.architecture = Architecture::ResNet; }, "'resnet'");
    refused([](GeneratorSpec& spec) { spec.mapping.cDim = 10; }, "10 class labels");
    refused([](GeneratorSpec& spec) { spec.imageChannels = 1; }, "1 channels");
    refused([](GeneratorSpec& spec) { spec.mapping.zDim = 8; }, "8 numbers in Z");
    refused([](GeneratorSpec& spec) { spec.resampleFilter = {1, 2, 1}; }, "3 taps");
    refused([](GeneratorSpec& spec) { spec.mapping.layers[1].biasGain = 1; }, "mapping.layers.1.bias_gain");
    refused([](GeneratorSpec& spec) { spec.blocks[1].conv0->activationGain = 1; }, "blocks.1.conv0.act_gain");
    const auto refusedToo = [](const auto& change, const char* part) {
        DiscriminatorRecord record = tinyDiscriminator();
        change(record.spec);
        CAMEO_VERIFY_FAILURE(rosinalityTensors(record), ErrorCode::UnsupportedModel, part);
    };
    refusedToo([](DiscriminatorSpec& spec) { spec.architecture = Architecture::Skip; }, "'skip'");
    refusedToo([](DiscriminatorSpec& spec) { spec.cDim = 3; }, "3 class labels");
    refusedToo([](DiscriminatorSpec& spec) { spec.imageChannels = 4; }, "4 channels");
    refusedToo([](DiscriminatorSpec& spec) { spec.mbstdGroupSize = 8; }, "mbstd_group_size");
}

void TestConvert::badRequestsAreRefused() {
    const TempDir folder;
    const std::filesystem::path input = written(folder, "in", tinyGenerator(), tinyDiscriminator());
    Conversion conversion{.files = {input, input}, .output = folder / "out.safetensors"};
    conversion.layout = ModelLayout::Nvidia;
    CAMEO_VERIFY_FAILURE(convertModel(conversion), ErrorCode::InvalidArgument, "second generator");
    conversion.files = {input};
    conversion.output = folder / "out.pt";
    CAMEO_VERIFY_FAILURE(convertModel(conversion), ErrorCode::InvalidArgument,
                         "End the name with .safetensors");
    conversion.layout = ModelLayout::Rosinality;
    conversion.output = folder / "out.pkl";
    CAMEO_VERIFY_FAILURE(convertModel(conversion), ErrorCode::InvalidArgument, ".pt or .pth or .safetensors");
    conversion.files = {folder / "missing"};
    CAMEO_VERIFY_FAILURE(convertModel(conversion), ErrorCode::NotFound, "missing");
    convertModel({.files = {input}, .output = folder / "parts"});
    conversion.files = {folder.path() / "parts" / "generator.safetensors"};
    conversion.wanted = WantedNetworks::Discriminator;
    CAMEO_VERIFY_FAILURE(convertModel(conversion), ErrorCode::NotFound, "--only");
}

void TestConvert::aFullDiskLeavesNothing() {
    const TempDir folder;
    const std::filesystem::path input = written(folder, "in", tinyGenerator(), tinyDiscriminator());
    const FileSizeLimit limit(4096); // the networks have about 10 kB
    CAMEO_VERIFY_FAILURE(
        convertModel({.files = {input}, .output = folder / "out.pt", .layout = ModelLayout::Rosinality}),
        ErrorCode::Io, "out.pt");
    QCOMPARE(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1L);
}

void TestConvert::pythonReadsTheFile() {
    const QString python = QStandardPaths::findExecutable(u"python3"_s);
    if (python.isEmpty())
        QSKIP("python3 is not installed, so that nothing but Cameo has read the file");
    const TempDir folder;
    const GeneratorRecord generator = tinyGenerator();
    const std::filesystem::path input = written(folder, "in", generator, tinyDiscriminator());
    for (const DType type : {DType::F32, DType::F16}) {
        convertModel(
            {.files = {input}, .output = folder / "out.pt", .layout = ModelLayout::Rosinality, .type = type});
        QProcess process;
        process.start(python, {QStringLiteral(CAMEO_SOURCE_DIR "/tests/unit/read_torch_zip.py"),
                               QString::fromStdString((folder / "out.pt").string())});
        QVERIFY(process.waitForFinished(60'000));
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
        const QJsonObject found = QJsonDocument::fromJson(process.readAllStandardOutput()).object();
        QCOMPARE(found.keys(), QStringList({u"d"_s, u"g_ema"_s, u"latent_avg"_s}));
        const TensorMap expected = rosinalityTensors(generator);
        const QJsonObject network = found[u"g_ema"_s].toObject();
        QCOMPARE(network.size(), static_cast<qsizetype>(expected.size()));
        for (const auto& [name, record] : expected) {
            const QJsonObject tensor = network[QString::fromStdString(name)].toObject();
            QVERIFY2(!tensor.isEmpty(), name.c_str());
            QCOMPARE(tensor[u"type"_s].toString(), type == DType::F32 ? u"FloatStorage"_s : u"HalfStorage"_s);
            std::vector<long> shape;
            for (const QJsonValue& side : tensor[u"shape"_s].toArray())
                shape.push_back(side.toInteger());
            QCOMPARE(shape, record.shape);
            const double first = toFloats(record).front();
            // Python prints the number that it read, so that float32 must agree in every digit.
            const double allowed = type == DType::F32 ? 0 : std::abs(first) / 2048;
            QVERIFY2(std::abs(tensor[u"first"_s].toDouble() - first) <= allowed, name.c_str());
        }
    }
}

QTEST_APPLESS_MAIN(TestConvert)
#include "test_convert.moc"
