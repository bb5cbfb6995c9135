// SPDX-License-Identifier: Apache-2.0
// The window on the real engine and the embedded model: the whole main job, and the pictures of it to look
// at.
#include "core/image/codec.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_dir.h"
#include "tests/support/ui_main.h"
#include "tests/support/window_driver.h"
#include "ui/models/edit_ops.h"
#include "ui/models/qt_text.h"
#include "ui/panels/train_panel.h"
#include "ui/panels/train_settings.h"
#include "ui/shell/notice_strip.h"

using namespace cameo;
using namespace cameo::test;
using namespace cameo::ui;

class TestWindowEngine : public QObject {
    Q_OBJECT

  private:
    std::unique_ptr<Engine> m_engine;
    std::unique_ptr<WindowDriver> m_driver;
    TempDir m_folder;

    static EditState moved(const Session& session, std::size_t index, double strength) {
        const DirectionInfo& direction = session.model()->directions.at(index);
        DirectionEdit edit = directionEdit(session.state(), direction);
        edit.strength = strength;
        return withDirection(session.state(), direction, edit);
    }

  private Q_SLOTS:
    void initTestCase() {
        if (!embeddedModelFolder())
            QSKIP("there is no embedded model");
        auto engine = createEngine({.device = "cpu", .threads = 1});
        QVERIFY2(engine, engine ? "" : engine.error().text().c_str());
        m_engine = std::move(*engine);
        m_driver = std::make_unique<WindowDriver>(*m_engine);
        QVERIFY2(m_driver->openModel(), qPrintable(m_driver->window().notice().message()));
    }

    void cleanupTestCase() { m_driver.reset(); }

    void seedIsShownWithItsLayers() {
        const Rendering& shown = m_driver->window().conductor().pictures().shown();
        QCOMPARE(shown.picture.width(), static_cast<int>(m_driver->window().session().model()->resolution));
        QVERIFY(!shown.mask.isEmpty() && !shown.plate.isEmpty());
        QVERIFY(shown.mask.coverage() > 0.02 && shown.mask.coverage() < 0.98);
        m_driver->screenshot("real_1_sample");
    }

    void dragEndsInTheLastPicture() {
        Session& session = m_driver->window().session();
        m_driver->trigger(ActionId::ModeEdit);
        for (int move = 1; move <= 51; ++move) {
            session.preview(QStringLiteral("drag"), moved(session, 0, move * 0.05));
            QTest::qWait(3);
        }
        session.commitDraft();
        QVERIFY(m_driver->settled());
        const Rendering& shown = m_driver->window().conductor().pictures().shown();
        QCOMPARE(shown.state, session.state());
        QCOMPARE(shown.state.directions.at(0).strength, 51 * 0.05);
        m_driver->trigger(ActionId::Wipe);
        m_driver->trigger(ActionId::Hud);
        QVERIFY(m_driver->settled());
        QVERIFY(!(m_driver->canvas().scene().original == shown.picture));
        m_driver->screenshot("real_3_edit");
        m_driver->trigger(ActionId::Wipe);
        m_driver->trigger(ActionId::Hud);
        m_driver->trigger(ActionId::ModeMask);
        QVERIFY(m_driver->settled());
        m_driver->screenshot("real_4_mask");
        m_driver->trigger(ActionId::ModeBackground);
        QVERIFY(m_driver->settled());
        QVERIFY(!m_driver->canvas().scene().composite.isEmpty());
        m_driver->screenshot("real_5_background");
    }

    void layersAreWritten() {
        m_driver->window().conductor().exportLayers(toQt(m_folder / "out"));
        QVERIFY(m_driver->settled());
        QVERIFY2(std::filesystem::exists(m_folder / "out" / "layers.json"),
                 qPrintable(m_driver->window().notice().message()));
    }

    /// On the embedded model, while a tiny training runs in the same engine.
    void slidersStayAliveWhileATrainingRuns() {
        MainWindow& window = m_driver->window();
        m_driver->trigger(ActionId::ModeSample);
        QVERIFY(m_driver->settled());
        std::filesystem::create_directories(m_folder / "pictures");
        for (int i = 0; i < 12; ++i) {
            std::vector<std::uint8_t> pixels;
            for (int k = 0; k < 20 * 20 * 3; ++k)
                pixels.push_back(static_cast<std::uint8_t>((k * (3 + i)) % 256));
            writePng(m_folder / ("pictures/" + std::to_string(i) + ".png"),
                     Image(20, 20, 3, std::move(pixels)));
        }
        TrainSettings& settings = window.trainPanel().settings();
        m_driver->trigger(ActionId::ModeTrain);
        settings.setFolder(toQt(m_folder / "run"));
        settings.setPictures(toQt(m_folder / "pictures"));
        QVERIFY(QTest::qWaitFor([&] { return settings.problem().isEmpty(); }, 10'000));
        TrainingRequest request = settings.request();
        request.side = 16;
        request.parameters = {{"images", 1000},      {"batch", 8},   {"channel-base", 256},
                              {"channel-max", 16},   {"samples", 8}, {"sample-interval", 0.2},
                              {"log-interval", 0.05}};
        Q_EMIT window.trainPanel().startRequested(request);
        TrainingModel& training = window.training();
        QVERIFY(QTest::qWaitFor([&] { return training.images() >= 600; }, 120'000));
        QVERIFY2(training.sheetCount() >= 2, qPrintable(window.notice().message()));
        m_driver->screenshot("real_7_train");
        QCOMPARE(m_driver->canvas().scene().picture, training.picture());
        m_driver->trigger(ActionId::ModeEdit);
        Session& session = window.session();
        const double before = training.images();
        for (int move = 1; move <= 20; ++move) {
            session.preview(QStringLiteral("drag"), moved(session, 1, move * 0.1));
            QTest::qWait(10);
        }
        session.commitDraft();
        QVERIFY(m_driver->settled());
        const Rendering& shown = window.conductor().pictures().shown();
        QCOMPARE(shown.state, session.state());
        QCOMPARE(training.phase(), TrainingPhase::Running);
        QVERIFY(
            QTest::qWaitFor([&] { return training.images() > before; }, 60'000)); // and so does the training
        m_driver->trigger(ActionId::ModeTrain);
        Q_EMIT window.trainPanel().stopRequested();
        QVERIFY(QTest::qWaitFor([&] { return training.phase() == TrainingPhase::Stopped; }, 60'000));
        QVERIFY(std::filesystem::exists(m_folder / "run" / "state.safetensors"));
        Q_EMIT window.trainPanel().openRequested(toQt(training.generator()));
        QVERIFY(m_driver->settled());
        QCOMPARE(session.model()->resolution, 16L);
        QVERIFY2(m_driver->openModel(), qPrintable(window.notice().message()));
    }

    void photographIsInverted() {
        const std::filesystem::path photo = sharedFolder() / "portraits" / "images" / "00003.jpg";
        if (!std::filesystem::exists(photo))
            QSKIP("the shared portraits are not there");
        MainWindow& window = m_driver->window();
        window.conductor().openPhoto(toQt(photo));
        QVERIFY(QTest::qWaitFor([&] { return window.session().photo() != nullptr; }, 20'000));
        long steps = 0;
        connect(&window.bridge(), &EngineBridge::jobProgressed, this,
                [&](JobKind kind, const Progress& progress) {
                    steps = kind == JobKind::Inversion ? progress.step : steps;
                });
        window.conductor().invert({});
        QVERIFY(QTest::qWaitFor([&] { return steps >= 20; }, 60'000));
        m_driver->screenshot("real_2_inverting");
        m_driver->key(Qt::Key_Escape);
        QVERIFY(m_driver->settled());
        QVERIFY2(window.session().state().photo, qPrintable(window.notice().message()));
        m_driver->screenshot("real_3_photo");
    }
};

CAMEO_UI_TEST_MAIN(TestWindowEngine)
#include "test_window_engine.moc"
