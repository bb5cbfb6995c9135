// SPDX-License-Identifier: Apache-2.0
// The window in its main states, for looking at: every state is also checked for not being blank.
#include "tests/support/shared_data.h"
#include "tests/support/ui_main.h"
#include "tests/support/window_probe.h"

#include "core/image/codec.h"
#include "tests/support/fake_portrait.h"
#include "tests/support/temp_dir.h"
#include "ui/models/edit_ops.h"
#include "ui/models/qt_text.h"
#include "ui/panels/train_panel.h"
#include "ui/panels/train_settings.h"
#include "ui/shell/notice_strip.h"

#include <QToolButton>

#include <set>

using namespace cameo;
using namespace cameo::test;
using namespace cameo::ui;

namespace {

/// Different colours on a coarse grid: a blank or broken picture has few.
int colourCount(const QImage& image) {
    std::set<QRgb> colours;
    for (int y = 0; y < image.height(); y += 7)
        for (int x = 0; x < image.width(); x += 7)
            colours.insert(image.pixel(x, y));
    return static_cast<int>(colours.size());
}

void setDirection(Session& session, std::size_t index, double strength) {
    const DirectionInfo direction = session.model()->directions[index];
    DirectionEdit edit = directionEdit(session.state(), direction);
    edit.strength = strength;
    session.commit(directionStepName(direction, edit), withDirection(session.state(), direction, edit));
}

} // namespace

class TestScreenshots : public QObject {
    Q_OBJECT

  private:
    TempDir m_folder;

    QString photoFile() {
        const std::filesystem::path shared = sharedFolder() / "portraits" / "images" / "00000.jpg";
        if (std::filesystem::exists(shared))
            return toQt(shared);
        EditState state;
        state.seed = 3;
        const auto drawn = m_folder / "photo.png";
        writePng(drawn, drawPortrait(state, 600).picture);
        return toQt(drawn);
    }

    static void check(const QImage& image) { QVERIFY(colourCount(image) > 150); }

  private Q_SLOTS:
    void modes() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        check(probe.screenshot("1_sample"));
        probe.trigger(ActionId::ModeEdit);
        setDirection(probe.window().session(), 0, 2.5);
        setDirection(probe.window().session(), 1, -1.5);
        setDirection(probe.window().session(), 3, 4.0);
        probe.window().session().undo();
        probe.trigger(ActionId::Wipe);
        probe.trigger(ActionId::Hud);
        QVERIFY(probe.settled());
        check(probe.screenshot("3_edit"));
        probe.trigger(ActionId::Wipe);
        probe.trigger(ActionId::Hud);
        probe.trigger(ActionId::ModeMask);
        QVERIFY(probe.settled());
        check(probe.screenshot("4_mask"));
        probe.trigger(ActionId::Hatch);
        QVERIFY(probe.settled());
        check(probe.screenshot("4_mask_hatched"));
        for (const MaskView view :
             {MaskView::OnBlack, MaskView::OnWhite, MaskView::BlackAndWhite, MaskView::Onion}) {
            probe.window().view().setMaskView(view);
            QVERIFY(probe.settled());
            check(probe.screenshot(
                QByteArray("4_mask_view_" + QByteArray::number(static_cast<int>(view))).constData()));
        }
        probe.trigger(ActionId::ModeBackground);
        QVERIFY(probe.settled());
        check(probe.screenshot("5_background"));
        probe.window().view().setVisible(LayerKind::Ground, false);
        QVERIFY(probe.settled());
        check(probe.screenshot("5_background_person"));
        probe.window().view().setVisible(LayerKind::Ground, true);
        probe.trigger(ActionId::ModeExport);
        probe.window().conductor().exportLayers(toQt(m_folder / "layers"));
        QVERIFY(probe.settled());
        check(probe.screenshot("6_export"));
        probe.trigger(ActionId::LightTheme);
        probe.trigger(ActionId::ModeEdit);
        QVERIFY(probe.settled());
        check(probe.screenshot("7_light"));
        probe.trigger(ActionId::DarkTheme);
    }

    void photo() {
        FakeOptions options;
        options.stepDelay = std::chrono::milliseconds(60);
        WindowProbe probe(options);
        QVERIFY(probe.openModel());
        probe.trigger(ActionId::ModePhoto);
        check(probe.screenshot("2_photo_empty"));
        probe.window().conductor().openPhoto(photoFile());
        QVERIFY(QTest::qWaitFor([&] { return probe.window().session().photo() != nullptr; }, 10'000));
        QVERIFY(probe.settled());
        const Rect square = probe.window().session().photo()->square;
        probe.window().session().setPhotoSquare(Rect{square.x + square.width / 8,
                                                     square.y + square.height / 10, square.width * 3 / 4,
                                                     square.width * 3 / 4});
        QTest::qWait(50);
        check(probe.screenshot("2_photo"));
        probe.window().conductor().invert({});
        QTest::qWait(1200);
        check(probe.screenshot("2_photo_inverting"));
        QVERIFY(probe.settled());
        check(probe.screenshot("3_edit_photo"));
    }

    void training() {
        const auto pictures = m_folder / "portraits";
        std::filesystem::create_directories(pictures);
        for (std::uint32_t seed = 0; seed < 3; ++seed)
            writePng(pictures / (std::to_string(seed) + ".png"),
                     drawPortrait(EditState{.seed = seed}, 64).picture);
        FakeOptions options;
        options.stepDelay = std::chrono::milliseconds(30);
        options.imagesPerStep = 500;
        for (const QSize size : {QSize(1440, 900), QSize(1100, 720)}) {
            const QByteArray suffix = size.width() > 1200 ? "" : "_small";
            const auto shot = [&](WindowProbe& probe, const char* name) {
                check(probe.screenshot((QByteArray(name) + suffix).constData()));
            };
            WindowProbe probe(options, size);
            QVERIFY(probe.openModel());
            TrainSettings& settings = probe.window().trainPanel().settings();
            settings.setFolder(toQt(m_folder / ("run" + suffix.toStdString())));
            probe.trigger(ActionId::ModeTrain);
            QTest::qWait(50);
            shot(probe, "T1_empty");
            settings.setPictures(toQt(pictures));
            QVERIFY(QTest::qWaitFor([&] { return settings.problem().isEmpty(); }, 10'000));
            for (QToolButton* heading : settings.findChildren<QToolButton*>())
                if (heading->text() == QStringLiteral("All settings")) {
                    heading->click();
                    QTest::qWait(50);
                    shot(probe, "T1_settings");
                    heading->click();
                }
            Q_EMIT probe.window().trainPanel().startRequested(settings.request());
            QVERIFY(QTest::qWaitFor([&] { return probe.window().training().images() >= 7000; }, 30'000));
            shot(probe, "T2_running");
            QVERIFY(QTest::qWaitFor(
                [&] { return probe.window().training().phase() == TrainingPhase::Finished; }, 60'000));
            shot(probe, "T3_finished");
            probe.trigger(ActionId::LightTheme);
            probe.window().training().showSheet(3);
            QTest::qWait(200);
            shot(probe, "T4_light_replay");
            probe.trigger(ActionId::DarkTheme);
        }
    }

    void failures() {
        FakeOptions options;
        options.modelError =
            Error{ErrorCode::BadCheckpoint,
                  "broken.pkl: the pickle ends after 512 bytes, inside the opcode BINUNICODE",
                  "Download the file again, or choose another model with File, Open model"};
        WindowProbe probe(options);
        probe.window().conductor().openModel(QStringLiteral("broken.pkl"));
        QVERIFY(probe.settled());
        QVERIFY(probe.window().notice().isVisible());
        check(probe.screenshot("8_no_model"));
    }

    void small() {
        WindowProbe probe({}, QSize(1100, 720));
        QVERIFY(probe.openModel());
        probe.trigger(ActionId::ModeMask);
        QVERIFY(probe.settled());
        check(probe.screenshot("9_small_mask"));
    }
};

CAMEO_UI_TEST_MAIN(TestScreenshots)
#include "test_screenshots.moc"
