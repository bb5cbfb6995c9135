// SPDX-License-Identifier: Apache-2.0
#include "core/base/crc32.h"
#include "core/checkpoint/checkpoint.h"
#include "core/checkpoint/spec_json.h"
#include "core/checkpoint/utf8.h"
#include "tests/support/expect_failure.h"
#include "tests/support/model_writer.h"
#include "tests/support/pickle_writer.h"

#include <QElapsedTimer>
#include <QTest>

#include <memory>

using namespace cameo;
using namespace cameo::checkpoint;
using test::PickleWriter;

namespace {

Checkpoint openText(const std::string& content) {
    const auto owner = std::make_shared<const std::string>(content);
    return Checkpoint::openBytes({owner, std::as_bytes(std::span(*owner))}, "memory.model");
}

bool sameTensors(const TensorMap& a, const TensorMap& b) {
    return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const auto& item) {
               const auto found = b.find(item.first);
               return found != b.end() && found->second.shape == item.second.shape &&
                      toFloats(found->second) == toFloats(item.second);
           });
}

/// One bit at a time, straight from the definition.
std::uint32_t slowCrc32(const std::string& bytes) {
    std::uint32_t crc = 0xffffffffU;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1) ? 0xedb88320U : 0);
    }
    return ~crc;
}

/// {"G_ema": <module>}, where `state` writes entries of the module's state.
template <typename State>
std::string snapshotWith(State state, int version = 6) {
    PickleWriter out(4);
    out.emptyDict().mark().text("G_ema");
    out.global("torch_utils.persistence", "_reconstruct_persistent_obj").mark().emptyDict().mark();
    out.text("version")
        .integer(version)
        .text("class_name")
        .text("Generator")
        .text("state")
        .emptyDict()
        .put(1)
        .mark();
    state(out);
    out.setItems().setItems().tuple().reduce();
    return out.setItems().stop();
}

void writeTensor(PickleWriter& out, const std::vector<long>& shape, const std::string& payload) {
    out.global("torch._utils", "_rebuild_tensor_v2").mark();
    out.global("torch.storage", "_load_from_bytes").mark().bytes(payload).tuple().reduce();
    out.integer(0)
        .integers(shape)
        .integers(contiguousStrides(shape))
        .boolean(false)
        .orderedDict()
        .tuple()
        .reduce();
}

} // namespace

class TestCheckpointContainers : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void everyContainerGivesTheSameNetworks_data() {
        QTest::addColumn<QByteArray>("content");
        const auto row = [](const char* name, const std::string& content) {
            QTest::newRow(name) << QByteArray::fromStdString(content);
        };
        row("NVIDIA, protocol 3", test::nvidiaSnapshot(3));
        row("NVIDIA, protocol 4", test::nvidiaSnapshot(4));
        row("torch legacy", test::torchLegacyFile());
        row("torch zip", test::torchZipFile());
    }
    void everyContainerGivesTheSameNetworks() {
        QFETCH(QByteArray, content);
        const Checkpoint checkpoint = openText(content.toStdString());
        const GeneratorRecord expected = test::tinyGenerator();
        const GeneratorRecord generator = checkpoint.generator();
        QVERIFY(specToJson(generator.spec) == specToJson(expected.spec));
        QVERIFY(sameTensors(generator.tensors, expected.tensors));
        const DiscriminatorRecord discriminator = checkpoint.discriminator();
        QVERIFY(specToJson(discriminator.spec) == specToJson(test::tinyDiscriminator().spec));
        QVERIFY(sameTensors(discriminator.tensors, test::tinyDiscriminator().tensors));
    }

    void tensorFlowNamesBecomeNvidias() {
        const Checkpoint checkpoint = openText(test::tensorFlowSnapshot());
        QVERIFY(checkpoint.container() == Container::TensorFlowPickle);
        const GeneratorRecord generator = checkpoint.generator();
        QCOMPARE(generator.spec.resolution, 8);
        QCOMPARE(toFloats(generator.tensors.at("synthesis.b8.conv1.affine.bias"))[0],
                 toFloats(checkpoint.tensors("Gs").at("synthesis/8x8/Conv1/mod_bias"))[0] + 1);
        QCOMPARE(checkpoint.discriminator().spec.mbstdGroupSize.has_value(), false);
    }

    void truncationAnywhereIsRefused_data() { everyContainerGivesTheSameNetworks_data(); }
    void truncationAnywhereIsRefused() {
        QFETCH(QByteArray, content);
        for (qsizetype length = 0; length < content.size(); length += 1 + length / 50) {
            const auto error =
                test::failureOf([&] { openText(content.left(length).toStdString()).generator(); });
            QVERIFY2(error, QByteArray::number(length).constData());
            QVERIFY2(error->message.find("memory.model") != std::string::npos, error->message.c_str());
        }
    }

    void crcIsThatOfTheDefinition() {
        std::string bytes = "123456789";
        QCOMPARE(crc32(std::as_bytes(std::span(bytes))), 0xcbf43926U); // the usual check value
        bytes.clear();
        for (int i = 0; i < 70; ++i) {
            QCOMPARE(crc32(std::as_bytes(std::span(bytes))), slowCrc32(bytes));
            bytes += static_cast<char>(i * 37);
        }
    }

    void textIsCheckedAsUtf8() {
        for (const char* good :
             {"", "abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"})
            QVERIFY2(isUtf8(good), good);
        for (const char* bad :
             {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
              "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82", "a\xff"})
            QVERIFY2(!isUtf8(bad), bad);
        QCOMPARE(utf8Prefix("a\xe2\x82\xac", 3), std::string_view("a"));
        QCOMPARE(utf8Prefix("a\xe2\x82\xac", 4), std::string_view("a\xe2\x82\xac"));
    }

    void damagedStoragesAreFound() {
        std::string content = test::torchZipFile();
        const std::size_t at = content.find("data/0") + 10; // within the first storage
        content[at] = static_cast<char>(content[at] ^ 1);
        const Checkpoint checkpoint = openText(content);
        CAMEO_VERIFY_FAILURE(checkpoint.generator(), ErrorCode::BadCheckpoint, "CRC");
        CAMEO_VERIFY_FAILURE(checkpoint.tensors("g_ema"), ErrorCode::BadCheckpoint, "CRC");
        CAMEO_VERIFY_FAILURE(checkpoint.tensors("g_emo"), ErrorCode::NotFound, "Did you mean 'g_ema'");
    }

    void zipDirectoriesAreChecked() {
        const auto refused = [](const std::vector<test::ZipPart>& parts, const char* words) {
            const auto error = test::failureOf([&] { openText(test::zipArchive(parts)); });
            return error && error->message.find(words) != std::string::npos;
        };
        QVERIFY(refused({{"a/data.pkl", ""}, {"a/data.pkl", ""}}, "twice"));
        QVERIFY(refused({{"a/data.pkl", ""}, {"data.pkl", ""}}, "two models"));
        QVERIFY(refused({{"a/../data.pkl", ""}}, "never writes"));
        QVERIFY(refused({{"a\\data.pkl", ""}}, "never writes"));
        QVERIFY(refused({{"a/readme", ""}}, "no data.pkl"));
        QVERIFY(refused({{"a/data.pkl", ""}, {"a/byteorder", "big"}}, "big-endian"));
        QVERIFY(refused({{"a/data.pkl", ""}, {"a/constants.pkl", ""}}, "TorchScript"));
        CAMEO_VERIFY_FAILURE(openText(test::torchZipFile() + "x"), ErrorCode::BadCheckpoint,
                             "directory is missing");
    }

    void depthCostsNothing() {
        PickleWriter out(4);
        out.emptyTuple();
        for (int i = 0; i < 150000; ++i)
            out.tuple1();
        CAMEO_VERIFY_FAILURE(openText(out.stop()), ErrorCode::BadCheckpoint, "neither");
        for (int i = 0; i < 1000000; ++i)
            out.tuple1();
        QElapsedTimer timer;
        timer.start();
        CAMEO_VERIFY_FAILURE(openText(out.stop()), ErrorCode::BadCheckpoint, "far more");
        QVERIFY(timer.elapsed() < 2000);
    }

    void laughingModulesAreRefused() {
        // A module whose two children are one module, whose two children are one module, ...: 2^12 by name.
        const std::string bomb = snapshotWith([](PickleWriter& out) {
            const auto open = [&] {
                out.global("torch_utils.persistence", "_reconstruct_persistent_obj")
                    .mark()
                    .emptyDict()
                    .mark();
                out.text("version")
                    .integer(6)
                    .text("state")
                    .emptyDict()
                    .mark()
                    .text("_modules")
                    .emptyDict()
                    .mark();
            };
            const auto close = [&](std::uint32_t key) {
                out.setItems().setItems().setItems().tuple().reduce().put(key);
            };
            out.text("_modules").emptyDict().mark().text("a");
            for (std::uint32_t depth = 0; depth < 14; ++depth) {
                open();
                out.text("a");
            }
            open();
            close(100);
            for (std::uint32_t depth = 14; depth-- > 0;) {
                out.text("b").get(depth == 13 ? 100 : 101 + depth);
                close(100 + depth);
            }
            out.setItems();
        });
        QElapsedTimer timer;
        timer.start();
        CAMEO_VERIFY_FAILURE(openText(bomb), ErrorCode::BadCheckpoint, "beyond all reason");
        QVERIFY(timer.elapsed() < 2000);
    }

    void cyclesAreRefused() {
        const std::string cycle = snapshotWith([](PickleWriter& out) {
            // The module below has the state of the module above, which holds it.
            out.text("_modules").emptyDict().mark().text("a");
            out.global("torch_utils.persistence", "_reconstruct_persistent_obj").mark().emptyDict().mark();
            out.text("version").integer(6).text("state").get(1);
            out.setItems().tuple().reduce().setItems();
        });
        CAMEO_VERIFY_FAILURE(openText(cycle), ErrorCode::BadCheckpoint, "beyond all reason");
    }

    void aLongDictionaryCannotBeSearchedForever() {
        const std::string content = snapshotWith([](PickleWriter& out) {
            out.text("first")
                .global("torch_utils.persistence", "_reconstruct_persistent_obj")
                .mark()
                .emptyDict()
                .mark();
            out.text("version").integer(6).text("state").emptyDict().mark();
            for (int i = 0; i < 50000; ++i)
                out.integer(i).none();
            out.setItems().setItems().tuple().reduce().put(2);
            out.text("_modules").emptyDict().mark();
            for (int i = 0; i < 4000; ++i)
                out.text(std::to_string(i)).get(2);
            out.setItems();
        });
        QElapsedTimer timer;
        timer.start();
        CAMEO_VERIFY_FAILURE(openText(content), ErrorCode::BadCheckpoint, "beyond all reason");
        QVERIFY(timer.elapsed() < 2000);
    }

    void otherFailuresNameTheFile() {
        CAMEO_VERIFY_FAILURE(Checkpoint::open("/nowhere/model.pkl"), ErrorCode::NotFound,
                             "/nowhere/model.pkl");
        CAMEO_VERIFY_FAILURE(Checkpoint::open("/"), ErrorCode::Io, "'/'");
    }

    void aliasFreeNetworksAreRefusedPolitely() {
        const std::string content = snapshotWith([](PickleWriter& out) {
            out.text("_parameters").emptyDict().mark().text("synthesis.input.weight");
            writeTensor(out, {1, 1}, test::storagePayload({1}));
            out.setItems();
        });
        CAMEO_VERIFY_FAILURE(openText(content).generator(), ErrorCode::UnsupportedModel, "StyleGAN3");
    }

    void otherVersionsAreRefused() {
        CAMEO_VERIFY_FAILURE(openText(snapshotWith([](PickleWriter&) {}, 7)), ErrorCode::UnsupportedModel,
                             "version 7");
    }

    void hiddenPicklesAreReadByTheSameRules() {
        const auto withPayload = [](const std::string& payload) {
            return snapshotWith([&](PickleWriter& out) {
                out.text("_parameters").emptyDict().mark().text("weight");
                writeTensor(out, {1}, payload);
                out.setItems();
            });
        };
        const std::string command =
            PickleWriter(2).global("posix", "system").mark().text("true").tuple().reduce().stop();
        CAMEO_VERIFY_FAILURE(openText(withPayload(command)), ErrorCode::BadCheckpoint, "does not begin");
        const std::string magic = test::storagePayload({1}).substr(0, 15);
        CAMEO_VERIFY_FAILURE(openText(withPayload(magic + command)), ErrorCode::BadCheckpoint,
                             "posix.system");
        PickleWriter outside(4);
        outside.emptyDict().mark().text("G_ema").text("x").persistent().setItems();
        CAMEO_VERIFY_FAILURE(openText(outside.stop()), ErrorCode::BadCheckpoint, "outside");
    }

    void tensorsThatShareNumbersAreRefused() {
        // All weights in one storage: harmless in a file of two layers, terabytes in one of many.
        const GeneratorRecord tiny = test::tinyGenerator();
        const std::string content = snapshotWith([&](PickleWriter& out) {
            out.text("_parameters").emptyDict().mark();
            bool isFirst = true;
            for (const auto& [name, record] : tiny.tensors) {
                out.text(name).global("torch._utils", "_rebuild_tensor_v2").mark();
                if (isFirst)
                    out.global("torch.storage", "_load_from_bytes")
                        .mark()
                        .bytes(test::storagePayload(std::vector<float>(64, 0.5F)))
                        .tuple()
                        .reduce()
                        .put(5);
                else
                    out.get(5);
                isFirst = false;
                out.integer(0)
                    .integers(record.shape)
                    .integers(contiguousStrides(record.shape))
                    .boolean(false);
                out.orderedDict().tuple().reduce();
            }
            out.setItems();
        });
        CAMEO_VERIFY_FAILURE(openText(content).generator(), ErrorCode::BadCheckpoint, "lies over");
    }
};

QTEST_APPLESS_MAIN(TestCheckpointContainers)
#include "test_checkpoint_containers.moc"
