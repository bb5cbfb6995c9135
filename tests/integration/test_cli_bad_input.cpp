// SPDX-License-Identifier: Apache-2.0
// Bad models, photographs and output places: one clear line on stderr, the right exit code, and nothing left
// behind.
#include "core/image/codec.h"
#include "core/image/convert.h"
#include "tests/support/cli_runner.h"
#include "tests/support/image_compare.h"
#include "tests/support/picture_files.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_dir.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

using namespace cameo;
using namespace cameo::test;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

namespace {

const fs::path shippedModel =
    fs::path(CAMEO_SOURCE_DIR) / "resources" / "models" / "portraits" / "generator.safetensors";
const QString shortMask = u" --invert-steps 2 --invert-start-samples 4 --mask-variants 4"_s;

void write(const fs::path& file, const QByteArray& content) {
    QFile out(QString::fromStdString(file.string()));
    if (!out.open(QIODevice::WriteOnly) || out.write(content) != content.size())
        throw std::runtime_error("cannot write a test file");
}

QByteArray shippedBytes(qint64 count) {
    QFile in(QString::fromStdString(shippedModel.string()));
    return in.open(QIODevice::ReadOnly) ? in.read(count) : QByteArray();
}

std::vector<std::uint8_t> samplesOf(const Image& image) {
    return {image.u8().begin(), image.u8().end()};
}

} // namespace

class TestCliBadInput : public QObject {
    Q_OBJECT

  private:
    CliResult run(const QString& line, const QStringList& more = {}) const {
        return runCameo(CliCall{.words = line.split(u' ', Qt::SkipEmptyParts) + more,
                                .folder = QString::fromStdString(m_dir->path().string())});
    }
    fs::path at(const char* name) const { return m_dir->path() / name; }

    /// Runs a line that must fail with `part` in its message and leave the folder as it was.
    void failsCleanly(const QString& line, const QString& part, int exitCode = 1) const {
        const std::string before = m_dir->listing();
        const CliResult result = run(line, {u"--quiet"_s}); // on a slow machine progress would add lines
        QVERIFY2(result.isFinished, qPrintable(result.text()));
        QCOMPARE(result.exitCode, exitCode);
        QVERIFY2(result.failureLine().contains(part), qPrintable(result.text()));
        QVERIFY2(result.out.isEmpty(), qPrintable(result.text()));
        QCOMPARE(m_dir->listing(), before);
    }

    std::unique_ptr<TempDir> m_dir;

  private Q_SLOTS:
    void init() { m_dir = std::make_unique<TempDir>(); }

    void models_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* name, const char* part) {
            QTest::newRow(name) << QString::fromLatin1(name) << QString::fromLatin1(part);
        };
        row("missing.pkl", "No such file");
        row("empty.pkl", "empty.pkl");
        row("text.pkl", "text.pkl");
        row("cut.safetensors", "cut.safetensors");
        row("cut-header.safetensors", "cut-header.safetensors");
        row("picture.pt", "picture.pt");
        row("folder", "folder");
        row("evil.pkl", "evil.pkl");
    }
    void models() {
        QFETCH(QString, name);
        QFETCH(QString, part);
        write(at("empty.pkl"), {});
        write(at("text.pkl"), "this is no model\n");
        write(at("cut.safetensors"), shippedBytes(100'000));
        write(at("cut-header.safetensors"), shippedBytes(40));
        writePng(at("picture.pt"), makeTestPicture(4, 4, 3));
        fs::create_directory(at("folder"));
        // A pickle that would run a program: os.system("touch marker").
        constexpr char evil[] = "\x80\x03"
                                "cos\nsystem\nX\x0c\x00\x00\x00touch marker\x85R.";
        write(at("evil.pkl"), QByteArray(evil, sizeof evil - 1));
        QElapsedTimer timer;
        timer.start();
        failsCleanly(u"sample --seeds 0 --out out --model "_s + name, part);
        if (name != u"folder"_s && name != u"picture.pt"_s) // of these it tells something
            failsCleanly(u"info "_s + name, part);
        failsCleanly(u"export --seed 1 --out out --model "_s + name, part);
        QVERIFY(!fs::exists(at("marker")));
        QVERIFY2(timer.elapsed() < 60'000, "a bad model must be refused quickly");
    }

    void hostileArchive() {
        const fs::path bad = conformanceFolder() / "bad";
        if (!fs::exists(bad))
            QSKIP("the conformance archive is not unpacked");
        int refused = 0;
        for (const auto& entry : fs::directory_iterator(bad)) {
            // Those that try to run something; the readers' own test goes through all.
            if (!entry.path().filename().string().starts_with("exec_"))
                continue;
            const CliResult result = run(u"info"_s, {QString::fromStdString(entry.path().string())});
            QVERIFY2(result.isFinished, qPrintable(result.text()));
            QVERIFY2(result.exitCode == 0 || result.exitCode == 1, qPrintable(result.text()));
            if (result.exitCode == 1) {
                QVERIFY2(
                    result.failureLine().contains(QString::fromStdString(entry.path().filename().string())),
                    qPrintable(result.text()));
                ++refused;
            }
        }
        QVERIFY(refused > 3);
        QCOMPARE(m_dir->listing(), std::string());
    }

    void photographs_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("part");
        const auto row = [](const char* name, const char* part) {
            QTest::newRow(name) << QString::fromLatin1(name) << QString::fromLatin1(part);
        };
        row("missing.jpg", "No such file");
        row("empty.png", "empty.png");
        row("text.jpg", "text.jpg");
        row("cut.png", "cut.png");
        row("folder", "folder");
    }
    void photographs() {
        QFETCH(QString, name);
        QFETCH(QString, part);
        write(at("empty.png"), {});
        write(at("text.jpg"), "this is no picture");
        fs::create_directory(at("folder"));
        writePng(at("whole.png"), makeTestPicture(60, 60, 3));
        QFile whole(QString::fromStdString(at("whole.png").string()));
        QVERIFY(whole.open(QIODevice::ReadOnly));
        write(at("cut.png"), whole.read(whole.size() / 2));
        failsCleanly(u"invert "_s + name + u" --out x.cameo"_s, part);
        failsCleanly(u"mask "_s + name + u" --out x.png"_s, part);
        failsCleanly(u"fill "_s + name + u" --mask whole.png --out x.png"_s, part);
    }

    void unusualPhotographsWork() {
        const Image picture = makeTestPicture(48, 32, 3);
        writePng(at("deep.png"), toU16(picture));
        std::vector<std::uint8_t> inks = samplesOf(makeTestPicture(48, 32, 4));
        writeJpeg(at("cmyk.jpg"), {.width = 48, .height = 32, .samples = inks, .channels = 4});
        writeJpeg(at("turned.jpg"),
                  {.width = 48, .height = 32, .samples = samplesOf(picture), .orientation = 6});
        writePng(at("dot.png"), makeTestPicture(1, 1, 3));
        for (const char* name : {"deep.png", "cmyk.jpg", "turned.jpg", "dot.png"}) {
            const CliResult result =
                run(u"mask %1 --out mask.png"_s.arg(QString::fromLatin1(name)) + shortMask);
            QVERIFY2(result.exitCode == 0 || !result.failureLine().isEmpty(), qPrintable(result.text()));
            if (QByteArray(name) ==
                "dot.png") // a single pixel may be refused, in one line, or carried through
                continue;
            QVERIFY2(result.exitCode == 0, qPrintable(result.text()));
            const Image mask = readImage(at("mask.png"));
            const bool isTurned = QByteArray(name) == "turned.jpg";
            QCOMPARE(mask.width(), isTurned ? 32 : 48);
            QCOMPARE(mask.height(), isTurned ? 48 : 32);
        }
        // The square counts in upright pixels: this one only fits the turned photograph.
        failsCleanly(u"mask deep.png --square 0,10,32 --out x.png"_s + shortMask, u"does not lie in"_s);
        QCOMPARE(run(u"mask turned.jpg --square 0,10,32 --out x.png"_s + shortMask).exitCode, 0);
    }

    void hugePhotographs() {
        writeJpeg(at("wide.jpg"), {.width = 20'000,
                                   .height = 64,
                                   .samples = std::vector<std::uint8_t>(20'000 * 64, 90),
                                   .channels = 1});
        const CliResult result = run(u"invert wide.jpg --out wide.cameo --steps 2 --start-samples 4"_s);
        QVERIFY2(result.exitCode == 0, qPrintable(result.text()));
        // A header that promises 60,000 x 60,000 must be refused before anything is allocated.
        QByteArray promise("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0", 29);
        promise.append(QByteArray(64, '\0'));
        write(at("promise.png"), promise);
        failsCleanly(u"invert promise.png --out x.cameo"_s, u"promise.png"_s);
    }

    void places() {
        write(at("file"), "x");
        writePng(at("photo.png"), makeTestPicture(40, 40, 3));
        fs::create_directory(at("folder.png"));
        failsCleanly(u"sample --seeds 0 --out file/out"_s, u"file/out"_s);
        failsCleanly(u"sample --seeds 0 --out file"_s, u"file': Not a directory"_s);
        failsCleanly(u"export --seed 0 --out file/deep/out"_s, u"file/deep/out"_s);
        failsCleanly(u"edit --seed 0 --out file/x.png"_s, u"file"_s);
        failsCleanly(u"edit --seed 0 --out folder.png"_s, u"is a folder"_s);
        failsCleanly(u"edit --seed 0 --out nowhere/x.png"_s, u"There is no folder 'nowhere'"_s);
        failsCleanly(u"invert photo.png --out nowhere/x.cameo"_s, u"There is no folder 'nowhere'"_s);
        failsCleanly(u"sample --seeds 0 --out /proc/cameo"_s, u"/proc/cameo"_s);
        failsCleanly(u"dataset pack photo.png --out nowhere/x"_s, u"There is no folder 'nowhere'"_s);
    }

    void fullDisk_data() {
        QTest::addColumn<QString>("line");
        for (const char* line :
             {"sample --seeds 0 --out out", "sample --seeds 0 --format npy --out out",
              "export --seed 7 --out deep/out", "edit --seed 7 --out x.png", "export --seed 7 --out x.psd",
              "export --seed 7 --out x.ora", "edit --seed 7 --out x.cameo", "mask --seeds 7 --out masks"})
            QTest::newRow(line) << QString::fromLatin1(line);
    }
    void fullDisk() {
        QFETCH(QString, line);
        const CliResult result = runCameo(CliCall{.words = line.split(u' ') + QStringList{u"--quiet"_s},
                                                  .folder = QString::fromStdString(m_dir->path().string()),
                                                  .fileSizeLimit = 100});
        QVERIFY2(result.isFinished, qPrintable(result.text()));
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.failureLine().contains("Cannot write"_L1), qPrintable(result.text()));
        QCOMPARE(m_dir->listing(), std::string());
    }

    /// When the disk fills up in the middle of an export, the layers of an earlier one must not be mixed with
    /// new ones.
    void fullDiskKeepsEarlierLayers() {
        QCOMPARE(run(u"export --seed 7 --out layers"_s).exitCode, 0);
        const auto bytes = [this](const char* name) {
            QFile file(QString::fromStdString((at("layers") / name).string()));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        const QByteArray ground = bytes("ground.png"), recipe = bytes("layers.json");
        // Between the sizes of the smallest and the largest file.
        const auto limit = static_cast<unsigned long>(ground.size() + bytes("mask.png").size()) / 2;
        const CliResult result = runCameo(
            CliCall{.words = {u"export"_s, u"--seed"_s, u"8"_s, u"--out"_s, u"layers"_s, u"--quiet"_s},
                    .folder = QString::fromStdString(m_dir->path().string()),
                    .fileSizeLimit = limit});
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(!result.failureLine().isEmpty(), qPrintable(result.text()));
        const bool isOldWhole = bytes("ground.png") == ground && bytes("layers.json") == recipe;
        QVERIFY2(isOldWhole || !fs::exists(at("layers/layers.json")),
                 "a folder with layers.json must be complete and of one piece");
    }

    void devices() {
        failsCleanly(u"sample --seeds 0 --out out --device tpu"_s, u"Use auto, cpu, cuda or cuda:N"_s);
        failsCleanly(u"sample --seeds 0 --out out --device cpu --precision float16"_s,
                     u"float16 needs a CUDA device"_s);
    }

    void recipes() {
        const auto recipe = [this](const char* name, const QByteArray& text) { write(at(name), text); };
        recipe("broken.cameo", "{\"format\": \"cameo-recipe\", ");
        recipe("other.cameo", "{\"format\": \"something\"}");
        recipe("newer.cameo", "{\"format\": \"cameo-recipe\", \"version\": 99}");
        recipe("lacking.cameo", "{\"format\": \"cameo-recipe\", \"version\": 1}");
        for (const QString& name :
             {u"broken.cameo"_s, u"other.cameo"_s, u"newer.cameo"_s, u"lacking.cameo"_s})
            failsCleanly(u"export "_s + name + u" --out out"_s, name);
        // The picture of another model: its latent does not fit.
        QByteArray latent = "{\"space\":\"w+\",\"rows\":1,\"dim\":2,\"values\":[0,0]}";
        recipe("foreign.cameo",
               "{\"format\":\"cameo-recipe\",\"version\":1,\"model\":\"\",\"seed\":0,\"latent\":" + latent +
                   ",\"psi\":0.7,\"cutoff\":-1,\"noise\":\"const\",\"noise-seed\":0,\"directions\":[],"
                   "\"mask\":{\"method\":\"clusters\",\"parameters\":{},\"threshold\":0.5,"
                   "\"softness\":1,\"feather\":0}}");
        failsCleanly(u"export foreign.cameo --out out"_s, u"latent"_s);
    }

    void picturesThatDoNotFit() {
        writePng(at("person.png"), withAlpha(makeTestPicture(20, 10, 3), makeDiscMask(20, 10, 4, 0)));
        writePng(at("flat.png"), makeTestPicture(20, 10, 3));
        writePng(at("small.png"), makeTestPicture(10, 10, 3));
        writePng(at("white.png"), imageFromMask(Mask(20, 10, std::vector<float>(200, 1.0F)), PixelType::U8));
        failsCleanly(u"composite person.png --ground small.png --out x.png"_s, u"20 x 10"_s);
        failsCleanly(u"composite flat.png --colour #000 --out x.png"_s, u"has no alpha channel"_s);
        failsCleanly(u"fill flat.png --mask small.png --out x.png"_s, u"must have the same size"_s);
        failsCleanly(u"fill flat.png --mask white.png --out x.png"_s, u"covers the whole photograph"_s);
        failsCleanly(u"export --seed 1 --class 3 --out out"_s, u"class"_s);
    }
};

QTEST_GUILESS_MAIN(TestCliBadInput)
#include "test_cli_bad_input.moc"
