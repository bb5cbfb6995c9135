// SPDX-License-Identifier: Apache-2.0
// The parts of the window that need no display: view transform, square, edits, command line, session, stores.
#include "core/image/codec.h"
#include "tests/support/fake_engine.h"
#include "tests/support/fake_portrait.h"
#include "tests/support/image_compare.h"
#include "tests/support/temp_dir.h"
#include "ui/canvas/scene_builder.h"
#include "ui/canvas/shader_variant.h"
#include "ui/canvas/square_tool.h"
#include "ui/canvas/view_transform.h"
#include "ui/models/command_line.h"
#include "ui/models/edit_ops.h"
#include "ui/models/file_kind.h"
#include "ui/models/image_convert.h"
#include "ui/models/qt_text.h"
#include "ui/models/seed_model.h"

#include <QSignalSpy>
#include <QTest>

#include <fstream>

using namespace cameo;
using namespace cameo::test;
using namespace cameo::ui;
using namespace Qt::StringLiterals;

namespace {

DirectionInfo direction(const char* id) {
    DirectionInfo info;
    info.id = id;
    info.label = id;
    return info;
}

EditState withStrength(double strength, std::uint32_t seed = 7) {
    EditState state;
    state.seed = seed;
    if (strength != 0)
        state.directions.push_back({"pc1", strength, 0, -1});
    return state;
}

Rendering rendering(const EditState& state, int side) {
    const Portrait portrait = drawPortrait(state, side);
    Rendering result;
    result.state = state;
    result.picture = portrait.picture;
    return result;
}

QString written(const TempDir& folder, const char* name, const QByteArray& bytes) {
    const auto path = folder / name;
    std::ofstream(path, std::ios::binary).write(bytes.constData(), bytes.size());
    return toQt(path);
}

bool isNear(glm::dvec2 a, glm::dvec2 b) {
    return std::abs(a.x - b.x) < 1e-9 && std::abs(a.y - b.y) < 1e-9;
}

} // namespace

class TestUiModels : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void zoomKeepsThePointUnderTheCursor() {
        ViewTransform view;
        view.setViewport({800, 600});
        view.setArea({0, 0}, {256, 256});
        const glm::dvec2 cursor(300, 250);
        const glm::dvec2 before = view.toDocument(cursor);
        view.zoomBy(1.7, cursor);
        QVERIFY(isNear(view.toDocument(cursor), before));
        QVERIFY(!view.isFitted());
        view.zoomTo(1e9, cursor);
        QCOMPARE(view.zoom(), ViewTransform::maximumZoom);
        view.zoomTo(0, cursor);
        QCOMPARE(view.zoom(), ViewTransform::minimumZoom);
    }

    void fitCentresAndFollowsTheWindow() {
        ViewTransform view;
        view.setViewport({800, 600});
        view.setArea({100, 50}, {200, 100});
        const glm::dvec2 middle = view.toView({200, 100});
        QVERIFY(std::abs(middle.x - 400) <= 1 && std::abs(middle.y - 300) <= 1);
        QVERIFY(view.toView({100, 50}).x > 0);
        QVERIFY(view.toView({300, 150}).x < 800);
        const double zoom = view.zoom();
        view.setViewport({1600, 1200});
        QCOMPARE(view.zoom(), 2 * zoom);
    }

    void matrixMapsTheCanvasToClipSpace() {
        ViewTransform view;
        view.setViewport({800, 600});
        view.setArea({0, 0}, {64, 64});
        view.zoomTo(2, {10, 20});
        const glm::dvec2 corner = view.toDocument({0, 0}), end = view.toDocument({800, 600});
        const glm::vec3 topLeft = view.matrix() * glm::vec3(corner.x, corner.y, 1);
        const glm::vec3 bottomRight = view.matrix() * glm::vec3(end.x, end.y, 1);
        // float matrix: 1e-5 of clip space is a hundredth of a pixel here
        QVERIFY(std::abs(topLeft.x + 1) < 1e-5F && std::abs(topLeft.y - 1) < 1e-5F);
        QVERIFY(std::abs(bottomRight.x - 1) < 1e-5F && std::abs(bottomRight.y + 1) < 1e-5F);
    }

    void panningNeverLosesThePicture() {
        ViewTransform view;
        view.setViewport({800, 600});
        view.setArea({0, 0}, {256, 256});
        view.panBy({1e6, -1e6});
        QVERIFY(view.toView({0, 0}).x < 800);
        QVERIFY(view.toView({256, 256}).y > 0);
    }

    void squareMovesInsideThePicture() {
        SquareTool tool;
        const Rect square{10, 20, 100, 100};
        tool.press(square, {50, 60}, 5);
        QCOMPARE(*tool.drag({53, 58}, 400, 300), (Rect{13, 18, 100, 100}));
        QCOMPARE(*tool.drag({-500, 5000}, 400, 300), (Rect{0, 200, 100, 100}));
        tool.release();
        QVERIFY(!tool.drag({53, 58}, 400, 300));
        tool.press(square, {300, 250}, 5);
        QVERIFY(!tool.isDragging());
    }

    void squareResizesFromEveryCorner() {
        const Rect square{100, 100, 100, 100};
        const auto dragged = [&](QPointF from, QPointF to) {
            SquareTool tool;
            tool.press(square, from, 5);
            return tool.drag(to, 400, 300).value_or(Rect{});
        };
        QCOMPARE(dragged({200, 200}, {230, 210}), (Rect{100, 100, 130, 130}));
        QCOMPARE(dragged({100, 100}, {80, 95}), (Rect{80, 80, 120, 120}));
        QCOMPARE(dragged({200, 100}, {240, 120}), (Rect{100, 60, 140, 140}));
        QCOMPARE(dragged({100, 200}, {70, 190}), (Rect{70, 100, 130, 130}));
        QCOMPARE(dragged({200, 200}, {4000, 4000}), (Rect{100, 100, 200, 200})); // up to the picture's foot
        QCOMPARE(dragged({200, 200}, {100, 100}), (Rect{100, 100, 16, 16}));     // not to nothing
    }

    void squaresAreKeptInside() {
        QCOMPARE(centredSquare(400, 300), (Rect{50, 0, 300, 300}));
        QCOMPARE(squareInside(Rect{-5, 290, 50, 50}, 400, 300), (Rect{0, 250, 50, 50}));
        QCOMPARE(squareInside(Rect{0, 0, 9000, 9000}, 400, 300), (Rect{0, 0, 300, 300}));
        QCOMPARE(squareInside(Rect{3, 3, 1, 1}, 1, 1), (Rect{0, 0, 1, 1}));
    }

    void directionEditsReplaceAndVanish() {
        const DirectionInfo pc1 = direction("pc1"), pc2 = direction("pc2");
        EditState state = withDirection({}, pc1, {"pc1", 2.5, 0, -1});
        state = withDirection(state, pc2, {"pc2", 0, 3, 5}); // other rows: kept though it does nothing yet
        QCOMPARE(state.directions.size(), std::size_t(2));
        state = withDirection(state, pc1, {"pc1", -1, 4, 7});
        QCOMPARE(directionEdit(state, pc1), (DirectionEdit{"pc1", -1, 4, 7}));
        state = withDirection(state, pc1, {"pc1", 0, 0, -1});
        QCOMPARE(state.directions.size(), std::size_t(1));
        QVERIFY(isEdited(state));
        QVERIFY(!isEdited(state.original()));
    }

    void signs() {
        QCOMPARE(signedText(2.5, 1), u"+2.5"_s);
        QCOMPARE(signedText(-0.34, 1), u"−0.3"_s);
        QCOMPARE(signedText(-0.001, 1), u"0"_s);
    }

    void commandLineOfASeed() {
        ModelInfo model;
        model.numWs = 14;
        model.directions = {direction("pc1"), direction("pc2")};
        EditState state = withStrength(2.5, 7);
        QCOMPARE(exportCommandLine(state, &model, u"out"_s),
                 u"cameo export --seed 7 --set pc1=+2.5 --out out"_s);
        state.directions = {{"pc1", 2.5, 4, 7}, {"pc2", -0.1, 6, -1}};
        state.mix = StyleMix{12, 4};
        state.psi = 0.55;
        state.noise = NoiseMode::Random;
        state.noiseSeed = 3;
        state.mask.threshold = 0.4;
        state.mask.parameters = {{"variants", 24}};
        state.model = "/models/my face.pkl";
        QCOMPARE(
            exportCommandLine(state, &model, u"it's out"_s),
            u"cameo export --seed 7 --psi 0.55 --model '/models/my face.pkl' --noise random --noise-seed 3 "
            "--set pc1:4-7=+2.5 --set pc2:6-13=-0.1 --mix 12:4 --threshold 0.4 --mask-variants 24 "
            "--out 'it'\\''s out'"_s);
    }

    void commandLineOfAPhoto() {
        EditState state;
        state.photo = PhotoSource{"/photos/a.jpg", Rect{10, 20, 300, 300}};
        state.latent = Latent{};
        QCOMPARE(exportCommandLine(state, nullptr, u"o"_s),
                 u"cameo export /photos/a.jpg --square 10,20,300 --out o"_s);
        state.photo.reset();
        QVERIFY(exportCommandLine(state, nullptr, u"o"_s).isEmpty());
    }

    void draggingIsOneStep() {
        Session session;
        session.restart(u"Seed 7"_s, withStrength(0));
        QVERIFY(!session.canUndo());
        const QSignalSpy steps(&session, &Session::historyChanged);
        for (int i = 1; i <= 51; ++i)
            session.preview(u"pc1"_s, withStrength(i * 0.1));
        QCOMPARE(steps.count(), 0);
        QVERIFY(session.hasDraft());
        session.commitDraft();
        QCOMPARE(steps.count(), 1);
        QCOMPARE(session.state(), withStrength(51 * 0.1));
        QVERIFY(session.canUndo());
        session.undo();
        QCOMPARE(session.state(), withStrength(0));
        session.undo(); // not before the first step
        QCOMPARE(session.state(), withStrength(0));
        session.redo();
        QCOMPARE(session.state(), withStrength(51 * 0.1));
    }

    void undoWhileDraggingTakesTheDraftBack() {
        Session session;
        session.restart(u"Seed 7"_s, withStrength(0));
        session.preview(u"pc1"_s, withStrength(3));
        session.undo();
        QVERIFY(!session.hasDraft());
        QCOMPARE(session.state(), withStrength(0));
        session.redo();
        QCOMPARE(session.state(), withStrength(3));
    }

    void historyJumps() {
        Session session;
        session.restart(u"a"_s, withStrength(0));
        for (int i = 1; i <= 3; ++i)
            session.commit(u"b"_s, withStrength(i));
        session.goTo(session.firstStep() + 1);
        QCOMPARE(session.state(), withStrength(1));
        QVERIFY(session.canRedo());
        session.goTo(99);
        QCOMPARE(session.state(), withStrength(1));
    }

    void everyModeRemembersItsView() {
        ViewModel view;
        view.setMode(Mode::Mask);
        QCOMPARE(view.maskView(), MaskView::Overlay);
        view.cycleMaskView();
        QCOMPARE(view.maskView(), MaskView::OnBlack);
        view.setMode(Mode::Edit);
        QCOMPARE(view.maskView(), MaskView::Off);
        view.setMode(Mode::Mask);
        QCOMPARE(view.maskView(), MaskView::OnBlack);
        for (int i = 0; i < maskViewCount; ++i)
            view.cycleMaskView();
        QCOMPARE(view.maskView(), MaskView::OnBlack);
    }

    void hidingALayerShowsLayers() {
        ViewModel view;
        QCOMPARE(view.content(), Content::Picture);
        view.setVisible(LayerKind::Ground, false);
        QCOMPARE(view.content(), Content::Composite);
        QVERIFY(!view.isVisible(LayerKind::Ground));
        view.setVisible(LayerKind::Mask, true);
        QCOMPARE(view.maskView(), MaskView::Overlay);
        view.setVisible(LayerKind::Mask, false);
        QCOMPARE(view.maskView(), MaskView::Off);
    }

    void storeKeepsWhatStillBelongs() {
        PictureStore store;
        Rendering first = rendering(withStrength(0), 32);
        first.mask = drawPortrait(first.state, 32).mask;
        first.plate = first.composite = first.picture;
        store.take(first, Arrival::Final);
        QCOMPARE(store.originalFor(withStrength(2)), first.picture);

        store.take(rendering(withStrength(1), 16), Arrival::OnTheWay);
        QCOMPARE(store.shown().mask, first.mask);
        QCOMPARE(store.shown().plate, first.plate);
        QVERIFY(store.shown().composite.isEmpty()); // it shows the person before the edit
        QVERIFY(!store.isComplete());

        store.take(rendering(withStrength(0, 8), 16), Arrival::OnTheWay); // another person
        QVERIFY(store.shown().mask.isEmpty());
        QVERIFY(store.shown().plate.isEmpty());
        QVERIFY(store.originalFor(withStrength(0, 8)).isEmpty());
    }

    void sceneOfAPhotographUsesItsPixels() {
        Session session;
        ViewModel view;
        PictureStore pictures;
        Rendering shown = rendering(withStrength(1), 32);
        shown.state.photo = PhotoSource{"a.jpg", Rect{100, 50, 200, 200}};
        pictures.take(shown, Arrival::Final);
        const Photo photo{u"a.jpg"_s, 640, 480, makeTestPicture(64, 48, 3)};
        CanvasScene scene = buildScene({session, view, pictures, &photo, nullptr, {}});
        QCOMPARE(scene.area, QRectF(100, 50, 200, 200)); // the picture alone
        view.setContent(Content::Composite);
        scene = buildScene({session, view, pictures, &photo, nullptr, {}});
        QCOMPARE(scene.area, QRectF(0, 0, 640, 480));
        QCOMPARE(scene.pictureArea, QRectF(100, 50, 200, 200));
        QCOMPARE(scene.originalArea, scene.area);
    }

    void sceneWithoutPictureSaysWhatToDo() {
        Session session;
        const ViewModel view;
        const PictureStore pictures;
        const CanvasScene scene = buildScene({session, view, pictures, nullptr, nullptr, u"Open a model"_s});
        QVERIFY(scene.area.isEmpty());
        QCOMPARE(scene.hint, u"Open a model"_s);
    }

    void filesAreToldApartByContent() {
        const TempDir folder;
        writePng(folder / "photo.pkl", makeTestPicture(4, 4, 3));
        QCOMPARE(fileKind(toQt(folder / "photo.pkl")), FileKind::Picture);
        QCOMPARE(fileKind(written(folder, "model.jpg", QByteArray("\x80\x02}q", 4))), FileKind::Model);
        QCOMPARE(fileKind(written(folder, "empty.png", {})), FileKind::Model);
        QCOMPARE(fileKind(toQt(folder / "absent.png")), FileKind::Model);
        QCOMPARE(fileKind(written(folder, "recipe.bin", " \n{\"format\": \"cameo-edit\"}")),
                 FileKind::Recipe);
        QCOMPARE(fileKind(toQt(folder.path())), FileKind::Recipe);
        QCOMPARE(fileKind(written(folder, "layers.bin", "8BPS\0\1")), FileKind::Recipe);
        const QByteArray zip = QByteArray("PK\3\4").append(26, '\0');
        QCOMPARE(fileKind(written(folder, "layers.zip", zip + "mimetypeimage/openraster")), FileKind::Recipe);
        QCOMPARE(fileKind(written(folder, "model.zip", zip + "archive/data.pkl")), FileKind::Model);
    }

    void picturesBecomeQImages() {
        const Image rgb = makeTestPicture(7, 5, 3);
        const QImage image = toQImage(rgb);
        QCOMPARE(image.size(), QSize(7, 5));
        QCOMPARE(image.pixelColor(3, 2).red(), static_cast<int>(rgb.u8()[(2 * 7 + 3) * 3]));
        const Image greyAlpha = makeTestPicture(3, 3, 2);
        QCOMPARE(toQImage(greyAlpha).pixelColor(1, 1).alpha(),
                 static_cast<int>(greyAlpha.u8()[(1 * 3 + 1) * 2 + 1]));
        QVERIFY(toQImage(Image()).isNull());
        QCOMPARE(toQImage(Mask(2, 1, {0.0F, 0.5F})).pixelColor(1, 0).red(), 128);
        QCOMPARE(thumbnail(makeTestPicture(400, 200, 3), 40).size(), QSize(40, 20));
        const Image thin = subsampled(makeTestPicture16(30, 20, 4), 3);
        QCOMPARE(thin.width(), 10);
        QCOMPARE(thin.u16()[4], makeTestPicture16(30, 20, 4).u16()[3 * 4]);
    }

    void seedsStayUnique() {
        SeedModel model;
        model.setSeeds({1, 2, 3});
        model.include(2);
        QCOMPARE(model.rowCount(), 3);
        model.include(9);
        QCOMPARE(model.rowOf(9), std::optional<int>(0));
        model.setPicture(2, QImage(2, 2, QImage::Format_RGB32));
        QVERIFY(model.hasPicture(2) && !model.hasPicture(9));
        for (std::uint32_t seed = 100; seed < 200; ++seed)
            model.include(seed);
        QCOMPARE(model.rowCount(), static_cast<int>(SeedModel::mostSeeds));
    }

    void variantsDefineWhatIsSeen() {
        ShaderVariant variant;
        variant.picture = Scaling::Squares;
        variant.maskView = MaskView::Onion;
        const QByteArray source = fragmentSource("#version 330\n// VARIANT\nvoid main() {}\n", variant);
        QVERIFY(source.startsWith("#version 330\n#define PICTURE 2\n"));
        QVERIFY(source.contains("#define MASK -1\n"));
        QVERIFY(source.contains("#define MASK_VIEW 5\n"));
    }
};

QTEST_GUILESS_MAIN(TestUiModels)
#include "test_ui_models.moc"
