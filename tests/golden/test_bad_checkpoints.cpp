// SPDX-License-Identifier: Apache-2.0
// Every hostile or broken file of the conformance archive is refused (or loaded, where its manifest allows
// that) with a message that names the file and the reason, within 2 s and twice its size + 64 MB, and nothing
// of it is executed.
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/shared_data.h"

#include <QProcess>
#include <QTest>

#include <map>
#include <regex>
#include <set>

using namespace cameo;

namespace {

/// What the message must say beyond the file's name.
const std::map<std::string, std::string> expectedWords = {
    {"html_quota.pkl", "web page"},
    {"git_lfs_pointer.pt", "Git LFS"},
    {"empty.pkl", "empty"},
    {"empty.pt", "empty"},
    {"gzip.pkl", "zlib"},
    {"png_renamed.pkl", "PNG"},
    {"pickle_proto_99.pkl", "protocol 99"},
    {"onnx_like.pt", "ONNX"},
    {"exec_os_system_p4.pkl", "posix.system"},
    {"exec_os_system_zip.pt", "posix.system"},
    {"exec_os_system_legacy.pt", "posix.system"},
    {"exec_in_sysinfo_legacy.pt", "posix.system"},
    {"nv_dtype_int_wavg.pkl", "mapping.w_avg"},
    {"nv_empty_tensor.pkl", "mapping.fc3.weight"},
    {"nv_gema_none.pkl", "G_ema"},
    {"nv_nan_weight.pkl", "synthesis.b8.conv1.weight"},
    {"nv_shape_const.pkl", "synthesis.b4.const"},
    {"nv_shape_conv_in.pkl", "synthesis.b8.conv0.weight"},
    {"nv_shape_noise.pkl", "synthesis.b32.conv1.noise_const"},
    {"ros_nan.pt", "style.1.weight"},
    {"ros_shape_mismatch.pt", "convs.0.conv.weight"},
    {"zip_bitflip_crc.pt", "CRC"},
    {"zip_deflate_bomb_200mb.pt", "compressed"},
    {"legacy_big_endian.pt", "big-endian"},
    {"st_dup_key.safetensors", "twice"},
};

} // namespace

class TestBadCheckpoints : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        m_folder = test::conformanceFolder() / "bad";
        if (!std::filesystem::exists(m_folder))
            QSKIP("the conformance archive is absent");
        m_manifest = Json::parse(readTextFile(m_folder / "manifest.json"));
        const std::string rule = m_manifest.at("rule").asString();
        const std::regex pattern("/tmp/[A-Za-z]+-[A-Za-z]+-[A-Za-z0-9]+");
        for (std::sregex_iterator it(rule.begin(), rule.end(), pattern), end; it != end; ++it)
            m_markers.insert(it->str());
        QCOMPARE(m_markers.size(), std::size_t{2});
        for (const std::string& marker : m_markers)
            std::filesystem::remove(marker); // of an earlier, failed run
    }

    void everyFileIsListed() {
        std::set<std::string> listed{"manifest.json"};
        for (const auto& [name, entry] : m_manifest.at("files").asObject())
            listed.insert(name);
        std::set<std::string> present;
        for (const auto& entry : std::filesystem::directory_iterator(m_folder))
            present.insert(entry.path().filename().string());
        QVERIFY(listed == present);
        for (const auto& [name, words] : expectedWords)
            QVERIFY2(listed.contains(name), name.c_str());
    }

    void behavesAsTheManifestSays_data() {
        QTest::addColumn<QString>("expectation");
        for (const auto& [name, entry] : m_manifest.at("files").asObject())
            QTest::newRow(name.c_str()) << QString::fromStdString(entry.at("expect").asString());
    }
    void behavesAsTheManifestSays() {
        QFETCH(QString, expectation);
        const std::string name = QTest::currentDataTag();
        const std::filesystem::path file = m_folder / name;
        QProcess probe;
        probe.start(QStringLiteral(CHECKPOINT_PROBE), {QString::fromStdString(file.string())});
        QVERIFY2(probe.waitForFinished(60000), "the probe did not end");
        const QByteArray output = probe.readAllStandardOutput();
        QVERIFY2(probe.exitStatus() == QProcess::NormalExit && probe.exitCode() == 0,
                 (output + probe.readAllStandardError()).constData());
        const Json report = Json::parse(output.toStdString());

        const bool loaded = report.at("loaded").asBool();
        const bool mayLoad =
            expectation.contains(QLatin1String("load")) || expectation.contains(QLatin1String(" or "));
        QVERIFY2(mayLoad || !loaded, output.constData());
        if (!loaded) {
            const std::string message = report.at("message").asString();
            QVERIFY2(message.find(name) != std::string::npos, message.c_str());
            QVERIFY2(message.size() > file.string().size() + 20,
                     message.c_str()); // a reason, not only the name
            const std::string code = report.at("code").asString();
            QVERIFY2(code == "bad-checkpoint" || code == "unsupported-model", code.c_str());
            if (const auto words = expectedWords.find(name); words != expectedWords.end())
                QVERIFY2(message.find(words->second) != std::string::npos, message.c_str());
        }
        QVERIFY2(report.at("seconds").asDouble() < 2, output.constData());
        if (const Json* extra = report.find("extra_kilobytes")) {
            const auto allowed = 2 * std::filesystem::file_size(file) / 1024 + 64 * 1024;
            QVERIFY2(static_cast<std::size_t>(extra->asInteger()) <= allowed, output.constData());
        }
    }

    void hostileSourceTextIsLoadedWithoutRunningIt() {
        QProcess probe;
        probe.start(QStringLiteral(CHECKPOINT_PROBE),
                    {QString::fromStdString((m_folder / "evil_module_src.pkl").string())});
        QVERIFY(probe.waitForFinished(60000));
        QVERIFY(Json::parse(probe.readAllStandardOutput().toStdString()).at("loaded").asBool());
    }

    void cleanupTestCase() {
        for (const std::string& marker : m_markers)
            QVERIFY2(!std::filesystem::exists(marker), marker.c_str());
    }

  private:
    std::filesystem::path m_folder;
    Json m_manifest;
    std::set<std::string> m_markers;
};

QTEST_GUILESS_MAIN(TestBadCheckpoints)
#include "test_bad_checkpoints.moc"
