// SPDX-License-Identifier: Apache-2.0
#include "core/document/training_run.h"

#include "core/base/error.h"
#include "tests/support/expect_failure.h"
#include "tests/support/temp_dir.h"

#include <QtTest>

#include <fstream>

using namespace cameo;
using namespace cameo::test;

namespace {

void append(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::app) << text;
}

using Points = std::vector<CoursePoint>;

} // namespace

class TestTrainingRun : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void numbersBecomeSeries();
    void returnsReplaceWhatWasLost();
    void growingLogIsReadOnce();
    void sheetsAreFoundInOrder();
    void requestSurvivesTheDisk();
    void emptyAndBrokenFolders();
};

void TestTrainingRun::numbersBecomeSeries() {
    TrainingCourse course;
    course.take(Json::parse(R"({"images": 100, "loss-generator": 1.5, "seconds": 3, "seed": 0})"));
    course.take(Json::parse(R"({"images": 200, "loss-generator": 1.25, "metrics": {"frechet": 40}, "samples": 1000})"));
    course.take(Json::parse(R"({"event": "started", "text": "no number of images"})"));
    course.take(Json::parse("[1]"));
    QCOMPARE(course.series.size(), std::size_t(2)); // counters are no curves
    QCOMPARE(course.series.at("loss-generator"), (Points{{100, 1.5}, {200, 1.25}}));
    QCOMPARE(course.series.at("frechet"), (Points{{200, 40}}));
    QCOMPARE(course.images(), 200.0);
    QCOMPARE(course.last("frechet"), std::optional(40.0));
    QVERIFY(!course.last("unknown"));
    QVERIFY(isTrainingMetric("frechet") && !isTrainingMetric("loss-generator"));
}

void TestTrainingRun::returnsReplaceWhatWasLost() {
    TrainingCourse course;
    for (int images = 100; images <= 500; images += 100)
        course.take(Json::object({{"images", images}, {"r1", 1}}));
    course.take(Json::parse(R"({"event": "resumed", "images": 300})")); // killed after its last state
    QCOMPARE(course.images(), 300.0);
    course.take(Json::parse(R"({"images": 400, "r1": 2})"));
    course.take(Json::parse(R"({"images": 500, "r1": 2})"));
    course.take(Json::parse(R"({"event": "not finite, back to the last state", "images": 520})"));
    course.take(Json::parse(R"({"images": 400, "r1": 3})")); // the way from there is another one
    QCOMPARE(course.series.at("r1"), (Points{{100, 1}, {200, 1}, {300, 1}, {400, 3}}));
    course.take(Json::parse(R"({"event": "started", "images": 0})"));
    QVERIFY(course.series.at("r1").empty());
    QCOMPARE(course.images(), 0.0);
}

void TestTrainingRun::growingLogIsReadOnce() {
    const TempDir folder;
    TrainingLog log(folder.path());
    TrainingCourse course;
    QVERIFY(!log.hasNews() && !log.read(course)); // no file yet
    append(folder / "log.jsonl", "{\"images\":1,\"a\":1}\n{\"images\":2,\"a\"");
    QVERIFY(log.read(course));
    QCOMPARE(course.series.at("a").size(), std::size_t(1));
    QVERIFY(!log.read(course)); // half a line is none
    append(folder / "log.jsonl", ":2}\nbroken by a killed process{\"ima\n{\"images\":3,\"a\":3}\n");
    QVERIFY(log.hasNews() && log.read(course));
    QCOMPARE(course.series.at("a"), (Points{{1, 1}, {2, 2}, {3, 3}}));
    QVERIFY(!log.hasNews());
}

void TestTrainingRun::sheetsAreFoundInOrder() {
    const TempDir folder;
    for (const char* name : {"samples000012000.png", "samples000000000.png", "samples1234567890.png",
                             "samples.png", "samplesabc.png", "other000000001.png", "samples000000001.txt"})
        append(folder / name, "x");
    const std::vector<TrainingSheet> sheets = sheetsOf(folder.path());
    QCOMPARE(sheets.size(), std::size_t(3));
    QCOMPARE(sheets[0].images, 0L);
    QCOMPARE(sheets[1], (TrainingSheet{12000, sheetFile(folder.path(), 12000)}));
    QCOMPARE(sheets[2].images, 1234567890L);
}

void TestTrainingRun::requestSurvivesTheDisk() {
    const TempDir folder;
    TrainingRequest request{.data = "/somewhere/photos",
                            .split = "train",
                            .side = 128,
                            .folder = folder.path(),
                            .from = "/somewhere/model.pkl"};
    request.precision = "bfloat16";
    request.parameters = {{"batch", 8}, {"r1", 0.5}};
    request.seed = 42;
    writeTrainingRequest(request);
    append(folder / "state.safetensors", "x");
    const TrainingRun run = readTrainingRun(folder.path());
    QVERIFY(run.request && run.hasState && run.generator.empty() && !run.isEmpty());
    QCOMPARE(run.request->data, request.data);
    QCOMPARE(run.request->split, request.split);
    QCOMPARE(run.request->side, 128);
    QCOMPARE(run.request->folder, request.folder);
    QCOMPARE(run.request->from, request.from);
    QVERIFY(!run.request->isFromEmbedded && run.request->resume);
    QCOMPARE(run.request->precision, request.precision);
    QCOMPARE(run.request->parameters, request.parameters);
    QCOMPARE(run.request->seed, request.seed);
}

void TestTrainingRun::emptyAndBrokenFolders() {
    const TempDir folder;
    QVERIFY(readTrainingRun(folder / "not-there").isEmpty());
    QVERIFY(readTrainingRun(folder.path()).isEmpty());
    append(folder / "run.json", "{\"format\":\"cameo-training\",\"version\":99}");
    CAMEO_VERIFY_FAILURE(readTrainingRun(folder.path()), ErrorCode::InvalidArgument, "run.json");
}

QTEST_APPLESS_MAIN(TestTrainingRun)
#include "test_training_run.moc"
