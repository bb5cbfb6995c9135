// SPDX-License-Identifier: Apache-2.0
// The facade on the embedded model: what the window and the command line rely on.
#include "core/engine/engine.h"
#include "core/interchange/layers.h"

#include <QTemporaryDir>
#include <QtTest>

#include <condition_variable>
#include <latch>
#include <mutex>

using namespace cameo;

namespace {

template <typename T>
struct Outcome {
    std::optional<Result<T>> result;
    int terminalEvents = 0;
    std::vector<int> levels;
};

/// Posts, waits for the one terminal event, returns everything that arrived.
template <typename T, typename Post>
Outcome<T> runJob(Post&& post) {
    Outcome<T> outcome;
    Sink<T> sink;
    sink.onPartial = [&](const Partial<T>& partial) { outcome.levels.push_back(partial.level); };
    sink.onDone = [&](Result<T> result) {
        outcome.result.emplace(std::move(result));
        ++outcome.terminalEvents;
    };
    post(sink).wait();
    return outcome;
}

std::unique_ptr<Engine> makeEngine() {
    return createEngine({.device = "cpu", .threads = 2}).value();
}

EditState seedState(std::uint32_t seed) {
    return {.seed = seed};
}

RenderRequest wholeRequest(EditState state) {
    return {.state = std::move(state), .wantMask = true, .wantComposite = true};
}

Rendering renderNow(Engine& engine, const RenderRequest& request) {
    return runJob<Rendering>([&](auto sink) { return engine.render(request, sink); }).result->value();
}

} // namespace

class TestEngine : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void loadsTheEmbeddedModel();
    void zeroStrengthIsIdentity();
    void uneditedCompositeIsThePicture();
    void groundOutsideOfThePersonStaysUntouched();
    void cachedRenderingEqualsFresh();
    void previewEqualsRender();
    void liveRequestsEndInTheLast();
    void cancelThenRerunEqualsRun();
    void exportReopens();
    void unknownModelIsOneClearError();
    void unknownDirectionIsNamed();
    void badMaskParameterIsNamed();
    void deviceErrorsSayWhatToDo();
};

void TestEngine::loadsTheEmbeddedModel() {
    const auto engine = makeEngine();
    const auto outcome = runJob<ModelInfo>([&](auto sink) { return engine->loadModel({}, sink); });
    QCOMPARE(outcome.terminalEvents, 1);
    const ModelInfo& info = outcome.result->value();
    QVERIFY(info.resolution >= 64);
    QVERIFY(info.hasDiscriminator);
    QVERIFY(info.directions.size() >= 8);
    QVERIFY(info.directions[0].explained > info.directions[1].explained);
    QCOMPARE(engine->device().reason, std::string("asked for"));
}

void TestEngine::zeroStrengthIsIdentity() {
    const auto engine = makeEngine();
    EditState edited = seedState(3);
    edited.directions = {{"pc1", 0.0}, {"pc2", 0.0, 2, 4}};
    edited.mix = StyleMix{3, 4}; // its own seed
    const Rendering plain = renderNow(*engine, {.state = seedState(3)});
    const Rendering same = renderNow(*engine, {.state = edited});
    QCOMPARE(same.picture, plain.picture);
}

void TestEngine::uneditedCompositeIsThePicture() {
    const auto engine = makeEngine();
    const Rendering r = renderNow(*engine, wholeRequest(seedState(5)));
    QCOMPARE(r.composite, r.picture);
    QCOMPARE(r.plate.width(), r.picture.width());
    QVERIFY(!(r.plate == r.picture)); // the person is gone
    QVERIFY(r.mask.coverage() > 0.1 && r.mask.coverage() < 0.95);
}

void TestEngine::groundOutsideOfThePersonStaysUntouched() {
    const auto engine = makeEngine();
    const Rendering original = renderNow(*engine, {.state = seedState(5)});
    EditState edited = seedState(5);
    edited.directions = {{"pc1", 2.0}};
    const Rendering r = renderNow(*engine, wholeRequest(edited));
    long untouched = 0;
    for (int y = 0; y < r.mask.height(); ++y)
        for (int x = 0; x < r.mask.width(); ++x) {
            const std::size_t i = (static_cast<std::size_t>(y) * r.mask.width() + x) * 3;
            const bool inPlate = r.plate.u8()[i] == original.picture.u8()[i] &&
                                 r.plate.u8()[i + 1] == original.picture.u8()[i + 1] &&
                                 r.plate.u8()[i + 2] == original.picture.u8()[i + 2];
            if (r.mask.at(x, y) > 0 || !inPlate)
                continue;
            ++untouched;
            for (std::size_t c = 0; c < 3; ++c)
                QCOMPARE(r.composite.u8()[i + c], original.picture.u8()[i + c]);
        }
    QVERIFY(untouched > r.mask.width() * r.mask.height() / 20);
}

void TestEngine::cachedRenderingEqualsFresh() {
    const auto warm = makeEngine();
    const auto fresh = makeEngine();
    EditState state = seedState(11);
    renderNow(*warm, {.state = state});
    for (const int firstRow : {0, 3, 6, 9}) { // each resumes from another cached block
        state.directions = {{"pc2", 1.5, firstRow, -1}};
        const Rendering a = renderNow(*warm, {.state = state});
        const Rendering b = renderNow(*fresh, {.state = state});
        QCOMPARE(a.picture, b.picture);
        renderNow(*fresh, {.state = seedState(99)}); // clears what could be shared
    }
}

void TestEngine::previewEqualsRender() {
    const auto engine = makeEngine();
    const RenderRequest request = wholeRequest(seedState(2));
    const auto live =
        runJob<Rendering>([&](auto sink) { return engine->preview(LiveSlot::Canvas, request, sink); });
    const Rendering& shown = live.result->value();
    const Rendering exact = renderNow(*engine, request);
    QCOMPARE(shown.picture, exact.picture);
    QCOMPARE(shown.mask, exact.mask);
    QCOMPARE(shown.composite, exact.composite);
    QVERIFY(std::is_sorted(live.levels.begin(), live.levels.end())); // coarse to fine
    QVERIFY(!live.levels.empty());
}

void TestEngine::liveRequestsEndInTheLast() {
    const auto engine = makeEngine();
    std::mutex mutex;
    int endings = 0, values = 0;
    std::optional<Rendering> last;
    JobHandle newest;
    for (int i = 0; i <= 50; ++i) {
        EditState state = seedState(1);
        state.directions = {{"pc1", -2.5 + 0.1 * i}};
        Sink<Rendering> sink;
        sink.onDone = [&](Result<Rendering> result) {
            const std::lock_guard lock(mutex);
            ++endings;
            if (result) {
                ++values;
                last = std::move(*result);
            } else {
                QCOMPARE(result.error().code, ErrorCode::Superseded);
            }
        };
        newest = engine->preview(LiveSlot::Canvas, {.state = state, .wantMask = true, .isDraft = true}, sink);
    }
    newest.wait();
    const std::lock_guard lock(mutex);
    QCOMPARE(endings, 51);
    QVERIFY(values >= 1);
    QCOMPARE(last->state.directions[0].strength, -2.5 + 0.1 * 50);
}

void TestEngine::cancelThenRerunEqualsRun() {
    const auto engine = makeEngine();
    const RenderRequest request = wholeRequest(seedState(8));
    const Rendering whole = renderNow(*engine, request);
    const auto other = makeEngine();
    std::optional<ErrorCode> code;
    JobHandle handle;
    std::latch posted(1);
    Sink<Rendering> sink;
    sink.onPartial = [&](const auto&) {
        posted.wait();
        handle.cancel(); // at the first coarse picture
    };
    sink.onDone = [&](Result<Rendering> result) {
        if (!result)
            code = result.error().code;
    };
    handle = other->render(request, sink);
    posted.count_down();
    handle.wait();
    QVERIFY(code == ErrorCode::Cancelled);
    const Rendering again = renderNow(*other, request);
    QCOMPARE(again.picture, whole.picture);
    QCOMPARE(again.mask, whole.mask);
    QCOMPARE(again.composite, whole.composite);
}

void TestEngine::exportReopens() {
    const auto engine = makeEngine();
    QTemporaryDir folder;
    EditState state = seedState(7);
    state.directions = {{"pc3", -1.25, 1, 5}};
    const auto outcome = runJob<ExportReport>([&](auto sink) {
        return engine->exportLayers({.state = state, .target = folder.path().toStdString()}, sink);
    });
    QCOMPARE(outcome.result->value().files.size(), std::size_t{5});
    const LayerStack stack = readLayerFolder(folder.path().toStdString());
    QCOMPARE(stack.layers.size(), std::size_t{4});
    QCOMPARE(stack.layers[0].id, std::string("ground"));
    QVERIFY(stack.layers[1].image.hasAlpha());
    QVERIFY(editStateFromJson(stack.recipe) == state);
    const Rendering again = renderNow(*engine, wholeRequest(editStateFromJson(stack.recipe)));
    QCOMPARE(again.composite, stack.layers[3].image);
}

void TestEngine::unknownModelIsOneClearError() {
    const auto engine = makeEngine();
    const auto outcome =
        runJob<ModelInfo>([&](auto sink) { return engine->loadModel("no/such/model.pkl", sink); });
    QCOMPARE(outcome.terminalEvents, 1);
    QVERIFY(!*outcome.result);
    QCOMPARE(outcome.result->error().code, ErrorCode::NotFound);
    QVERIFY(outcome.result->error().message.find("no/such/model.pkl") != std::string::npos);
}

void TestEngine::unknownDirectionIsNamed() {
    const auto engine = makeEngine();
    EditState state = seedState(0);
    state.directions = {{"agee", 1}};
    const auto outcome = runJob<Rendering>([&](auto sink) { return engine->render({.state = state}, sink); });
    QVERIFY(!*outcome.result);
    QCOMPARE(outcome.result->error().code, ErrorCode::InvalidArgument);
    QVERIFY(outcome.result->error().text().find("agee") != std::string::npos);
}

void TestEngine::badMaskParameterIsNamed() {
    const auto engine = makeEngine();
    RenderRequest request{.state = seedState(0), .wantMask = true};
    request.state.mask.parameters["varriants"] = 4;
    const auto outcome = runJob<Rendering>([&](auto sink) { return engine->render(request, sink); });
    QVERIFY(!*outcome.result);
    QVERIFY(outcome.result->error().text().find("variants") != std::string::npos); // the suggestion
}

void TestEngine::deviceErrorsSayWhatToDo() {
    const auto unknown = createEngine({.device = "gpu"});
    QVERIFY(!unknown);
    QVERIFY(unknown.error().advice.find("cuda") != std::string::npos);
    const auto half = createEngine({.device = "cpu", .precision = Precision::Float16});
    QVERIFY(!half);
    QCOMPARE(half.error().code, ErrorCode::Device);
}

QTEST_GUILESS_MAIN(TestEngine)
#include "test_engine.moc"
