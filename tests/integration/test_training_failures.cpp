// SPDX-License-Identifier: Apache-2.0
// What can go wrong around a training: full disks, killed programs, wrong files. Each time one clear message,
// and at most the work since the last state is lost. Also the trainer's own program.
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/image/codec.h"
#include "core/train/dataset.h"
#include "tests/support/cli_runner.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_dir.h"

#include <QProcess>
#include <QTest>
#include <csignal>
#include <fstream>
#include <sstream>
#include <sys/types.h>

using namespace cameo;
using namespace cameo::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int kSide = 16;

/// Chequered squares, as packed pictures.
void packChequers(const std::filesystem::path& output, int count, int side) {
    train::PackRequest request{.side = side};
    for (int i = 0; i < count; ++i)
        request.files.emplace_back(std::to_string(i) + ".png");
    request.decode = [](const std::filesystem::path& file, int width) {
        const int number = std::stoi(file.stem().string());
        std::vector<std::uint8_t> pixels;
        for (int c = 0; c < 3; ++c)
            for (int y = 0; y < width; ++y)
                for (int x = 0; x < width; ++x)
                    pixels.push_back((x / (2 + number % 3) + y / (2 + number % 4)) % 2 ? 220 - 50 * c : 30);
        return pixels;
    };
    request.manifest = Json::object({{"split", "train"}});
    train::packDataset(request, output);
}

std::vector<Json> linesOf(const std::filesystem::path& log) {
    std::istringstream text(readTextFile(log));
    std::vector<Json> lines;
    for (std::string line; std::getline(text, line);)
        lines.push_back(Json::parse(line));
    return lines;
}

long imagesOfResume(const std::filesystem::path& log) {
    long images = -1;
    for (const Json& line : linesOf(log))
        if (const Json* event = line.find("event"); event && event->asString() == "resumed")
            images = line.at("images").asInteger();
    return images;
}

} // namespace

class TestTrainingFailures : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase();
    void fullDiskWhileSavingLosesOnlyTheNewest();
    void killedRunsGoOnFromTheLastState();
    void otherArchitecturesAreNamed();
    void foreignStatesAreNamed();
    void tooFewPicturesAreRefused();
    void mixedSizesArePackedAlike();
    void foldersWithoutAReadablePictureAreRefused();
    void damagedDataSetsAreRefused();
    void dataOfAnotherSideIsRefusedOnAResume();
    void minutesEndTheTrainersOwnProgram();
    void sheetsOfTheTrainersOwnProgramAreReadable();

  private:
    QString at(const std::string& name) const { return QString::fromStdString((m_folder / name).string()); }
    /// Options of a tiny training into `run` until `images` were seen; those in `more` take the place of its.
    QStringList words(const std::string& run, int images, const QStringList& more = {}) const {
        const std::vector<std::pair<QString, QString>> usual = {
            {u"--data"_s, at("train.set")}, {u"--out"_s, at(run)},
            {u"--batch"_s, u"8"_s},         {u"--channel-base"_s, u"256"_s},
            {u"--channel-max"_s, u"16"_s},  {u"--images"_s, QString::number(images / 1000.0)},
            {u"--latent-size"_s, u"16"_s},  {u"--samples"_s, u"2"_s}};
        QStringList all = more;
        for (const auto& [name, value] : usual)
            if (!more.contains(name))
                all << name << value;
        return all;
    }
    CliCall call(const std::string& run, int images, const QStringList& more = {}) const {
        return {.words = QStringList{u"train"_s, u"generator"_s} + words(run, images, more)};
    }
    TempDir m_folder;
};

void TestTrainingFailures::initTestCase() {
    packChequers(m_folder / "train.set", 24, kSide);
}

void TestTrainingFailures::fullDiskWhileSavingLosesOnlyTheNewest() {
    QCOMPARE(runCameo(call("full", 16)).exitCode, 0);
    const std::filesystem::path state = m_folder.path() / "full" / "state.safetensors";
    const std::string before = readTextFile(state);
    // The networks fit under the limit, the state with its averages and moments does not.
    CliCall limited = call("full", 32);
    limited.fileSizeLimit = before.size() - 1000;
    const CliResult failed = runCameo(limited);
    QCOMPARE(failed.exitCode, 1);
    QVERIFY2(failed.failureLine().contains(u"full/state.safetensors"_s), qPrintable(failed.text()));
    QVERIFY(readTextFile(state) == before);
    QCOMPARE(runCameo(call("full", 32)).exitCode, 0);
    QCOMPARE(imagesOfResume(m_folder.path() / "full" / "log.jsonl"), 16L);
}

void TestTrainingFailures::killedRunsGoOnFromTheLastState() {
    const std::filesystem::path folder = m_folder.path() / "killed";
    QProcess process;
    process.setStandardErrorFile(QProcess::nullDevice());
    process.start(QString::fromUtf8(cameoExecutable()),
                  call("killed", 1'000'000, {u"--state-interval"_s, u"0.016"_s, u"--quiet"_s}).words);
    // The second state: the log has a line for every thousand images only, so that the file's age must tell.
    QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(folder / "state.safetensors"), 60'000);
    const auto first = std::filesystem::last_write_time(folder / "state.safetensors");
    QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::last_write_time(folder / "state.safetensors") > first, 60'000);
    ::kill(static_cast<pid_t>(process.processId()), SIGKILL);
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitStatus(), QProcess::CrashExit);
    // As a save that was killed leaves it, whether this one was or not.
    std::ofstream(folder / "state.safetensors.a1B2c3") << "half a state";
    std::ofstream(folder / "log.jsonl", std::ios::app) << R"({"images": 12)";

    const CliResult resumed = runCameo(call("killed", 0, {u"--json"_s}));
    QVERIFY2(resumed.exitCode == 0, qPrintable(resumed.text()));
    QVERIFY(!std::filesystem::exists(folder / "state.safetensors.a1B2c3"));
    const int images = resumed.json()[u"images"_s].toInt();
    QVERIFY(images >= 16);
    QCOMPARE(images % 16, 0);
    // The cut line is the only one that cannot be read.
    std::istringstream log(readTextFile(folder / "log.jsonl"));
    int cut = 0, events = 0;
    for (std::string line; std::getline(log, line);)
        if (line == R"({"images": 12)")
            ++cut;
        else
            events += Json::parse(line).find("event") ? 1 : 0;
    QCOMPARE(cut, 1);
    QCOMPARE(events, 2); // started, resumed
}

void TestTrainingFailures::otherArchitecturesAreNamed() {
    const auto refused = [&](const QString& from, const QString& part) {
        const CliResult result = runCameo(call("other", 8, {u"--from"_s, from}));
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.failureLine().contains(part), qPrintable(result.text()));
        QVERIFY(!std::filesystem::exists(m_folder / "other"));
    };
    refused(QStringLiteral(CAMEO_SOURCE_DIR "/resources/models/portraits/discriminator.safetensors"),
            u"holds no StyleGAN2 generator"_s);
    refused(at("train.set"), u"cannot be opened as a model"_s);
    refused(QStringLiteral(CAMEO_SOURCE_DIR "/resources/models/portraits/generator.safetensors"),
            u"makes images of %1 px"_s.arg(embeddedSide));
}

void TestTrainingFailures::foreignStatesAreNamed() {
    QCOMPARE(runCameo(call("mine", 8)).exitCode, 0);
    QCOMPARE(runCameo(call("wider", 8, {u"--channel-max"_s, u"24"_s})).exitCode, 0);
    const auto file = [&](const char* run, const char* name) { return m_folder.path() / run / name; };
    std::filesystem::copy_file(file("wider", "state.safetensors"), file("mine", "state.safetensors"),
                               std::filesystem::copy_options::overwrite_existing);
    const CliResult result = runCameo(call("mine", 16));
    QCOMPARE(result.exitCode, 1);
    QVERIFY2(result.failureLine().contains(u"mine/state.safetensors' is no state of this training"_s),
             qPrintable(result.text()));
    QCOMPARE(runCameo(call("mine", 16, {u"--fresh"_s})).exitCode, 0); // what the message advises
}

void TestTrainingFailures::tooFewPicturesAreRefused() {
    packChequers(m_folder / "few.set", 3, kSide);
    const CliResult result = runCameo(call("few", 8, {u"--data"_s, at("few.set")}));
    QCOMPARE(result.exitCode, 1);
    QVERIFY2(result.failureLine().contains(u"few.set' holds 3 pictures, fewer than one batch of 8"_s),
             qPrintable(result.text()));
}

void TestTrainingFailures::mixedSizesArePackedAlike() {
    const std::filesystem::path folder = m_folder.path() / "mixed";
    std::filesystem::create_directory(folder);
    const std::vector<std::pair<int, int>> sizes = {{40, 20}, {9, 30}, {16, 16}, {100, 99}};
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const auto [width, height] = sizes[i];
        const auto count = static_cast<std::size_t>(width * height * 3);
        writePng(
            folder / (std::to_string(i) + ".png"),
            Image(width, height, 3, std::vector<std::uint8_t>(count, static_cast<std::uint8_t>(50 * i))));
    }
    const CliResult result = runCameo({u"dataset"_s, u"pack"_s, at("mixed"), u"--side"_s, u"16"_s, u"--out"_s,
                                       at("mixed.set"), u"--json"_s});
    QVERIFY2(result.exitCode == 0, qPrintable(result.text()));
    QCOMPARE(result.json()[u"packed"_s].toInt(), 4);
    const auto data = train::PackedDataset::open(m_folder / "mixed.set");
    QCOMPARE(data.side(), 16);
    for (long i = 0; i < data.count(); ++i) // each as it was painted, whatever its shape
        for (const std::uint8_t value : data.image(i))
            QCOMPARE(int{value}, static_cast<int>(50 * i));
}

void TestTrainingFailures::foldersWithoutAReadablePictureAreRefused() {
    std::filesystem::create_directory(m_folder / "broken");
    for (const char* name : {"a.png", "b.jpg"})
        std::ofstream(m_folder.path() / "broken" / name) << "no picture";
    const CliResult result =
        runCameo({u"dataset"_s, u"pack"_s, at("broken"), u"--side"_s, u"16"_s, u"--out"_s, at("broken.set")});
    QCOMPARE(result.exitCode, 1);
    QVERIFY2(result.failureLine().contains(u"Not one of 2 pictures can be used"_s),
             qPrintable(result.text()));
    QVERIFY(!std::filesystem::exists(m_folder / "broken.set"));
}

void TestTrainingFailures::damagedDataSetsAreRefused() {
    const std::string whole = readTextFile(m_folder / "train.set");
    writeFileAtomically(m_folder / "cut.set", std::string_view(whole).substr(0, whole.size() / 2));
    const CliResult result = runCameo(call("cut", 8, {u"--data"_s, at("cut.set")}));
    QCOMPARE(result.exitCode, 1);
    QVERIFY2(result.failureLine().contains(u"cut.set' is not a whole packed data set"_s),
             qPrintable(result.text()));
}

void TestTrainingFailures::dataOfAnotherSideIsRefusedOnAResume() {
    QCOMPARE(runCameo(call("sides", 8)).exitCode, 0);
    packChequers(m_folder / "large.set", 24, 2 * kSide);
    const CliResult result = runCameo(call("sides", 16, {u"--data"_s, at("large.set")}));
    QCOMPARE(result.exitCode, 1);
    QVERIFY2(result.failureLine().contains(u"Pack the pictures with --side 16, or start from this model in "
                                           "another folder"_s),
             qPrintable(result.text()));
}

void TestTrainingFailures::minutesEndTheTrainersOwnProgram() {
    QProcess process;
    process.start(QStringLiteral(CAMEO_TRAIN_EXECUTABLE),
                  words("timed", 1'000'000, {u"--minutes"_s, u"0.01"_s, u"--json"_s}));
    QVERIFY(process.waitForFinished(120'000));
    const QByteArray out = process.readAllStandardOutput();
    QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
    const Json report = Json::parse(std::string_view(out.constData(), static_cast<std::size_t>(out.size())));
    QVERIFY(report.at("stopped").asBool()); // long before a million images
    QVERIFY(report.at("images").asInteger() >= 8);
    for (const char* name : {"generator.safetensors", "discriminator.safetensors", "state.safetensors"})
        QVERIFY2(std::filesystem::exists(m_folder.path() / "timed" / name), name);
}

void TestTrainingFailures::sheetsOfTheTrainersOwnProgramAreReadable() {
    QProcess process;
    process.start(QStringLiteral(CAMEO_TRAIN_EXECUTABLE), words("sheets", 8, {u"--quiet"_s}));
    QVERIFY(process.waitForFinished(120'000));
    QCOMPARE(process.exitCode(), 0);
    // The same training by the whole program, whose PNG writer is another one.
    QCOMPARE(runCameo(call("whole", 8)).exitCode, 0);
    const Image own = readImage(m_folder.path() / "sheets" / "samples000000000.png");
    const Image other = readImage(m_folder.path() / "whole" / "samples000000000.png");
    QCOMPARE(own.width(), 2 * kSide);
    QCOMPARE(own.height(), kSide);
    QVERIFY(std::ranges::equal(own.u8(), other.u8()));
}

QTEST_GUILESS_MAIN(TestTrainingFailures)
#include "test_training_failures.moc"
