// SPDX-License-Identifier: Apache-2.0
// Training through the facade, with the real engine, the embedded model and a tiny data set: it can be
// watched, saved, stopped and continued, and everything else goes first.
#include "core/base/file.h"
#include "core/engine/engine.h"
#include "core/image/codec.h"
#include "tests/support/temp_dir.h"

#include <QtTest>

#include <condition_variable>
#include <fstream>
#include <mutex>

using namespace cameo;
using namespace cameo::test;

namespace {

constexpr int pictureCount = 12;

void writePictures(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    for (int i = 0; i < pictureCount; ++i) {
        std::vector<std::uint8_t> pixels;
        for (int y = 0; y < 20; ++y)
            for (int x = 0; x < 20; ++x)
                for (int c = 0; c < 3; ++c)
                    pixels.push_back(static_cast<std::uint8_t>((x * (5 + i) + y * (3 + c) + 11 * i) % 256));
        writePng(folder / (std::to_string(i) + ".png"), Image(20, 20, 3, std::move(pixels)));
    }
}

std::string contentOf(const std::filesystem::path& file) {
    const Bytes bytes = mapFile(file);
    return {reinterpret_cast<const char*>(bytes.view.data()), bytes.size()};
}

/// Everything that a training tells, for the test's own thread to wait for.
class Watcher {
  public:
    Sink<TrainingStatus> sink() {
        Sink<TrainingStatus> sink;
        sink.onPartial = [this](const Partial<TrainingStatus>& partial) {
            const std::lock_guard lock(m_mutex);
            m_statuses.push_back(partial.value);
            m_changed.notify_all();
        };
        sink.onDone = [this](Result<TrainingStatus> result) {
            const std::lock_guard lock(m_mutex);
            m_result.emplace(std::move(result));
            m_changed.notify_all();
        };
        return sink;
    }
    /// False when the training ended before it told such a status.
    bool waitFor(const std::function<bool(const TrainingStatus&)>& wanted) {
        std::unique_lock lock(m_mutex);
        bool isFound = false;
        m_changed.wait(lock, [&] {
            isFound = !m_statuses.empty() && wanted(m_statuses.back());
            return isFound || m_result;
        });
        return isFound;
    }
    bool isDone() {
        const std::lock_guard lock(m_mutex);
        return m_result.has_value();
    }
    Result<TrainingStatus> result() {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_result.has_value(); });
        return *m_result;
    }
    std::vector<TrainingStatus> statuses() {
        const std::lock_guard lock(m_mutex);
        return m_statuses;
    }

  private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<TrainingStatus> m_statuses;
    std::optional<Result<TrainingStatus>> m_result;
};

} // namespace

class TestEngineTraining : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase();
    void tellsWhatItDoes();
    void otherJobsGoFirstAndChangeNothing();
    void savesOnRequest();
    void stopsAndGoesOn();
    void badRequestsAreNamed();
    void picturesAreDescribed();
    void trainedAnewIsLoadedAnew();

  private:
    TrainingRequest request(const char* folder, double thousands) const {
        TrainingRequest request{.data = m_folder / "pictures", .side = 16, .folder = m_folder / folder};
        request.parameters = {{"images", thousands},     {"batch", 8},          {"channel-base", 256},
                              {"channel-max", 16},       {"latent-size", 16},   {"samples", 4},
                              {"sample-interval", 0.08}, {"log-interval", 0.04}};
        return request;
    }
    TempDir m_folder;
    std::unique_ptr<Engine> m_engine;
};

void TestEngineTraining::initTestCase() {
    writePictures(m_folder / "pictures");
    m_engine = createEngine({.device = "cpu", .threads = 1}).value();
}

void TestEngineTraining::tellsWhatItDoes() {
    Watcher watcher;
    (void)m_engine->train(request("tells", 0.16), watcher.sink());
    const TrainingStatus end = watcher.result().value();
    QCOMPARE(end.images, 160L);
    QCOMPARE(end.target, 160L);
    QVERIFY(!end.isStopped && end.imagesPerSecond > 0);
    QVERIFY(std::filesystem::exists(end.generator) && std::filesystem::exists(end.state));
    QVERIFY(end.generatorLoss && end.discriminatorLoss && end.realSign && end.augmentProbability);
    QVERIFY(std::abs(*end.realSign) <= 1);
    QCOMPARE(end.course->series.at("loss-generator").size(), std::size_t(4));
    QCOMPARE(end.course->sheets.size(), std::size_t(3)); // at 0, 80 and 160 images
    QCOMPARE(end.sheetImages, 160L);
    QCOMPARE(end.sheet.width(), 32); // four samples of 16 px
    QCOMPARE(readImage(end.course->sheets.back().file), end.sheet);
    long before = -1;
    bool isLogTold = false, isSaveTold = false;
    for (const TrainingStatus& status : watcher.statuses()) {
        if (status.stage == TrainingStage::Packing)
            continue;
        QVERIFY(status.images >= before);
        before = status.images;
        isLogTold |= status.images < 160 && !status.course->series.empty();
        isSaveTold |= status.savedImages == 0; // something to go back to, before the first step
    }
    QVERIFY(isLogTold && isSaveTold);
    const TrainingRun run = readTrainingRun(m_folder / "tells");
    QVERIFY(run.hasState && run.request);
    QCOMPARE(run.course.series, end.course->series);
    QCOMPARE(run.request->parameters, request("tells", 0.16).parameters);
}

/// The same training, once alone and once between previews and an export, ends in the same weights.
void TestEngineTraining::otherJobsGoFirstAndChangeNothing() {
    Watcher alone;
    (void)m_engine->train(request("alone", 0.4), alone.sink());
    QVERIFY(alone.result().has_value());
    Watcher busy;
    (void)m_engine->train(request("busy", 0.4), busy.sink());
    QVERIFY(busy.waitFor([](const TrainingStatus& s) { return s.images > 0; }));
    int finished = 0;
    for (std::uint32_t seed = 0; seed < 6; ++seed) {
        Sink<Rendering> sink;
        sink.onDone = [&](const Result<Rendering>& result) { finished += result.has_value() ? 1 : 0; };
        m_engine->preview(LiveSlot::Canvas, {.state = {.seed = seed}}, sink).wait();
    }
    QCOMPARE(finished, 6);
    Sink<ExportReport> exported;
    std::size_t files = 0;
    exported.onDone = [&](const Result<ExportReport>& result) { files = result ? result->files.size() : 0; };
    m_engine->exportLayers({.state = {.seed = 3}, .target = m_folder / "layers"}, exported).wait();
    QCOMPARE(files, std::size_t(5));
    QVERIFY(!busy.isDone()); // all that happened in the middle of the training
    QVERIFY(busy.result().has_value());
    QCOMPARE(contentOf(m_folder / "busy/generator.safetensors"),
             contentOf(m_folder / "alone/generator.safetensors"));
}

void TestEngineTraining::savesOnRequest() {
    Watcher watcher;
    const JobHandle training = m_engine->train(request("saves", 1000), watcher.sink());
    QVERIFY(watcher.waitFor([](const TrainingStatus& s) { return s.images >= 16; }));
    m_engine->saveTraining();
    QVERIFY(watcher.waitFor([](const TrainingStatus& s) { return s.savedImages >= 16; }));
    QVERIFY(!watcher.isDone());
    training.cancel();
    QVERIFY(watcher.result().value().isStopped);
}

void TestEngineTraining::stopsAndGoesOn() {
    Watcher first;
    const JobHandle training = m_engine->train(request("stops", 1000), first.sink());
    QVERIFY(first.waitFor([](const TrainingStatus& s) { return s.images >= 48; }));
    training.cancel();
    const TrainingStatus stopped = first.result().value();
    QVERIFY(stopped.isStopped);
    QCOMPARE(stopped.savedImages, stopped.images); // nothing is lost
    const double thousands = static_cast<double>(stopped.images) / 1000 + 0.08;
    const auto packed = std::filesystem::last_write_time(m_folder / "stops/pictures.cameoset");
    Watcher second;
    (void)m_engine->train(request("stops", thousands), second.sink());
    const TrainingStatus end = second.result().value();
    QVERIFY(!end.isStopped);
    QCOMPARE(end.images, stopped.images + 80);
    QCOMPARE(std::filesystem::last_write_time(m_folder / "stops/pictures.cameoset"), packed); // packed once
    const auto& points = end.course->series.at("loss-generator");
    QVERIFY(points.front().images <= 48); // with the curve of the first part
    // a fresh start takes the earlier run's sheets away
    TrainingRequest fresh = request("stops", 0.08);
    fresh.resume = false;
    Watcher third;
    (void)m_engine->train(fresh, third.sink());
    QCOMPARE(third.result().value().course->sheets.size(), std::size_t(2));
}

void TestEngineTraining::badRequestsAreNamed() {
    const auto failure = [&](const TrainingRequest& bad) {
        Watcher watcher;
        (void)m_engine->train(bad, watcher.sink());
        const Result<TrainingStatus> result = watcher.result();
        return result ? std::string("no failure") : result.error().text();
    };
    TrainingRequest bad = request("bad", 0.08);
    bad.parameters["batch"] = 6;
    QVERIFY2(failure(bad).find("multiple of 4") != std::string::npos, failure(bad).c_str());
    bad = request("bad", 0.08);
    bad.data = m_folder / "nowhere";
    QVERIFY2(failure(bad).find("nowhere") != std::string::npos, failure(bad).c_str());
    std::filesystem::create_directories(m_folder / "none");
    bad.data = m_folder / "none";
    QVERIFY2(failure(bad).find("no picture") != std::string::npos, failure(bad).c_str());
    bad = request("bad", 0.08);
    bad.isFromEmbedded = true; // of another size
    QVERIFY2(failure(bad).find("px") != std::string::npos, failure(bad).c_str());
}

void TestEngineTraining::picturesAreDescribed() {
    const PictureSource folder = describePictures(m_folder / "pictures").value();
    QCOMPARE(folder.kind, PictureSource::Kind::Folder);
    QCOMPARE(folder.count, long(pictureCount));
    std::ofstream(m_folder / "table.csv") << "file,split\npictures/0.png,train\npictures/1.png,train\n"
                                             "pictures/2.png,dev\n";
    const PictureSource table = describePictures(m_folder / "table.csv").value();
    QCOMPARE(table.kind, PictureSource::Kind::Table);
    QCOMPARE(table.count, 3L);
    QCOMPARE(table.splits, (std::map<std::string, long>{{"dev", 1}, {"train", 2}}));
    const PictureSource packed = describePictures(m_folder / "tells/pictures.cameoset").value();
    QCOMPARE(packed.kind, PictureSource::Kind::Packed);
    QCOMPARE(packed.count, long(pictureCount));
    QCOMPARE(packed.side, 16);
    QVERIFY(!describePictures(m_folder / "nowhere"));
    QVERIFY(!describePictures(m_folder / "pictures/0.png")); // neither packed nor a table
}

void TestEngineTraining::trainedAnewIsLoadedAnew() {
    const std::string model = (m_folder / "stops/generator.safetensors").string();
    const auto open = [&] {
        Sink<ModelInfo> sink;
        std::string error = "never ended";
        sink.onDone = [&](const Result<ModelInfo>& result) { error = result ? "" : result.error().text(); };
        m_engine->loadModel(model, sink).wait();
        return error;
    };
    const auto picture = [&] {
        Image image;
        Sink<Rendering> sink;
        sink.onDone = [&](const Result<Rendering>& result) { image = result ? result->picture : Image(); };
        m_engine->render({.state = {.model = model, .seed = 1}}, sink).wait();
        return image;
    };
    QCOMPARE(open(), std::string());
    const Image before = picture();
    Watcher watcher;
    (void)m_engine->train(request("stops", 0.4), watcher.sink());
    QVERIFY(watcher.result().has_value());
    QCOMPARE(picture(), before); // not under the hands of whoever edits
    QCOMPARE(open(), std::string());
    QVERIFY(!picture().isEmpty() && !(picture() == before));
}

QTEST_GUILESS_MAIN(TestEngineTraining)
#include "test_engine_training.moc"
