// SPDX-License-Identifier: Apache-2.0
// The canvas, pixel by pixel: what is drawn where, at which zoom, in which view; and what the pointer does.
#include "tests/support/pointer.h"
#include "tests/support/ui_main.h"
#include "ui/canvas/canvas_widget.h"

#include <QOpenGLContext>
#include <QOpenGLFunctions>
#include <QSignalSpy>
#include <QWheelEvent>

#include <cmath>

using namespace cameo;
using namespace cameo::test;
using namespace cameo::ui;

namespace {

constexpr QColor personColour(200, 120, 60);
constexpr QColor groundColour(40, 80, 160);

Image filled(int width, int height, const QColor& colour) {
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < width * height; ++i)
        for (const int channel : {colour.red(), colour.green(), colour.blue()})
            pixels.push_back(static_cast<std::uint8_t>(channel));
    return Image(width, height, 3, std::move(pixels));
}

/// Pixel (x, y) is red 16 x, green 16 y, blue 99 or 199 in turn.
Image chequered(int side) {
    std::vector<std::uint8_t> pixels;
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            pixels.push_back(static_cast<std::uint8_t>(16 * x));
            pixels.push_back(static_cast<std::uint8_t>(16 * y));
            pixels.push_back((x + y) % 2 ? 199 : 99);
        }
    return Image(side, side, 3, std::move(pixels));
}

/// `left` on the left half, `right` on the right half.
Mask halves(int side, float left, float right) {
    std::vector<float> alpha;
    for (int i = 0; i < side * side; ++i)
        alpha.push_back(i % side < side / 2 ? left : right);
    return Mask(side, side, std::move(alpha));
}

CanvasScene sceneOf(const Image& picture) {
    CanvasScene scene;
    scene.picture = picture;
    scene.area = scene.pictureArea = QRectF(0, 0, picture.width(), picture.height());
    return scene;
}

/// Channels are rounded once by the framebuffer and once by the textures.
bool isNear(const QColor& a, const QColor& b, int tolerance = 2) {
    return std::abs(a.red() - b.red()) <= tolerance && std::abs(a.green() - b.green()) <= tolerance &&
           std::abs(a.blue() - b.blue()) <= tolerance;
}

QColor blended(const QColor& from, const QColor& to, double share) {
    const auto channel = [&](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * share)); };
    return QColor(channel(from.red(), to.red()), channel(from.green(), to.green()),
                  channel(from.blue(), to.blue()));
}

QByteArray text(const QColor& colour) {
    return colour.name().toLatin1();
}

} // namespace

#define COMPARE_COLOURS(actual, expected)                                                                    \
    do {                                                                                                     \
        const QColor seen = (actual), wanted = (expected);                                                   \
        QVERIFY2(isNear(seen, wanted), ("saw " + text(seen) + ", wanted " + text(wanted)).constData());      \
    } while (false)

class TestCanvas : public QObject {
    Q_OBJECT

  private:
    std::unique_ptr<CanvasWidget> m_canvas;

    /// What is drawn at a document point.
    QColor at(double x, double y) {
        const QImage frame = m_canvas->grabFramebuffer();
        const glm::dvec2 view = m_canvas->view().toView({x, y});
        return frame.pixelColor(static_cast<int>(std::floor(view.x)), static_cast<int>(std::floor(view.y)));
    }
    void show(const CanvasScene& scene) {
        m_canvas->setScene(scene);
        QTest::qWait(10);
    }
    QPoint pointOf(double x, double y) const {
        const glm::dvec2 view = m_canvas->view().toView({x, y});
        return QPoint(static_cast<int>(view.x), static_cast<int>(view.y));
    }
    /// Person colour everywhere, the mask 0 on the left and 1 on the right.
    CanvasScene maskScene(MaskView view) {
        CanvasScene scene = sceneOf(filled(16, 16, personColour));
        scene.mask = halves(16, 0, 1);
        scene.maskView = view;
        return scene;
    }

  private Q_SLOTS:
    void init() {
        m_canvas = std::make_unique<CanvasWidget>();
        m_canvas->resize(400, 300);
        const QSignalSpy failures(m_canvas.get(), &CanvasWidget::failed);
        m_canvas->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_canvas.get()));
        QTest::qWait(20);
        QCOMPARE(failures.count(), 0);
    }

    void cleanup() { m_canvas.reset(); }

    void nothingToShowIsTheSurround() {
        CanvasScene scene;
        scene.hint = QStringLiteral("Open a model");
        show(scene);
        const QImage frame = m_canvas->grabFramebuffer();
        COMPARE_COLOURS(frame.pixelColor(5, 5), CanvasColours().surround);
        int written = 0; // the hint's letters are brighter than what is behind them
        for (int y = 100; y < 200; ++y)
            for (int x = 100; x < 300; ++x)
                written += frame.pixelColor(x, y).lightness() > 90;
        QVERIFY(written > 50);
    }

    void pictureIsWhereItBelongs() {
        show(sceneOf(filled(64, 64, personColour)));
        COMPARE_COLOURS(at(32, 32), personColour);
        COMPARE_COLOURS(at(1, 1), personColour);
        COMPARE_COLOURS(at(63, 63), personColour);
        COMPARE_COLOURS(at(-4, 32), CanvasColours().surround);
        COMPARE_COLOURS(at(32, 66), CanvasColours().surround);
    }

    void everyPixelIsItselfAtActualSize() {
        const Image picture = chequered(16);
        show(sceneOf(picture));
        m_canvas->zoomToActualPixels();
        QCOMPARE(m_canvas->zoom(), 1.0);
        for (const int y : {0, 3, 15})
            for (const int x : {0, 7, 15}) {
                const auto* pixel = picture.u8().data() + (y * 16 + x) * 3;
                COMPARE_COLOURS(at(x + 0.5, y + 0.5), QColor(pixel[0], pixel[1], pixel[2]));
            }
    }

    void pixelsAreSquaresWhenZoomedIn() {
        show(sceneOf(chequered(16)));
        while (m_canvas->zoom() < 40)
            m_canvas->zoomIn();
        COMPARE_COLOURS(at(7.1, 7.1), QColor(112, 112, 99));
        COMPARE_COLOURS(at(7.9, 7.9), QColor(112, 112, 99));
        COMPARE_COLOURS(at(8.1, 7.9), QColor(128, 112, 199));
    }

    void smallPictureIsSmoothWhenFitted() {
        show(sceneOf(chequered(16)));
        const int between = at(8, 7.5).blue(); // on the border of a 99 and a 199
        QVERIFY2(between > 120 && between < 180, QByteArray::number(between).constData());
    }

    void coarsePictureIsStretchedOverTheSameRectangle() {
        show(sceneOf(filled(64, 64, personColour)));
        const double zoom = m_canvas->zoom();
        CanvasScene coarse = sceneOf(filled(4, 4, groundColour));
        coarse.area = coarse.pictureArea = QRectF(0, 0, 64, 64);
        show(coarse);
        QCOMPARE(m_canvas->zoom(), zoom);
        COMPARE_COLOURS(at(2, 2), groundColour);
        COMPARE_COLOURS(at(62, 62), groundColour);
    }

    void largePictureIsAveragedWhenReduced() {
        // Fine stripes: sampling single pixels would give 0 or 255.
        std::vector<std::uint8_t> pixels;
        for (int i = 0; i < 2048 * 1024; ++i)
            for (int c = 0; c < 3; ++c)
                pixels.push_back(i % 2 ? 255 : 0);
        show(sceneOf(Image(2048, 1024, 3, std::move(pixels))));
        QVERIFY(m_canvas->zoom() < 0.25);
        COMPARE_COLOURS(at(1024, 512), QColor(128, 128, 128));
    }

    void sixteenBitAndGreyPictures() {
        show(sceneOf(Image(2, 2, 3, std::vector<std::uint16_t>(12, 0x8080))));
        COMPARE_COLOURS(at(1, 1), QColor(128, 128, 128));
        show(sceneOf(Image(2, 2, 1, std::vector<std::uint8_t>(4, 77))));
        COMPARE_COLOURS(at(1, 1), QColor(77, 77, 77));
    }

    void maskViews() {
        const QColor tint = CanvasColours().groundTint;
        show(maskScene(MaskView::Off));
        COMPARE_COLOURS(at(3, 8), personColour);
        show(maskScene(MaskView::Overlay));
        COMPARE_COLOURS(at(3, 8), blended(personColour, tint, 0.55));
        COMPARE_COLOURS(at(13, 8), personColour);
        show(maskScene(MaskView::OnBlack));
        COMPARE_COLOURS(at(3, 8), Qt::black);
        COMPARE_COLOURS(at(13, 8), personColour);
        show(maskScene(MaskView::OnWhite));
        COMPARE_COLOURS(at(3, 8), Qt::white);
        COMPARE_COLOURS(at(13, 8), personColour);
        show(maskScene(MaskView::BlackAndWhite));
        COMPARE_COLOURS(at(3, 8), Qt::black);
        COMPARE_COLOURS(at(13, 8), Qt::white);
        show(maskScene(MaskView::Onion));
        const QColor onion = at(3, 8);
        QVERIFY(isNear(onion, blended(CanvasColours().checkDark, personColour, 0.2)) ||
                isNear(onion, blended(CanvasColours().checkLight, personColour, 0.2)));
        COMPARE_COLOURS(at(13, 8), personColour);
    }

    void overlayMarksTheEdge() {
        show(maskScene(MaskView::Overlay));
        const QImage frame = m_canvas->grabFramebuffer();
        const int y = pointOf(8, 8).y();
        int orange = 0;
        for (int x = pointOf(6, 8).x(); x < pointOf(10, 8).x(); ++x)
            orange += isNear(frame.pixelColor(x, y), CanvasColours().edgeTint, 40);
        QVERIFY2(orange >= 1 && orange <= 6, QByteArray::number(orange).constData());
    }

    void hatchStripesTheGround() {
        CanvasScene scene = maskScene(MaskView::Overlay);
        scene.isHatched = true;
        show(scene);
        const QImage frame = m_canvas->grabFramebuffer();
        int plain = 0, striped = 0;
        const QPoint from = pointOf(2, 8);
        for (int x = from.x(); x < from.x() + 40; ++x) {
            const QColor seen = frame.pixelColor(x, from.y());
            plain += isNear(seen, blended(personColour, CanvasColours().groundTint, 0.55));
            striped += isNear(seen, blended(personColour, CanvasColours().groundTint, 0.85));
        }
        QVERIFY(plain > 20 && striped > 5);
    }

    void layersAreMixedInLinearLight() {
        CanvasScene scene = sceneOf(filled(16, 16, Qt::white));
        scene.mask = Mask(16, 16, std::vector<float>(256, 0.5F));
        scene.ground = filled(16, 16, Qt::black);
        scene.content = Content::Composite;
        show(scene);
        COMPARE_COLOURS(at(8, 8), QColor(188, 188, 188)); // half the light of white in sRGB, not 128
    }

    void layersCanBeHidden() {
        CanvasScene scene = sceneOf(filled(16, 16, personColour));
        scene.mask = halves(16, 0, 1);
        scene.ground = filled(16, 16, groundColour);
        scene.content = Content::Composite;
        show(scene);
        COMPARE_COLOURS(at(3, 8), groundColour);
        COMPARE_COLOURS(at(13, 8), personColour);
        scene.showsPerson = false;
        show(scene);
        COMPARE_COLOURS(at(13, 8), groundColour);
        scene.showsPerson = true;
        scene.showsGround = false;
        show(scene);
        COMPARE_COLOURS(at(13, 8), personColour);
        const QColor empty = at(3, 8);
        QVERIFY(isNear(empty, CanvasColours().checkDark) || isNear(empty, CanvasColours().checkLight));
    }

    void finishedCompositeIsShownAsItIs() {
        CanvasScene scene = sceneOf(filled(16, 16, personColour));
        scene.ground = filled(16, 16, groundColour);
        scene.composite = filled(16, 16, QColor(1, 2, 3));
        scene.content = Content::Composite;
        show(scene);
        COMPARE_COLOURS(at(8, 8), QColor(1, 2, 3));
    }

    void personLiesInItsSquare() {
        CanvasScene scene = sceneOf(filled(8, 8, personColour));
        scene.area = QRectF(0, 0, 64, 48);
        scene.pictureArea = QRectF(20, 10, 16, 16);
        scene.ground = filled(64, 48, groundColour);
        scene.content = Content::Composite;
        show(scene);
        COMPARE_COLOURS(at(28, 18), personColour);
        COMPARE_COLOURS(at(18, 18), groundColour);
        COMPARE_COLOURS(at(28, 28), groundColour);
    }

    void originalIsShownOnDemand() {
        CanvasScene scene = sceneOf(filled(16, 16, personColour));
        scene.original = filled(16, 16, groundColour);
        scene.originalArea = scene.area;
        show(scene);
        COMPARE_COLOURS(at(8, 8), personColour);
        scene.showsOriginal = true;
        show(scene);
        COMPARE_COLOURS(at(8, 8), groundColour);
    }

    void wipeSplitsAndCanBeDragged() {
        CanvasScene scene = sceneOf(filled(16, 16, personColour));
        scene.original = filled(16, 16, groundColour);
        scene.originalArea = scene.area;
        scene.isWiping = true;
        show(scene);
        COMPARE_COLOURS(at(3, 12), groundColour);
        COMPARE_COLOURS(at(13, 12), personColour);
        const QPoint line(200, 200);
        QTest::mousePress(m_canvas.get(), Qt::LeftButton, {}, line);
        movePointer(*m_canvas, QPoint(pointOf(14, 8).x(), 200));
        QTest::mouseRelease(m_canvas.get(), Qt::LeftButton, {}, QPoint(pointOf(14, 8).x(), 200));
        COMPARE_COLOURS(at(13, 12), groundColour);
        COMPARE_COLOURS(at(15.5, 12), personColour);
    }

    void wheelZoomsAtTheCursor() {
        show(sceneOf(filled(64, 64, personColour)));
        const QPointF cursor(260, 180);
        const glm::dvec2 before = m_canvas->view().toDocument({cursor.x(), cursor.y()});
        const double zoom = m_canvas->zoom();
        QWheelEvent wheel(cursor, m_canvas->mapToGlobal(cursor), {}, QPoint(0, 240), Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(m_canvas.get(), &wheel);
        QVERIFY(m_canvas->zoom() > 1.3 * zoom);
        const glm::dvec2 after = m_canvas->view().toDocument({cursor.x(), cursor.y()});
        QVERIFY(std::abs(after.x - before.x) < 1e-6 && std::abs(after.y - before.y) < 1e-6);
        m_canvas->fit();
        QCOMPARE(m_canvas->zoom(), zoom);
    }

    void middleButtonPans() {
        show(sceneOf(filled(64, 64, personColour)));
        const glm::dvec2 before = m_canvas->view().toView({0, 0});
        QTest::mousePress(m_canvas.get(), Qt::MiddleButton, {}, QPoint(200, 150));
        movePointer(*m_canvas, QPoint(230, 140));
        QTest::mouseRelease(m_canvas.get(), Qt::MiddleButton, {}, QPoint(230, 140));
        const glm::dvec2 after = m_canvas->view().toView({0, 0});
        QCOMPARE(after.x - before.x, 30.0);
        QCOMPARE(after.y - before.y, -10.0);
    }

    void spaceBarMakesTheLeftButtonPan() {
        show(sceneOf(filled(64, 64, personColour)));
        const glm::dvec2 before = m_canvas->view().toView({0, 0});
        m_canvas->setPanning(true);
        QTest::mousePress(m_canvas.get(), Qt::LeftButton, {}, QPoint(200, 150));
        movePointer(*m_canvas, QPoint(210, 150));
        QTest::mouseRelease(m_canvas.get(), Qt::LeftButton, {}, QPoint(210, 150));
        QCOMPARE(m_canvas->view().toView({0, 0}).x - before.x, 10.0);
    }

    void squareIsDragged() {
        CanvasScene scene = sceneOf(filled(64, 64, personColour));
        scene.square = Rect{16, 16, 32, 32};
        show(scene);
        Rect dragged;
        connect(m_canvas.get(), &CanvasWidget::squareDragged, this,
                [&](const Rect& square) { dragged = square; });
        QTest::mousePress(m_canvas.get(), Qt::LeftButton, {}, pointOf(32, 32));
        movePointer(*m_canvas, pointOf(36, 28));
        QTest::mouseRelease(m_canvas.get(), Qt::LeftButton, {}, pointOf(36, 28));
        QVERIFY(std::abs(dragged.x - 20) <= 1 && std::abs(dragged.y - 12) <= 1);
        QCOMPARE(dragged.width, 32);
        // outside of the square the picture is dimmed
        QVERIFY(at(4, 4).red() < personColour.red() - 50);
        COMPARE_COLOURS(at(30, 30), personColour);
    }

    void pointerReadsColourAndAlpha() {
        CanvasScene scene = sceneOf(chequered(16));
        scene.mask = halves(16, 0.25F, 1);
        show(scene);
        const PixelProbe probe = m_canvas->probe(pointOf(3.5, 9.5));
        QCOMPARE(probe.position, QPoint(3, 9));
        QCOMPARE(*probe.colour, QColor(48, 144, 99));
        QCOMPARE(*probe.alpha, 0.25);
        QVERIFY(!m_canvas->probe(QPointF(1, 1)).colour);
    }

    void hudIsDrawnAndTakesThePointer() {
        show(sceneOf(filled(64, 64, personColour)));
        const QImage without = m_canvas->grabFramebuffer();
        HudReport report;
        report.timings = {{"synthesis", 41}, {"mask", 6}};
        report.device = "CPU";
        report.precision = "float32";
        m_canvas->setHudReport(report);
        m_canvas->setHudVisible(true);
        QTest::qWait(20);
        const QImage with = m_canvas->grabFramebuffer();
        int changed = 0;
        for (int y = 12; y < 120; ++y)
            for (int x = 12; x < 240; ++x)
                changed += without.pixel(x, y) != with.pixel(x, y);
        QVERIFY2(changed > 5000, QByteArray::number(changed).constData());
        COMPARE_COLOURS(with.pixelColor(380, 280), without.pixelColor(380, 280));
        // On the display the middle button does not pan.
        const glm::dvec2 before = m_canvas->view().toView({0, 0});
        movePointer(*m_canvas, QPoint(60, 40));
        m_canvas->grabFramebuffer(); // Dear ImGui notices a pointer at the next frame
        QTest::mousePress(m_canvas.get(), Qt::MiddleButton, {}, QPoint(60, 40));
        movePointer(*m_canvas, QPoint(90, 40));
        QTest::mouseRelease(m_canvas.get(), Qt::MiddleButton, {}, QPoint(90, 40));
        QCOMPARE(m_canvas->view().toView({0, 0}).x, before.x);
    }

    void manyScenesLeaveNoError() {
        for (int i = 0; i < 30; ++i) {
            CanvasScene scene = maskScene(static_cast<MaskView>(i % maskViewCount));
            scene.picture = filled(1 << (i % 8), 1 << (i % 8), personColour);
            scene.content = i % 2 ? Content::Composite : Content::Picture;
            m_canvas->setScene(scene);
            m_canvas->grabFramebuffer();
        }
        m_canvas->makeCurrent();
        QCOMPARE(m_canvas->context()->functions()->glGetError(), static_cast<GLenum>(GL_NO_ERROR));
        m_canvas->doneCurrent();
    }
};

CAMEO_UI_TEST_MAIN(TestCanvas)
#include "test_canvas.moc"
