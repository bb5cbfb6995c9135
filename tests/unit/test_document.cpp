// SPDX-License-Identifier: Apache-2.0
#include "core/document/document.h"
#include "tests/support/expect_failure.h"

#include <QTest>
#include <cmath>

using namespace cameo;

namespace {

EditState fullState() {
    EditState state;
    state.model = "models/portraits.safetensors";
    state.seed = 4294967295u;
    std::vector<float> values;
    for (int i = 0; i < 18 * 16; ++i)
        values.push_back(static_cast<float>(std::sin(i * 12.9898) * 43.7));
    values[0] = 1e-42f; // denormal
    values[1] = -3.4e38f;
    state.latent = Latent{LatentSpace::WPlus, 18, 16, std::make_shared<const std::vector<float>>(values)};
    state.photo = PhotoSource{"Bilder/Grüße \"1\".jpg", {-3, 7, 512, 512}};
    state.classIndex = 3;
    state.psi = 0.1 + 0.2;
    state.cutoff = 8;
    state.noise = NoiseMode::Random;
    state.noiseSeed = 77;
    state.directions = {{"pc1", 1.5, 0, -1}, {"pc12", -2.25, 3, 7}};
    state.mix = StyleMix{12, 6};
    state.mask = {"clusters", {{"clusters", 12}, {"working-size", 0.3}}, 0.4, 0.25, 1.75};
    return state;
}

Json without(const Json& json, const std::string& key) {
    Json::Object members;
    for (const auto& member : json.asObject())
        if (member.first != key)
            members.push_back(member);
    return Json(std::move(members));
}

} // namespace

class TestDocument : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void recipeIsIdentity();
    void recipeTextIsStable();
    void missingMembersAreNamed();
    void wrongMembersAreNamed_data();
    void wrongMembersAreNamed();
    void newerVersionIsRefused();
    void originalHasNoEdits();
    void latentsCompareByContent();
    void undoAndRedo();
    void equalStepIsIgnored();
    void jumps();
};

void TestDocument::recipeIsIdentity() {
    for (const EditState& state : {EditState{}, fullState()}) {
        const Json json = Json::parse(toJson(state).dump(2));
        QVERIFY(editStateFromJson(json) == state);
    }
    EditState seedOnly;
    seedOnly.latent = Latent{LatentSpace::Z, 1, 1, std::make_shared<const std::vector<float>>(1, 0.1f)};
    QVERIFY(editStateFromJson(toJson(seedOnly)) == seedOnly);
}

void TestDocument::recipeTextIsStable() {
    const std::string text = toJson(fullState()).dump();
    QCOMPARE(toJson(editStateFromJson(Json::parse(text))).dump(), text);
    QVERIFY2(toJson(fullState()).at("latent").at("values").asArray()[2].dump().size() < 13,
             "floats keep few digits");
}

void TestDocument::missingMembersAreNamed() {
    const Json whole = toJson(fullState());
    for (const char* key :
         {"format", "version", "model", "seed", "psi", "cutoff", "noise", "noise-seed", "directions", "mask"})
        CAMEO_VERIFY_FAILURE(editStateFromJson(without(whole, key)), ErrorCode::InvalidArgument, key);
    for (const char* key : {"method", "parameters", "threshold", "softness", "feather"}) {
        Json broken = whole;
        broken.set("mask", without(whole.at("mask"), key));
        CAMEO_VERIFY_FAILURE(editStateFromJson(broken), ErrorCode::InvalidArgument,
                             std::string("mask.") + key);
    }
    for (const char* key : {"latent", "photo", "class-index", "mix"}) // may be absent
        QVERIFY(!cameo::test::failureOf([&] { editStateFromJson(without(whole, key)); }));
}

void TestDocument::wrongMembersAreNamed_data() {
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* key, const char* value, const char* named) {
        QTest::addRow("%s %s", key, value)
            << QString::fromUtf8(key) << QString::fromUtf8(value) << QString::fromUtf8(named);
    };
    row("seed", "-1", "'seed'");
    row("seed", "4294967296", "'seed'");
    row("seed", "1.5", "'seed'");
    row("psi", "null", "'psi'");
    row("psi", "\"0.7\"", "'psi'");
    row("noise", "\"some\"", "'noise'");
    row("cutoff", "-2", "'cutoff'");
    row("directions", "{}", "'directions'");
    row("directions", "[{\"direction\":\"pc1\"}]", "'directions[0].strength'");
    row("latent", "{\"space\":\"w\",\"rows\":1,\"dim\":2,\"values\":[1]}", "'latent.values'");
    row("latent", "{\"space\":\"w\",\"rows\":1,\"dim\":1,\"values\":[1e300]}", "'latent.values'");
    row("latent", "{\"space\":\"w\",\"rows\":2147483647,\"dim\":2147483647,\"values\":[]}", "'latent.rows'");
    row("latent", "{\"space\":\"w+\",\"rows\":2147483647,\"dim\":2147483647,\"values\":[]}",
        "'latent.values'");
    row("latent", "{\"space\":\"s\",\"rows\":1,\"dim\":1,\"values\":[1]}", "'latent.space'");
    row("photo", "{\"file\":\"a\",\"x\":0,\"y\":0,\"width\":3,\"height\":4}", "'photo.height'");
    row("mask", "[]", "'mask'");
    row("sed", "1", "'sed'");
}

void TestDocument::wrongMembersAreNamed() {
    QFETCH(QString, key);
    QFETCH(QString, value);
    QFETCH(QString, named);
    Json json = toJson(fullState());
    json.set(key.toStdString(), Json::parse(value.toStdString()));
    CAMEO_VERIFY_FAILURE(editStateFromJson(json), ErrorCode::InvalidArgument, named.toStdString());
}

void TestDocument::newerVersionIsRefused() {
    Json json = toJson(EditState{});
    json.set("version", 2);
    json.set("something-new", true);
    CAMEO_VERIFY_FAILURE(editStateFromJson(json), ErrorCode::InvalidArgument, "newer Cameo");
    json.set("format", "other");
    CAMEO_VERIFY_FAILURE(editStateFromJson(json), ErrorCode::InvalidArgument, "'format'");
    CAMEO_VERIFY_FAILURE(editStateFromJson(Json(3)), ErrorCode::InvalidArgument, "'format'");
}

void TestDocument::originalHasNoEdits() {
    EditState plain = fullState();
    plain.directions.clear();
    plain.mix.reset();
    QVERIFY(fullState().original() == plain);
    QVERIFY(plain.original() == plain);
}

void TestDocument::latentsCompareByContent() {
    QVERIFY(fullState() == fullState()); // two latents, same numbers
    EditState other = fullState();
    std::vector<float> values = *other.latent->values;
    values.back() += 1;
    other.latent->values = std::make_shared<const std::vector<float>>(values);
    QVERIFY(!(other == fullState()));
    other.latent->values = nullptr;
    QVERIFY(!(other == fullState()));
}

void TestDocument::undoAndRedo() {
    Document document;
    QVERIFY(!document.canUndo() && !document.canRedo());
    std::vector<EditState> states{document.state()};
    for (int i = 1; i <= 5; ++i) {
        EditState state = document.state();
        state.seed = static_cast<std::uint32_t>(i);
        document.commit("Seed " + std::to_string(i), state);
        states.push_back(state);
    }
    for (std::size_t back = 1; back <= 5; ++back) {
        for (std::size_t i = 0; i < back; ++i)
            document.undo();
        QVERIFY(document.state() == states[5 - back]);
        for (std::size_t i = 0; i < back; ++i)
            document.redo();
        QVERIFY(document.state() == states[5] && !document.canRedo());
    }
    document.undo();
    document.undo();
    document.commit("Other", fullState()); // drops two steps
    QCOMPARE(document.history().size(), std::size_t{5});
    QVERIFY(!document.canRedo());
    document.redo();
    QVERIFY(document.state() == fullState());
    QCOMPARE(document.history()[document.position()].name, std::string("Other"));
}

void TestDocument::equalStepIsIgnored() {
    Document document;
    document.commit("Nothing", document.state());
    QCOMPARE(document.history().size(), std::size_t{1});
    QVERIFY(!document.canUndo());
    document.undo();
    document.redo();
    QCOMPARE(document.position(), std::size_t{0});
}

void TestDocument::jumps() {
    Document document;
    document.commit("A", fullState());
    document.goTo(0);
    QVERIFY(document.state() == EditState{} && document.canRedo());
    document.goTo(1);
    QVERIFY(document.state() == fullState());
    CAMEO_VERIFY_FAILURE(document.goTo(2), ErrorCode::InvalidArgument, "2 steps");
}

QTEST_APPLESS_MAIN(TestDocument)
#include "test_document.moc"
