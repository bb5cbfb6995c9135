// SPDX-License-Identifier: Apache-2.0
// The way from the window to the engine and back: order, pacing, cancelling, errors and early ends.
#include "tests/support/fake_engine.h"
#include "tests/support/fake_portrait.h"
#include "tests/support/temp_dir.h"
#include "ui/bridge/engine_bridge.h"

#include <QSignalSpy>
#include <QTest>

#include <future>

using namespace cameo;
using namespace cameo::test;
using namespace cameo::ui;
using namespace std::chrono_literals;

namespace {

RenderRequest draft(double strength) {
    RenderRequest request;
    request.state.seed = 7;
    request.state.directions.push_back({"pc1", strength, 0, -1});
    request.isDraft = true;
    return request;
}

double strengthOf(const Rendering& rendering) {
    return rendering.state.directions.at(0).strength;
}

/// What the canvas would have shown, in order.
struct Record {
    explicit Record(EngineBridge& bridge) {
        QObject::connect(&bridge, &EngineBridge::pictureArrived, &bridge,
                         [this](const Rendering& shown, Arrival arrival) {
                             strengths.push_back(strengthOf(shown));
                             widths.push_back(shown.picture.width());
                             last = shown;
                             isFinal = arrival == Arrival::Final;
                         });
    }
    std::vector<double> strengths;
    std::vector<int> widths;
    Rendering last;
    bool isFinal = false;
};

bool waitUntilIdle(EngineBridge& bridge, JobKind kind) {
    return QTest::qWaitFor([&] { return !bridge.isRunning(kind); }, 20'000);
}

} // namespace

class TestBridge : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void movesEndInTheLastPicture_data() {
        QTest::addColumn<int>("pauseMilliseconds");
        QTest::newRow("at once") << 0;
        QTest::newRow("as fast as a mouse") << 4;
    }

    void movesEndInTheLastPicture() {
        QFETCH(int, pauseMilliseconds);
        FakeOptions options;
        options.resolution = 64;
        options.levelDelay = 3ms;
        FakeEngine engine(options);
        EngineBridge bridge(engine);
        const Record record(bridge);
        for (int move = 1; move <= 51; ++move) {
            bridge.preview(draft(move * 0.1));
            if (pauseMilliseconds)
                QTest::qWait(pauseMilliseconds);
        }
        QVERIFY(waitUntilIdle(bridge, JobKind::Picture));
        QCOMPARE(strengthOf(record.last), 51 * 0.1);
        QVERIFY(record.isFinal);
        QCOMPARE(record.last.picture, drawPortrait(draft(51 * 0.1).state, 64).picture);
        QVERIFY(
            std::is_sorted(record.strengths.begin(), record.strengths.end())); // never back to an older one
    }

    /// Each move supersedes the one before; without pacing a drag faster than the first coarse picture shows
    /// nothing.
    void fastDragIsNotStarved() {
        FakeOptions options;
        options.resolution = 64;
        options.levelDelay = 12ms;
        FakeEngine engine(options);
        EngineBridge bridge(engine);
        const Record record(bridge);
        for (int move = 1; move <= 51; ++move) {
            bridge.preview(draft(move * 0.1));
            QTest::qWait(4);
        }
        // 51 moves take at least 204 ms, a first coarse picture about 12 ms: a quarter of 17 leaves room for
        // load
        QVERIFY2(record.strengths.size() >= 4, qPrintable(QString::number(record.strengths.size())));
        QVERIFY(waitUntilIdle(bridge, JobKind::Picture));
        QCOMPARE(strengthOf(record.last), 51 * 0.1);
    }

    void releaseIsNotHeldBackByADraft() {
        FakeOptions options;
        options.resolution = 64;
        options.levelDelay = 5ms;
        FakeEngine engine(options);
        EngineBridge bridge(engine);
        const Record record(bridge);
        bridge.preview(draft(1));
        bridge.preview(draft(2)); // waits
        RenderRequest release = draft(3);
        release.isDraft = false;
        bridge.preview(release);
        QVERIFY(waitUntilIdle(bridge, JobKind::Picture));
        QCOMPARE(strengthOf(record.last), 3.0);
        const std::vector<RenderRequest> seen = engine.canvasRequests();
        QCOMPARE(seen.size(), std::size_t(2)); // the waiting draft was never sent
        QVERIFY(!seen.back().isDraft);
    }

    void picturesComeCoarseToFine() {
        FakeOptions options;
        options.levelDelay = 15ms; // long enough that the window sees the levels one by one
        FakeEngine engine(options);
        EngineBridge bridge(engine);
        const Record record(bridge);
        bridge.preview(draft(1));
        QVERIFY(waitUntilIdle(bridge, JobKind::Picture));
        QVERIFY(std::is_sorted(record.widths.begin(), record.widths.end()));
        QVERIFY(record.widths.front() < 256);
        QCOMPARE(record.widths.back(), 256);
    }

    void deletedInTheMiddleOfAJob() {
        FakeOptions options;
        options.levelDelay = 10ms;
        options.stepDelay = 5ms;
        FakeEngine engine(options);
        auto bridge = std::make_unique<EngineBridge>(engine);
        int arrived = 0;
        QObject::connect(bridge.get(), &EngineBridge::inversionAdvanced, bridge.get(), [&] { ++arrived; });
        bridge->invert({});
        bridge->preview(draft(1));
        QVERIFY(QTest::qWaitFor([&] { return arrived > 0; }, 10'000));
        bridge.reset();
        const int before = arrived;
        QTest::qWait(60); // what was under way ends meanwhile, and must reach nobody
        QCOMPARE(arrived, before);
        // The engine is sound and free for others.
        std::promise<bool> done;
        Sink<Rendering> sink;
        sink.onDone = [&](const Result<Rendering>& result) { done.set_value(result.has_value()); };
        (void)engine.render(draft(2), sink);
        auto future = done.get_future();
        QVERIFY(future.wait_for(20s) == std::future_status::ready);
        QVERIFY(future.get());
    }

    void failuresAreToldAndQuietEndsAreNot() {
        FakeOptions options;
        options.renderError =
            Error{ErrorCode::OutOfMemory, "Not enough memory for a 1024 px picture", "Close others"};
        FakeEngine engine(options);
        EngineBridge bridge(engine);
        std::vector<Error> errors;
        connect(&bridge, &EngineBridge::jobFailed, this, [&](JobKind kind, const Error& error) {
            QCOMPARE(kind, JobKind::Picture);
            errors.push_back(error);
        });
        bridge.preview(draft(1));
        QVERIFY(waitUntilIdle(bridge, JobKind::Picture));
        QCOMPARE(errors.size(), std::size_t(1));
        QCOMPARE(errors[0].advice, std::string("Close others"));

        options.renderError.reset();
        options.levelDelay = 5ms;
        engine.setOptions(options);
        RenderRequest request = draft(2);
        request.isDraft = false;
        bridge.preview(request);
        request.state.seed = 9;
        bridge.preview(request); // supersedes
        QVERIFY(waitUntilIdle(bridge, JobKind::Picture));
        QCOMPARE(errors.size(), std::size_t(1));
    }

    void cancelledInversionKeepsTheBest() {
        FakeOptions options;
        options.stepDelay = 5ms;
        options.inversionSteps = 100'000;
        FakeEngine engine(options);
        EngineBridge bridge(engine);
        std::optional<InversionResult> result;
        long steps = 0;
        connect(&bridge, &EngineBridge::inversionFinished, this,
                [&](const InversionResult& value) { result = value; });
        connect(&bridge, &EngineBridge::jobProgressed, this,
                [&](JobKind, const Progress& progress) { steps = progress.step; });
        bridge.invert({});
        QVERIFY(QTest::qWaitFor([&] { return steps > 2; }, 10'000));
        QVERIFY(bridge.cancelLongJob());
        QVERIFY(waitUntilIdle(bridge, JobKind::Inversion));
        QVERIFY(result && result->stopped);
        QVERIFY(result->steps > 2);
        QVERIFY(!bridge.cancelLongJob());
    }

    /// Sliders stay alive while an inversion runs.
    void livePicturesOvertakeAnInversion() {
        FakeOptions options;
        options.resolution = 32;
        options.stepDelay = 2ms;
        options.inversionSteps = 100'000;
        FakeEngine engine(options);
        EngineBridge bridge(engine);
        const Record record(bridge);
        bridge.invert({});
        bridge.preview(draft(1.5));
        QVERIFY(waitUntilIdle(bridge, JobKind::Picture));
        QCOMPARE(strengthOf(record.last), 1.5);
        QVERIFY(bridge.isRunning(JobKind::Inversion));
    }

    void thumbnailsStopWhenTheyAreFineEnough() {
        FakeOptions options;
        options.levelDelay = 2ms;
        FakeEngine engine(options);
        EngineBridge bridge(engine);
        std::vector<std::uint32_t> keys;
        std::vector<int> widths;
        connect(&bridge, &EngineBridge::thumbnailArrived, this, [&](std::uint32_t key, const Image& picture) {
            keys.push_back(key);
            widths.push_back(picture.width());
        });
        std::deque<ThumbnailRequest> requests;
        for (std::uint32_t key = 0; key < 6; ++key) {
            EditState state;
            state.seed = key;
            requests.push_back({key, state, 64});
        }
        bridge.renderThumbnails(requests);
        QVERIFY(QTest::qWaitFor([&] { return keys.size() == 6; }, 20'000));
        QCOMPARE(keys, (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5}));
        for (const int width : widths)
            QVERIFY(width >= 64);
        QVERIFY(waitUntilIdle(bridge, JobKind::Thumbnail));
    }

    void newThumbnailsReplaceTheOld() {
        FakeOptions options;
        options.levelDelay = 5ms;
        FakeEngine engine(options);
        EngineBridge bridge(engine);
        std::vector<std::uint32_t> keys;
        connect(&bridge, &EngineBridge::thumbnailArrived, this,
                [&](std::uint32_t key, const Image&) { keys.push_back(key); });
        bridge.renderThumbnails({{1, {}, 999}, {2, {}, 999}, {3, {}, 999}});
        bridge.renderThumbnails({{10, {}, 16}});
        QVERIFY(waitUntilIdle(bridge, JobKind::Thumbnail));
        QCOMPARE(keys, std::vector<std::uint32_t>{10});
    }

    void modelAndExport() {
        const TempDir folder;
        FakeEngine engine;
        EngineBridge bridge(engine);
        const QSignalSpy started(&bridge, &EngineBridge::jobStarted), ended(&bridge, &EngineBridge::jobEnded);
        std::string title;
        std::size_t files = 0;
        connect(&bridge, &EngineBridge::modelLoaded, this,
                [&](const ModelInfo& info) { title = info.title; });
        connect(&bridge, &EngineBridge::exportFinished, this,
                [&](const ExportReport& report) { files = report.files.size(); });
        bridge.loadModel({});
        QVERIFY(waitUntilIdle(bridge, JobKind::Model));
        QCOMPARE(title, std::string("Drawn portraits"));
        bridge.exportLayers({{}, folder / "layers"});
        QVERIFY(waitUntilIdle(bridge, JobKind::Export));
        QCOMPARE(files, std::size_t(5));
        QCOMPARE(started.count(), 2);
        QCOMPARE(ended.count(), 2);
    }
};

QTEST_GUILESS_MAIN(TestBridge)
#include "test_bridge.moc"
