// SPDX-License-Identifier: Apache-2.0
// The Train mode as a user meets it: choosing pictures, starting, watching, saving, stopping, going on,
// failing, and looking at what an earlier run left.
#include "tests/support/fake_portrait.h"
#include "tests/support/pointer.h"
#include "tests/support/temp_dir.h"
#include "tests/support/ui_main.h"
#include "tests/support/window_probe.h"

#include "core/image/codec.h"
#include "tests/support/image_compare.h"
#include "ui/models/qt_text.h"
#include "ui/panels/plot.h"
#include "ui/panels/plot_ticks.h"
#include "ui/panels/train_panel.h"
#include "ui/panels/train_settings.h"
#include "ui/shell/notice_strip.h"

#include <QComboBox>
#include <QDockWidget>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QStatusBar>

#include <fstream>

using namespace cameo;
using namespace cameo::test;
using namespace cameo::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QPushButton* button(const QWidget& window, const QString& text) {
    for (QPushButton* widget : window.findChildren<QPushButton*>())
        if (widget->text() == text && widget->isVisible())
            return widget;
    return nullptr;
}

template <typename Widget>
Widget* named(const QWidget& window, const QString& name) {
    for (Widget* widget : window.findChildren<Widget*>())
        if (widget->accessibleName() == name && widget->isVisible())
            return widget;
    return nullptr;
}

QString allText(const QWidget& widget) {
    QString all;
    for (const QLabel* label : widget.findChildren<QLabel*>())
        if (label->isVisible())
            all += label->text() + u'\n';
    return all;
}

/// The read-out of the plot with this title.
QString readOut(const QWidget& window, const QString& title) {
    const auto* plot = named<Plot>(window, title);
    return plot ? plot->readOut() : QString();
}

FakeOptions patient(int steps) {
    FakeOptions options;
    options.stepDelay = 3ms;
    options.trainingSteps = steps;
    return options;
}

} // namespace

class TestTraining : public QObject {
    Q_OBJECT

  private:
    TempDir m_folder;

    QString at(const char* name) { return toQt(m_folder / name); }

    /// A window in Train mode with pictures chosen and everything ready to start in `folder`.
    void prepare(WindowProbe& probe, const char* folder) {
        QVERIFY(probe.openModel());
        probe.key(Qt::Key_7);
        QCOMPARE(probe.window().view().mode(), Mode::Train);
        TrainSettings& settings = probe.window().trainPanel().settings();
        settings.setFolder(at(folder));
        settings.setPictures(at("pictures"));
        QVERIFY(QTest::qWaitFor([&] { return settings.problem().isEmpty(); }, 10'000));
    }

    static bool waitForPhase(WindowProbe& probe, TrainingPhase phase) {
        return QTest::qWaitFor([&] { return probe.window().training().phase() == phase; }, 60'000);
    }

    static bool waitForImages(WindowProbe& probe, double images) {
        return QTest::qWaitFor([&] { return probe.window().training().images() >= images; }, 60'000);
    }

    static void press(WindowProbe& probe, const QString& text) {
        QPushButton* found = button(probe.window(), text);
        QVERIFY2(found && found->isEnabled(), qPrintable(text));
        QTest::mouseClick(found, Qt::LeftButton);
    }

  private Q_SLOTS:
    void initTestCase() {
        std::filesystem::create_directories(m_folder / "pictures");
        for (std::uint32_t seed = 0; seed < 4; ++seed)
            writePng(m_folder / ("pictures/" + std::to_string(seed) + ".png"),
                     drawPortrait(EditState{.seed = seed}, 32).picture);
        std::ofstream(m_folder / "table.csv") << "file,split\n";
        std::ofstream(m_folder / "packed.cameoset") << "CAMEOSET";
    }

    void emptyStateSaysWhatToDo() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        probe.key(Qt::Key_7);
        QVERIFY(probe.canvas().scene().picture.isEmpty());
        QVERIFY(probe.canvas().scene().hint.contains(u"Start"_s));
        QVERIFY(!button(probe.window(), u"Start"_s)->isEnabled());
        QVERIFY(allText(probe.window().trainPanel()).contains(u"Choose pictures"_s));
        QVERIFY(!button(probe.window(), u"Open in the studio"_s)->isEnabled());
    }

    void docksOfTheStudioRestMeanwhile() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        const auto dock = [&](const char16_t* name) {
            return probe.window().findChild<QDockWidget*>(QString::fromUtf16(name));
        };
        dock(u"history")->hide(); // the user's choice
        probe.key(Qt::Key_7);
        QVERIFY(dock(u"course")->isVisible());
        QVERIFY(!dock(u"layers")->isVisible() && !dock(u"filmStrip")->isVisible());
        probe.key(Qt::Key_3);
        QVERIFY(!dock(u"course")->isVisible());
        QVERIFY(dock(u"layers")->isVisible() && dock(u"filmStrip")->isVisible());
        QVERIFY(!dock(u"history")->isVisible());
    }

    void requestHoldsWhatWasSet() {
        WindowProbe probe(patient(2));
        prepare(probe, "request");
        auto* batch = named<QDoubleSpinBox>(probe.window(), u"Batch"_s);
        QVERIFY(batch);
        batch->setFocus();
        batch->selectAll();
        QTest::keyClicks(batch, u"8"_s);
        QTest::keyClick(batch, Qt::Key_Return);
        named<QComboBox>(probe.window(), u"Size"_s)->setCurrentIndex(1);
        named<QComboBox>(probe.window(), u"Start from"_s)->setCurrentIndex(1);
        press(probe, u"Start"_s);
        QVERIFY(waitForPhase(probe, TrainingPhase::Finished));
        const TrainingRequest request = probe.engine().trainingRequests().at(0);
        QCOMPARE(request.data, m_folder / "pictures");
        QCOMPARE(request.folder, m_folder / "request");
        QCOMPARE(request.side, 32);
        QVERIFY(request.isFromEmbedded && request.from.empty() && request.resume);
        QCOMPARE(request.parameters, (ParameterValues{{"batch", 8}}));
    }

    void splitsOfATableAreOffered() {
        WindowProbe probe(patient(2));
        prepare(probe, "split");
        TrainSettings& settings = probe.window().trainPanel().settings();
        settings.setPictures(at("table.csv"));
        QVERIFY(QTest::qWaitFor([&] { return settings.problem().isEmpty(); }, 10'000));
        QCOMPARE(settings.request().split, std::string("train")); // never by chance one for measuring
        settings.setPictures(at("packed.cameoset"));
        QVERIFY(QTest::qWaitFor([&] { return settings.problem().isEmpty(); }, 10'000));
        QVERIFY(settings.request().split.empty());
        QVERIFY(!named<QComboBox>(probe.window(), u"Size"_s)); // the packed ones have theirs
        settings.setPictures(u"/nowhere/at-all"_s);
        QVERIFY(QTest::qWaitFor(
            [&] { return allText(settings).contains(u"There is no '/nowhere/at-all'"_s); }, 10'000));
        QVERIFY(!button(probe.window(), u"Start"_s)->isEnabled());
    }

    void curvesSamplesAndFactsArrive() {
        WindowProbe probe(patient(400));
        prepare(probe, "watch");
        press(probe, u"Start"_s);
        QVERIFY(waitForImages(probe, 4000));
        const QString facts = allText(probe.window().trainPanel());
        for (const QString& part : {u"8.4 images/s"_s, u" of 100 k"_s, u"r_t"_s, u"Training"_s})
            QVERIFY2(facts.contains(part), qPrintable(facts));
        QVERIFY2(readOut(probe.window(), u"Losses"_s).startsWith(u"Generator "_s),
                 qPrintable(readOut(probe.window(), u"Losses"_s)));
        QVERIFY(readOut(probe.window(), u"Losses"_s).contains(u"Discriminator "_s));
        QVERIFY(readOut(probe.window(), u"Overfitting and augmentation"_s).contains(u"r_t "_s));
        QVERIFY(readOut(probe.window(), u"Metric"_s).contains(u"distance"_s));
        const Image newest = probe.window().training().picture();
        QVERIFY(!newest.isEmpty());
        QCOMPARE(probe.canvas().scene().picture, newest);
        QVERIFY(!button(probe.window(), u"Start"_s));
        QVERIFY(!named<QLineEdit>(probe.window(), u"Folder of the run"_s)->isEnabled());
        press(probe, u"Stop"_s);
        QVERIFY(waitForPhase(probe, TrainingPhase::Stopped));
    }

    void pastSheetsAreReplayed() {
        WindowProbe probe(patient(24));
        prepare(probe, "replay");
        press(probe, u"Start"_s);
        QVERIFY(waitForPhase(probe, TrainingPhase::Finished));
        TrainingModel& training = probe.window().training();
        QCOMPARE(training.sheetCount(), 7); // at 0, 1 k ... 6 k images
        QCOMPARE(training.sheetIndex(), 6);
        auto* slider = named<QSlider>(probe.window(), u"Samples in the course of the training"_s);
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_Home);
        const Image first = readImage(sheetFile(m_folder / "replay", 0));
        QVERIFY(QTest::qWaitFor([&] { return probe.canvas().scene().picture == first; }, 10'000));
        QTest::keyClick(slider, Qt::Key_Right);
        const Image second = readImage(sheetFile(m_folder / "replay", 1000));
        QVERIFY(QTest::qWaitFor([&] { return probe.canvas().scene().picture == second; }, 10'000));
        QVERIFY(allText(probe.window()).contains(u"Samples at 1 k images (2 of 7)"_s));
    }

    void aPastSheetStaysWhileNewOnesCome() {
        WindowProbe probe(patient(4000));
        prepare(probe, "past");
        press(probe, u"Start"_s);
        QVERIFY(waitForImages(probe, 3500));
        probe.window().training().showSheet(1);
        const int before = probe.window().training().sheetCount();
        QVERIFY(QTest::qWaitFor([&] { return probe.window().training().sheetCount() > before; }, 20'000));
        QCOMPARE(probe.window().training().sheetIndex(), 1);
        probe.window().training().showSheet(1000); // the end follows again
        QVERIFY(QTest::qWaitFor(
            [&] {
                return probe.window().training().sheetIndex() > before &&
                       probe.window().training().sheetIndex() == probe.window().training().sheetCount() - 1;
            },
            20'000));
        press(probe, u"Stop"_s);
        QVERIFY(waitForPhase(probe, TrainingPhase::Stopped));
    }

    void savedWithoutStopping() {
        WindowProbe probe(patient(4000));
        prepare(probe, "save");
        press(probe, u"Start"_s);
        QVERIFY(waitForImages(probe, 2000));
        QCOMPARE(probe.window().training().status()->savedImages, 0L); // from before the first step
        press(probe, u"Save now"_s);
        QVERIFY(QTest::qWaitFor([&] { return probe.window().training().status()->savedImages > 0; }, 10'000));
        QCOMPARE(probe.window().training().phase(), TrainingPhase::Running);
        QVERIFY(allText(probe.window().trainPanel()).contains(u"at "_s));
        QVERIFY(button(probe.window(), u"Save now"_s)->isEnabled()); // again
        press(probe, u"Stop"_s);
        QVERIFY(waitForPhase(probe, TrainingPhase::Stopped));
    }

    void stoppedRunsGoOn() {
        WindowProbe probe(patient(40));
        prepare(probe, "resume");
        press(probe, u"Start"_s);
        QVERIFY(waitForImages(probe, 2000));
        press(probe, u"Stop"_s);
        QVERIFY(waitForPhase(probe, TrainingPhase::Stopped));
        const double stoppedAt = probe.window().training().images();
        QVERIFY(stoppedAt < 10'000);
        press(probe, u"Resume"_s);
        QVERIFY(waitForPhase(probe, TrainingPhase::Finished));
        QCOMPARE(probe.window().training().images(), 10'000.0);
        const auto& points = probe.window().training().course().series.at("loss-generator");
        QCOMPARE(points.size(), std::size_t(40)); // not one twice
        QCOMPARE(probe.engine().trainingRequests().size(), std::size_t(2));
        const TrainingRequest first = probe.engine().trainingRequests()[0];
        const TrainingRequest second = probe.engine().trainingRequests()[1];
        QCOMPARE(second.data, first.data);
        QCOMPARE(second.folder, first.folder);
    }

    void folderOfAnEarlierRunShowsItsCurves() {
        WindowProbe probe(patient(20));
        prepare(probe, "earlier");
        named<QComboBox>(probe.window(), u"Size"_s)->setCurrentIndex(3);
        press(probe, u"Start"_s);
        QVERIFY(waitForPhase(probe, TrainingPhase::Finished));
        probe.destroyWindow();

        WindowProbe other(patient(20));
        QVERIFY(other.openModel());
        other.key(Qt::Key_7);
        dropFile(other.window(), at("earlier"));
        QVERIFY(waitForImages(other, 5000));
        QVERIFY(readOut(other.window(), u"Losses"_s).contains(u"at 5 k images"_s));
        QVERIFY(QTest::qWaitFor([&] { return !other.canvas().scene().picture.isEmpty(); }, 10'000));
        QVERIFY(QTest::qWaitFor([&] { return button(other.window(), u"Resume"_s) != nullptr; }, 10'000));
        const TrainSettings& settings = other.window().trainPanel().settings();
        QVERIFY(QTest::qWaitFor([&] { return settings.problem().isEmpty(); }, 10'000));
        QCOMPARE(settings.request().data, m_folder / "pictures");
        QCOMPARE(settings.request().side, 128);
        QVERIFY(allText(settings).contains(u"Holds a run of 5 k images"_s));
    }

    void brokenRunIsTold() {
        std::filesystem::create_directories(m_folder / "broken");
        std::ofstream(m_folder / "broken/run.json") << "{\"format\": 3}";
        std::ofstream(m_folder / "broken/log.jsonl") << "not json\n";
        WindowProbe probe;
        QVERIFY(probe.openModel());
        probe.key(Qt::Key_7);
        dropFile(probe.window(), at("broken"));
        QVERIFY(QTest::qWaitFor([&] { return probe.window().notice().isVisible(); }, 10'000));
        QVERIFY(probe.window().notice().message().contains(u"run.json"_s));
    }

    void aRunThatSawAllItsImagesNeedsMore() {
        WindowProbe probe(patient(4));
        prepare(probe, "enough");
        const auto type = [&](const QString& thousands) {
            auto* images = named<QDoubleSpinBox>(probe.window(), u"Images"_s);
            images->setFocus();
            images->selectAll();
            QTest::keyClicks(images, thousands);
            QTest::keyClick(images, Qt::Key_Return);
        };
        type(u"1"_s);
        press(probe, u"Start"_s);
        QVERIFY(waitForPhase(probe, TrainingPhase::Finished));
        QVERIFY(!button(probe.window(), u"Resume"_s)->isEnabled());
        QVERIFY(allText(probe.window().trainPanel()).contains(u"All 1 k images are seen"_s));
        type(u"2"_s);
        QVERIFY(button(probe.window(), u"Resume"_s)->isEnabled());
    }

    void failuresSayWhyAndTheRunCanGoOn() {
        FakeOptions options = patient(40);
        options.trainingError =
            Error{ErrorCode::Io, "Cannot write 'state.safetensors': no space left", "Free some disk space"};
        WindowProbe probe(options);
        prepare(probe, "failing");
        press(probe, u"Start"_s);
        QVERIFY(waitForPhase(probe, TrainingPhase::Failed));
        QCOMPARE(probe.window().notice().message(), u"Cannot write 'state.safetensors': no space left"_s);
        QCOMPARE(probe.window().notice().advice(), u"Free some disk space"_s);
        QVERIFY(allText(probe.window().trainPanel()).contains(u"Resume goes on"_s));
        probe.engine().setOptions(patient(12));
        press(probe, u"Resume"_s);
        QVERIFY(!probe.window().notice().isVisible());
        QVERIFY(waitForPhase(probe, TrainingPhase::Finished));
    }

    void resultOpensInTheStudio() {
        WindowProbe probe(patient(4));
        prepare(probe, "result");
        press(probe, u"Start"_s);
        QVERIFY(waitForPhase(probe, TrainingPhase::Finished));
        press(probe, u"Open in the studio"_s);
        QVERIFY(probe.settled());
        QCOMPARE(probe.window().view().mode(), Mode::Sample);
        QCOMPARE(probe.window().session().model()->file, m_folder / "result/generator.safetensors");
    }

    void slidersExportsAndModelsGoFirst() {
        WindowProbe probe(patient(100'000));
        prepare(probe, "busy");
        press(probe, u"Start"_s);
        QVERIFY(waitForImages(probe, 500));
        probe.key(Qt::Key_3);
        EditState state = probe.window().session().state();
        state.directions.push_back({"pc1", 2, 0, -1});
        probe.window().session().commit(u"pc1"_s, state);
        QVERIFY(probe.settled());
        QCOMPARE(probe.window().conductor().pictures().shown().state, state);
        probe.window().conductor().exportLayers(at("layers"));
        QVERIFY(probe.settled()); // long jobs do not wait for the end of a training either
        QVERIFY(std::filesystem::exists(m_folder / "layers/layers.json"));
        QCOMPARE(probe.window().training().phase(), TrainingPhase::Running);
        probe.key(Qt::Key_Escape); // meant for something else: hours of work are not ended by it
        QTest::qWait(50);
        QCOMPARE(probe.window().training().phase(), TrainingPhase::Running);
        QPushButton* stop = nullptr;
        for (QPushButton* each : probe.window().statusBar()->findChildren<QPushButton*>())
            if (each->isVisible() && each->text() == u"Stop"_s)
                stop = each;
        QVERIFY(stop);
        QTest::mouseClick(stop, Qt::LeftButton);
        QVERIFY(waitForPhase(probe, TrainingPhase::Stopped));
    }

    void closingTheWindowSavesTheState() {
        {
            WindowProbe probe(patient(100'000));
            prepare(probe, "closed");
            press(probe, u"Start"_s);
            QVERIFY(waitForImages(probe, 1000));
            probe.window().close();
            probe.destroyWindow();
        } // the engine ends what runs
        std::ifstream state(m_folder / "closed/state.safetensors");
        long images = 0;
        QVERIFY(state >> images);
        QVERIFY(images >= 1000);
    }

    void dropsMeanPicturesRunsOrStarts() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        dropFile(probe.window(), at("packed.cameoset")); // for training in every mode
        QCOMPARE(probe.window().view().mode(), Mode::Train);
        auto* pictures = named<QLineEdit>(probe.window(), u"Pictures to learn from"_s);
        QCOMPARE(pictures->text(), at("packed.cameoset"));
        dropFile(probe.window(), at("pictures"));
        QCOMPARE(pictures->text(), at("pictures"));
        dropFile(probe.window(), at("table.csv"));
        QCOMPARE(pictures->text(), at("table.csv"));
        std::ofstream(m_folder / "start.pkl") << "a model";
        dropFile(probe.window(), at("start.pkl"));
        QCOMPARE(probe.window().trainPanel().settings().request().from, m_folder / "start.pkl");
    }

    void everyControlHasANameAndATip() {
        WindowProbe probe(patient(4));
        prepare(probe, "names");
        press(probe, u"Start"_s);
        QVERIFY(waitForPhase(probe, TrainingPhase::Finished));
        const QWidget* areas[] = {&probe.window().trainPanel(),
                                  probe.window().findChild<QDockWidget*>(u"course"_s)->widget()};
        for (const QWidget* area : areas)
            for (const QWidget* widget : area->findChildren<QWidget*>()) {
                const auto* pushed = qobject_cast<const QAbstractButton*>(widget);
                const bool isControl =
                    pushed || qobject_cast<const QLineEdit*>(widget) ||
                    qobject_cast<const QComboBox*>(widget) || qobject_cast<const QSlider*>(widget) ||
                    qobject_cast<const QAbstractSpinBox*>(widget) || qobject_cast<const Plot*>(widget);
                const bool isInner = widget->parentWidget()->inherits("QAbstractSpinBox") ||
                                     widget->parentWidget()->inherits("QComboBox") ||
                                     widget->parentWidget()->inherits("QLineEdit") ||
                                     widget->objectName().startsWith("qt_"_L1);
                if (!isControl || isInner || !widget->isVisible())
                    continue;
                const QString what = QString::fromLatin1(widget->metaObject()->className()) + u' ' +
                                     (pushed ? pushed->text() : widget->accessibleName());
                QVERIFY2(!widget->accessibleName().isEmpty() || (pushed && !pushed->text().isEmpty()),
                         qPrintable(what));
                const bool isHeading = pushed && pushed->isCheckable(); // it says what it opens
                QVERIFY2(!widget->toolTip().isEmpty() || isHeading, qPrintable(what));
                QVERIFY2(widget->focusPolicy() & Qt::TabFocus, qPrintable(what)); // by the keyboard
            }
    }

    void plotsAreReadByPointerAndKeys() {
        Plot plot({.title = u"Losses"_s, .xUnit = u"images"_s});
        plot.resize(300, 200);
        plot.setSeries({{u"A"_s, {}, {{0, 1}, {1000, 2}, {2000, 4}}}, {u"B"_s, {}, {{0, 5}, {2000, 6}}}});
        QCOMPARE(plot.readOut(), u"A 4, B 6 at 2 k images"_s);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        movePointer(plot, QPoint(plot.width() * 3 / 5 + 20, 100)); // right of the middle of the axis
        QCOMPARE(plot.readOut(), u"A 2, B 6 at 2 k images"_s);     // B's nearest point is its last one
        plot.setFocus();
        QTest::keyClick(&plot, Qt::Key_Left);
        QVERIFY(plot.readOut().startsWith(u"A 1, B 5 at 0"_s));
        QCOMPARE(plot.accessibleDescription(), plot.readOut());
        plot.clear();
        QVERIFY(plot.readOut().isEmpty());
    }

    void ticksAreRound() {
        QCOMPARE(linearTicks(0, 10, 4), (std::vector<double>{0, 5, 10}));
        QCOMPARE(linearTicks(-0.3, 0.7, 5), (std::vector<double>{-0.2, 0, 0.2, 0.4, 0.6000000000000001}));
        QVERIFY(linearTicks(3, 3, 4).empty());
        QCOMPARE(logarithmicTicks(9, 210, 6), (std::vector<double>{10, 20, 50, 100, 200}));
        QCOMPARE(logarithmicTicks(0.5, 2e6, 4), (std::vector<double>{1, 100, 1e4, 1e6}));
        QCOMPARE(countText(850), u"850"_s);
        QCOMPARE(countText(12'400), u"12.4 k"_s);
        QCOMPARE(countText(999'600), u"1 M"_s);
    }
};

CAMEO_UI_TEST_MAIN(TestTraining)
#include "test_training.moc"
