// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/half.h"
#include "core/checkpoint/spec_json.h"
#include "tests/support/shared_data.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

using namespace cameo;
using namespace cameo::checkpoint;

namespace {

/// Every required tensor of a specification, filled with small distinct numbers.
template <typename Spec>
TensorMap filled(const Spec& spec) {
    TensorMap tensors;
    float next = 0.001F;
    for (const auto& [name, shape] : requiredTensors(spec)) {
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

std::string failureText(const std::function<void()>& action) {
    try {
        action();
    } catch (const Failure& failure) {
        return failure.error().text();
    }
    return {};
}

void writeBytes(const std::filesystem::path& path, const std::string& header, const std::string& data) {
    const std::uint64_t length = header.size();
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    writeFileAtomically(path, std::string_view(bytes + header + data));
}

} // namespace

class TestSafetensors : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }

    void halvesConvertExactly() {
        for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
            const auto half = static_cast<std::uint16_t>(bits);
            const float value = floatFromHalf(half);
            if (std::isnan(value)) {
                QVERIFY(std::isnan(floatFromHalf(halfFromFloat(value))));
                continue;
            }
            QCOMPARE(halfFromFloat(value), half);
            const double exponent = (half >> 10) & 31;
            const double expected = std::isinf(value) ? INFINITY
                                    : exponent == 0
                                        ? std::ldexp(half & 1023, -24)
                                        : std::ldexp(1024 + (half & 1023), static_cast<int>(exponent) - 25);
            QCOMPARE(static_cast<double>(std::abs(value)), expected);
            QCOMPARE(bfloat16FromFloat(floatFromBfloat16(half)) & 0x7f80, half & 0x7f80);
        }
    }

    void halvesRoundToNearestEven() {
        QCOMPARE(halfFromFloat(1.0F + 0x1p-11F), std::uint16_t{0x3c00});     // tie: to even, down
        QCOMPARE(halfFromFloat(1.0F + 3 * 0x1p-11F), std::uint16_t{0x3c02}); // tie: to even, up
        QCOMPARE(halfFromFloat(1.0F + 0x1.8p-11F), std::uint16_t{0x3c01});
        QCOMPARE(halfFromFloat(0x1p-25F), std::uint16_t{0});
        QCOMPARE(halfFromFloat(0x1.8p-25F), std::uint16_t{1});
        QCOMPARE(halfFromFloat(65519.0F), std::uint16_t{0x7bff});
        QCOMPARE(halfFromFloat(65520.0F), std::uint16_t{0x7c00});
        QCOMPARE(bfloat16FromFloat(1.0F + 0x1p-8F), std::uint16_t{0x3f80});
        QCOMPARE(bfloat16FromFloat(1.0F + 3 * 0x1p-8F), std::uint16_t{0x3f82});
    }

    void stridesAreHonoured() {
        TensorRecord record = fromFloats({2, 3, 4}, [] {
            std::vector<float> values(24);
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] = static_cast<float>(i);
            return values;
        }());
        record.shape = {4, 2, 3}; // permuted view
        record.strides = {1, 12, 4};
        QCOMPARE(invariantProblem(record), std::string());
        const std::vector<float> values = toFloats(record);
        std::size_t at = 0;
        for (long c = 0; c < 4; ++c)
            for (long a = 0; a < 2; ++a)
                for (long b = 0; b < 3; ++b)
                    QCOMPARE(values[at++], static_cast<float>(a * 12 + b * 4 + c));
        record.shape = {};
        record.strides = {};
        record.offset = 23;
        QCOMPARE(toFloats(record), std::vector<float>{23});
    }

    void badViewsAreNamed() {
        TensorRecord record = fromFloats({4}, {1, 2, 3, 4});
        const auto problem = [&](std::vector<long> shape, std::vector<long> strides, std::size_t offset) {
            record.shape = std::move(shape);
            record.strides = std::move(strides);
            record.offset = offset;
            return invariantProblem(record);
        };
        QVERIFY(problem({4}, {1}, 0).empty());
        QVERIFY(problem({0, 9}, {9, 1}, 0).empty());
        QVERIFY(!problem({5}, {1}, 0).empty());
        QVERIFY(!problem({4}, {1}, 1).empty());
        QVERIFY(!problem({1000}, {0}, 0).empty());
        QVERIFY(!problem({3, 3}, {1, 1}, 0).empty());
        QVERIFY(!problem({-1}, {1}, 0).empty());
        QVERIFY(!problem({2}, {-1}, 2).empty());
        QVERIFY(!problem({2}, {1, 1}, 0).empty());
        QVERIFY(!problem({1L << 62, 1L << 62}, {1, 1}, 0).empty());
        QVERIFY(!problem(std::vector<long>(9, 1), std::vector<long>(9, 1), 0).empty());
    }

    void specificationsSurviveJson() {
        GeneratorSpec generator = standardGeneratorSpec({.resolution = 32, .cDim = 3});
        generator.blocks[1].conv1.convClamp = 256;
        generator.blocks[2].conv0->useNoise = false;
        generator.mapping.layers[0].weightGain = 0.1 + 0.2;
        const Json json = specToJson(generator);
        QVERIFY(specToJson(generatorSpecFromJson(Json::parse(json.dump()))) == json);
        const Json other = specToJson(standardDiscriminatorSpec({.resolution = 16, .cDim = 2}));
        QVERIFY(specToJson(discriminatorSpecFromJson(Json::parse(other.dump(2)))) == other);
        QVERIFY(!failureText([&] { generatorSpecFromJson(other); }).empty());
    }

    void networksSurviveAFile() {
        GeneratorSpec spec =
            standardGeneratorSpec({.resolution = 16, .channelBase = 128, .zDim = 8, .wDim = 8});
        spec.blocks[2].conv1.convClamp = 1.5;
        spec.mapping.layers[3].biasGain = 0.5;
        const TensorMap tensors = filled(spec);
        const auto path = file("generator.safetensors");
        writeSafetensors(path, tensors, DType::F32,
                         {{"cameo.spec", specToJson(spec).dump()}, {"note", "test"}});
        const Checkpoint checkpoint = Checkpoint::open(path);
        QVERIFY(checkpoint.hasGenerator());
        QVERIFY(!checkpoint.hasDiscriminator());
        QCOMPARE(checkpoint.metadata().at("note").asString(), std::string("test"));
        const GeneratorRecord record = checkpoint.generator();
        QVERIFY(specToJson(record.spec) == specToJson(spec));
        QCOMPARE(record.tensors.size(), tensors.size());
        for (const auto& [name, tensor] : tensors)
            QVERIFY2(toFloats(record.tensors.at(name)) == toFloats(tensor), name.c_str());
        QVERIFY(!failureText([&] { (void)checkpoint.discriminator(); }).empty());
    }

    void discriminatorsSurviveAFile() {
        const DiscriminatorSpec spec =
            standardDiscriminatorSpec({.resolution = 16, .channelBase = 128, .cDim = 3});
        const auto path = file("discriminator.safetensors");
        writeSafetensors(path, filled(spec), DType::BF16, {});
        const DiscriminatorRecord record = Checkpoint::open(path).discriminator();
        QVERIFY(specToJson(record.spec) == specToJson(spec));
        QCOMPARE(record.tensors.size(), requiredTensors(spec).size());
    }

    void aForeignSpecificationIsRefused() {
        const GeneratorSpec spec = standardGeneratorSpec({.resolution = 16, .channelBase = 128});
        const GeneratorSpec other = standardGeneratorSpec({.resolution = 32, .channelBase = 128});
        const auto path = file("foreign.safetensors");
        writeSafetensors(path, filled(spec), DType::F16, {{"cameo.spec", specToJson(other).dump()}});
        const Checkpoint checkpoint = Checkpoint::open(path);
        const std::string text = failureText([&] { (void)checkpoint.generator(); });
        QVERIFY2(text.find("cameo.spec") != std::string::npos &&
                     text.find(path.string()) != std::string::npos,
                 text.c_str());
    }

    void wrongTensorsAreNamed() {
        const GeneratorSpec spec =
            standardGeneratorSpec({.resolution = 16, .channelBase = 128, .zDim = 8, .wDim = 8});
        const auto refusal = [&](const std::function<void(TensorMap&)>& change) {
            TensorMap tensors = filled(spec);
            change(tensors);
            const auto path = file("wrong.safetensors");
            writeSafetensors(path, tensors, DType::F32, {});
            return failureText([&] { (void)Checkpoint::open(path).generator(); });
        };
        const auto names = [](const std::string& text, const char* tensor) {
            return text.find(tensor) != std::string::npos &&
                   text.find("wrong.safetensors") != std::string::npos;
        };
        QVERIFY(refusal([](TensorMap&) {}).empty());
        QVERIFY(names(refusal([](TensorMap& t) { t.erase("synthesis.b8.conv0.noise_const"); }),
                      "synthesis.b8.conv0.noise_const"));
        QVERIFY(names(refusal([](TensorMap& t) { t.erase("mapping.fc2.weight"); }), "mapping.fc"));
        QVERIFY(names(refusal([](TensorMap& t) { t["synthesis.b4.const"] = fromFloats({1}, {0}); }),
                      "synthesis.b4.const"));
        QVERIFY(names(refusal([](TensorMap& t) {
                          t["mapping.w_avg"] = fromFloats({8}, {1, 2, NAN, 4, 5, 6, 7, 8});
                      }),
                      "mapping.w_avg"));
    }

    void damagedHeadersAreRefused_data() {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<int>("bytes");
        QTest::newRow("not JSON") << QByteArray("{hello") << 0;
        QTest::newRow("list") << QByteArray("[]") << 0;
        QTest::newRow("hole") << QByteArray(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})") << 8;
        QTest::newRow("rest") << QByteArray(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})") << 5;
        QTest::newRow("twice") << QByteArray(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                                             R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})")
                               << 8;
        QTest::newRow("overflow")
            << QByteArray(R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})")
            << 0;
        QTest::newRow("fraction") << QByteArray(R"({"a":{"dtype":"F32","shape":[0.5],"data_offsets":[0,2]}})")
                                  << 2;
        QTest::newRow("no dtype") << QByteArray(R"({"a":{"shape":[1],"data_offsets":[0,4],"x":1}})") << 4;
        QTest::newRow("metadata number") << QByteArray(R"({"__metadata__":{"a":1}})") << 0;
        QTest::newRow("text behind") << QByteArray("{} {}") << 0;
        QTest::newRow("bad UTF-8") << QByteArray("{\"\xff\":1}") << 0;
    }
    void damagedHeadersAreRefused() {
        QFETCH(QByteArray, header);
        QFETCH(int, bytes);
        const auto path = file("damaged.safetensors");
        writeBytes(path, header.toStdString(), std::string(static_cast<std::size_t>(bytes), '\0'));
        const std::string text = failureText([&] { (void)Checkpoint::open(path); });
        QVERIFY2(text.find("damaged.safetensors") != std::string::npos, text.c_str());
    }

    void halfPrecisionOverflowIsRefused() {
        TensorMap tensors;
        tensors["big"] = fromFloats({1}, {70000});
        const auto path = file("overflow.safetensors");
        QVERIFY(failureText([&] { writeSafetensors(path, tensors, DType::F16, {}); }).find("big") !=
                std::string::npos);
        QVERIFY(!std::filesystem::exists(path));
    }

    void theSharedPortraitModelOpens() {
        const auto folder = test::sharedFolder() / "models" / "portraits64";
        if (!std::filesystem::exists(folder))
            QSKIP("models/portraits64 is not there: set CAMEO_SHARED_DIR");
        const GeneratorRecord generator = Checkpoint::open(folder / "generator.safetensors").generator();
        QCOMPARE(generator.spec.resolution, 64);
        QCOMPARE(generator.spec.mapping.layers.size(), std::size_t{4});
        QCOMPARE(generator.spec.mapping.numWs, 10);
        QCOMPARE(generator.spec.blocks.back().outChannels, 32);
        QVERIFY(generator.spec.architecture == Architecture::Skip);
        const DiscriminatorRecord discriminator =
            Checkpoint::open(folder / "discriminator.safetensors").discriminator();
        QCOMPARE(discriminator.spec.resolution, 64);
        QCOMPARE(discriminator.spec.mbstdChannels, 1);
        QVERIFY(discriminator.spec.architecture == Architecture::ResNet);
    }

  private:
    std::filesystem::path file(const char* name) const {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    QTemporaryDir m_folder;
};

QTEST_APPLESS_MAIN(TestSafetensors)
#include "test_safetensors.moc"
