// SPDX-License-Identifier: Apache-2.0
// The window as a user meets it: modes, keys, sliders and undo, jobs and their ends, failures, and names for
// every control.
#include "tests/support/fake_portrait.h"
#include "tests/support/pointer.h"
#include "tests/support/temp_dir.h"
#include "tests/support/ui_main.h"
#include "tests/support/window_probe.h"

#include "core/image/codec.h"
#include "tests/support/image_compare.h"
#include "ui/models/qt_text.h"
#include "ui/panels/value_slider.h"
#include "ui/shell/notice_strip.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QClipboard>
#include <QComboBox>
#include <QDockWidget>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStatusBar>

#include <filesystem>
#include <fstream>

using namespace cameo;
using namespace cameo::test;
using namespace cameo::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// The first visible slider or spin box with this accessible name.
template <typename Widget>
Widget* named(const QWidget& window, const QString& name) {
    for (Widget* widget : window.findChildren<Widget*>())
        if (widget->accessibleName() == name && widget->isVisible())
            return widget;
    return nullptr;
}

QPushButton* button(const QWidget& window, const QString& text) {
    for (QPushButton* widget : window.findChildren<QPushButton*>())
        if (widget->text() == text && widget->isVisible())
            return widget;
    return nullptr;
}

QPoint middleOf(const QWidget& widget, double share) {
    return QPoint(static_cast<int>(widget.width() * share), widget.height() / 2);
}

double strengthOf(const EditState& state) {
    return state.directions.empty() ? 0 : state.directions.front().strength;
}

QStringList nameless(const QWidget& window) {
    QStringList found;
    for (const QWidget* widget : window.findChildren<QWidget*>()) {
        const auto* pushed = qobject_cast<const QAbstractButton*>(widget);
        const bool isControl =
            pushed || qobject_cast<const QAbstractSpinBox*>(widget) ||
            qobject_cast<const QAbstractSlider*>(widget) || qobject_cast<const QComboBox*>(widget) ||
            qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QAbstractItemView*>(widget);
        const QObject* owner = widget->parentWidget();
        const bool isInner =
            owner && (owner->inherits("QAbstractSpinBox") || owner->inherits("QComboBox") ||
                      owner->inherits("QComboBoxPrivateContainer") || owner->inherits("QMenuBar") ||
                      owner->objectName().startsWith("qt_"_L1));
        const bool isPart = widget->inherits("QScrollBar") || widget->inherits("QComboBoxListView");
        if (isControl && !isInner && !isPart && widget->accessibleName().isEmpty() &&
            (!pushed || pushed->text().isEmpty()))
            found << u"%1 in %2"_s.arg(
                QString::fromLatin1(widget->metaObject()->className()),
                QString::fromLatin1(owner ? owner->metaObject()->className() : "nothing"));
    }
    return found;
}

} // namespace

class TestWindow : public QObject {
    Q_OBJECT

  private:
    TempDir m_folder;

    QString drawnPhoto() {
        EditState state;
        state.seed = 3;
        writePng(m_folder / "photo.png", drawPortrait(state, 300).picture);
        return toQt(m_folder / "photo.png");
    }

  private Q_SLOTS:
    void startsWithTheFirstSeed() {
        WindowProbe probe;
        QVERIFY(!probe.window().session().model());
        QVERIFY(probe.canvas().scene().area.isEmpty());
        QVERIFY(!probe.canvas().scene().hint.isEmpty()); // what to do next
        QVERIFY(probe.openModel());
        QCOMPARE(probe.window().session().state().seed, 7U);
        QVERIFY(probe.window().windowTitle().contains(u"seed 7"_s));
        QCOMPARE(probe.canvas().scene().picture, drawPortrait(probe.window().session().state(), 256).picture);
        QVERIFY(!probe.window().session().canUndo());
    }

    void keysEnterTheModes() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        const Qt::Key keys[] = {Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_4, Qt::Key_5, Qt::Key_6, Qt::Key_7};
        for (int i = modeCount - 1; i >= 0; --i) {
            probe.key(keys[i]);
            QCOMPARE(probe.window().view().mode(), static_cast<Mode>(i));
            for (int other = 0; other < modeCount; ++other) {
                const auto* dock = probe.window().findChild<QDockWidget*>(u"mode%1"_s.arg(other));
                QCOMPARE(dock->isVisible(), other == i);
            }
        }
    }

    void draggingASliderIsLiveAndOneStep() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        probe.key(Qt::Key_3);
        auto* slider = named<ValueSlider>(probe.window(), u"Component 1"_s);
        QVERIFY(slider);
        const std::size_t before = probe.window().session().document().history().size();
        const std::size_t requestsBefore = probe.engine().canvasRequests().size();
        QTest::mousePress(slider, Qt::LeftButton, {}, middleOf(*slider, 0.5));
        for (int move = 1; move <= 51; ++move) {
            movePointer(*slider, middleOf(*slider, 0.5 + move * 0.008), Qt::LeftButton);
            if (move % 5 == 0)
                QTest::qWait(5);
        }
        QVERIFY(probe.window().session().hasDraft());
        QCOMPARE(probe.window().session().document().history().size(), before);
        QVERIFY(QTest::qWaitFor(
            [&] { return strengthOf(probe.window().conductor().pictures().shown().state) > 0; }));
        QTest::mouseRelease(slider, Qt::LeftButton, {}, middleOf(*slider, 0.908));
        QVERIFY(!probe.window().session().hasDraft());
        QCOMPARE(probe.window().session().document().history().size(), before + 1);
        QVERIFY(probe.settled());
        const EditState state = probe.window().session().state();
        QVERIFY(strengthOf(state) > 3.5);
        QCOMPARE(probe.canvas().scene().picture, drawPortrait(state, 256).picture); // of the last move
        bool hasDrafts = false;
        const auto requests = probe.engine().canvasRequests();
        for (std::size_t i = requestsBefore; i < requests.size(); ++i)
            hasDrafts |= requests[i].isDraft;
        QVERIFY(hasDrafts);
        QVERIFY(!requests.back().isDraft);
    }

    void keyboardChangesAreOneStepWhenTheHandRests() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        probe.key(Qt::Key_3);
        auto* slider = named<ValueSlider>(probe.window(), u"Component 2"_s);
        slider->setFocus();
        const std::size_t before = probe.window().session().document().history().size();
        for (int i = 0; i < 5; ++i)
            QTest::keyClick(slider, Qt::Key_Right);
        QVERIFY(probe.window().session().hasDraft());
        QVERIFY(QTest::qWaitFor([&] { return !probe.window().session().hasDraft(); }, 3000));
        QCOMPARE(probe.window().session().document().history().size(), before + 1);
        QCOMPARE(strengthOf(probe.window().session().state()), 0.5); // five steps of 0.1
    }

    void typedNumbersCount() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        probe.key(Qt::Key_3);
        auto* spin = named<QDoubleSpinBox>(probe.window(), u"Component 1"_s);
        QVERIFY(spin);
        spin->setFocus();
        spin->selectAll();
        QTest::keyClicks(spin, u"2.5"_s); // the digits must not change the mode
        QTest::keyClick(spin, Qt::Key_Return);
        QCOMPARE(probe.window().view().mode(), Mode::Edit);
        QCOMPARE(strengthOf(probe.window().session().state()), 2.5);
        QVERIFY(!probe.window().session().hasDraft());
    }

    void undoAndRedoByKeys() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        for (const std::uint32_t seed : {11U, 12U}) {
            EditState state = probe.window().session().state();
            state.seed = seed;
            probe.window().session().commit(u"Seed"_s, state);
        }
        const auto seed = [&] { return probe.window().session().state().seed; };
        probe.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(seed(), 11U);
        probe.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(seed(), 7U);
        QVERIFY(!probe.window().actions()[ActionId::Undo]->isEnabled());
        probe.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(seed(), 11U);
        probe.key(Qt::Key_Y, Qt::ControlModifier);
        QCOMPARE(seed(), 12U);
        QVERIFY(!probe.window().actions()[ActionId::Redo]->isEnabled());
        QVERIFY(probe.settled());
        QCOMPARE(probe.canvas().scene().picture, drawPortrait(probe.window().session().state(), 256).picture);
    }

    void historyGoesWhereItIsClicked() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        for (const std::uint32_t seed : {11U, 12U, 13U}) {
            EditState state = probe.window().session().state();
            state.seed = seed;
            probe.window().session().commit(u"Seed %1"_s.arg(seed), state);
        }
        auto* list = named<QAbstractItemView>(probe.window(), u"History"_s);
        QCOMPARE(list->model()->rowCount(), 4);
        const QRect row = list->visualRect(list->model()->index(1, 0));
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, row.center());
        QCOMPARE(probe.window().session().state().seed, 11U);
    }

    void filmStripChoosesASeed() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        auto* strip = named<QAbstractItemView>(probe.window(), u"Seeds"_s);
        QVERIFY(strip->model()->rowCount() >= 16);
        QVERIFY(!strip->model()->index(0, 0).data(Qt::DecorationRole).value<QImage>().isNull());
        strip->scrollTo(strip->model()->index(4, 0));
        QTest::mouseClick(strip->viewport(), Qt::LeftButton, {},
                          strip->visualRect(strip->model()->index(4, 0)).center());
        QCOMPARE(probe.window().session().state().seed, 4U);
        QVERIFY(probe.window().session().canUndo());
        probe.trigger(ActionId::OtherSeeds);
        QVERIFY(probe.settled());
        QVERIFY(strip->model()->index(0, 0).data().toString().contains(u"16"_s) ||
                strip->model()->index(1, 0).data().toString().contains(u"16"_s));
    }

    void viewKeys() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        ViewModel& view = probe.window().view();
        probe.key(Qt::Key_F);
        QCOMPARE(view.maskView(), MaskView::Overlay);
        QVERIFY(probe.settled());
        QVERIFY(!probe.canvas().scene().mask.isEmpty());
        probe.key(Qt::Key_F);
        QCOMPARE(view.maskView(), MaskView::OnBlack);
        probe.key(Qt::Key_C);
        QCOMPARE(view.content(), Content::Composite);
        QVERIFY(probe.settled());
        QVERIFY(!probe.canvas().scene().composite.isEmpty());
        probe.key(Qt::Key_C);
        QCOMPARE(view.content(), Content::Picture);
        probe.key(Qt::Key_W);
        QVERIFY(view.isWiping());
        probe.key(Qt::Key_W);
        QVERIFY(!view.isWiping());
        probe.key(Qt::Key_F12);
        QVERIFY(probe.canvas().isHudVisible());
        probe.key(Qt::Key_1, Qt::ControlModifier);
        QCOMPARE(probe.canvas().zoom(), 1.0);
        QCOMPARE(view.mode(), Mode::Sample); // Ctrl+1 is 100 %, 1 is the mode
        probe.key(Qt::Key_0, Qt::ControlModifier);
        QVERIFY(probe.canvas().view().isFitted());
    }

    void heldKeys() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        EditState state = probe.window().session().state();
        state.directions.push_back({"pc1", 4, 0, -1});
        probe.window().session().commit(u"pc1"_s, state);
        QVERIFY(probe.settled());
        probe.canvas().setFocus();
        QTest::keyPress(&probe.canvas(), Qt::Key_Backslash);
        QVERIFY(probe.window().view().showsOriginal());
        QVERIFY(probe.settled());
        QCOMPARE(probe.canvas().scene().original, drawPortrait(state.original(), 256).picture);
        QTest::keyRelease(&probe.canvas(), Qt::Key_Backslash);
        QVERIFY(!probe.window().view().showsOriginal());
        const double left = probe.canvas().view().toView({0, 0}).x;
        QTest::keyPress(&probe.canvas(), Qt::Key_Space);
        QTest::mousePress(&probe.canvas(), Qt::LeftButton, {}, QPoint(300, 300));
        movePointer(probe.canvas(), QPoint(325, 300));
        QTest::mouseRelease(&probe.canvas(), Qt::LeftButton, {}, QPoint(325, 300));
        QTest::keyRelease(&probe.canvas(), Qt::Key_Space);
        QCOMPARE(probe.canvas().view().toView({0, 0}).x - left, 25.0);
    }

    void tabHidesTheDocksFromTheCanvasOnly() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        const auto* layers = probe.window().findChild<QDockWidget*>(u"layers"_s);
        probe.canvas().setFocus();
        QTest::keyClick(&probe.canvas(), Qt::Key_Tab);
        QVERIFY(!layers->isVisible());
        QTest::keyClick(&probe.canvas(), Qt::Key_Tab);
        QVERIFY(layers->isVisible());
        auto* seed = named<QSpinBox>(probe.window(), u"Seed"_s);
        seed->setFocus();
        QTest::keyClick(seed, Qt::Key_Tab);
        QVERIFY(layers->isVisible());
        QVERIFY(!seed->hasFocus());
    }

    void escapeStopsTheJobThenTheTool() {
        FakeOptions options;
        options.stepDelay = 5ms;
        options.inversionSteps = 100'000;
        WindowProbe probe(options);
        QVERIFY(probe.openModel());
        probe.window().conductor().open(drawnPhoto());
        QVERIFY(QTest::qWaitFor([&] { return probe.window().session().photo() != nullptr; }, 10'000));
        QCOMPARE(probe.window().view().mode(), Mode::Photo);
        QCOMPARE(*probe.canvas().scene().square, (Rect{0, 0, 300, 300}));
        QTest::mouseClick(button(probe.window(), u"Invert"_s), Qt::LeftButton);
        QVERIFY(probe.window().bridge().isRunning(JobKind::Inversion));
        // the picture so far lies on the photograph
        QVERIFY(QTest::qWaitFor([&] { return !probe.canvas().scene().ground.isEmpty(); }, 10'000));
        QVERIFY(button(probe.window(), u"Cancel"_s));
        probe.key(Qt::Key_Escape);
        QVERIFY(probe.settled());
        const EditState& state = probe.window().session().state(); // the best so far
        QVERIFY(state.latent && state.photo);
        QCOMPARE(probe.window().view().mode(), Mode::Edit);
        QVERIFY(!button(probe.window(), u"Cancel"_s));
        probe.key(Qt::Key_W);
        probe.key(Qt::Key_Escape);
        QVERIFY(!probe.window().view().isWiping());
        probe.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(!probe.window().session().state().photo);
    }

    void slidersWorkWhileAnInversionRuns() {
        FakeOptions options;
        options.stepDelay = 2ms;
        options.inversionSteps = 100'000;
        WindowProbe probe(options);
        QVERIFY(probe.openModel());
        probe.window().conductor().open(drawnPhoto());
        QVERIFY(QTest::qWaitFor([&] { return probe.window().session().photo() != nullptr; }, 10'000));
        probe.window().conductor().invert({});
        probe.key(Qt::Key_3);
        EditState state = probe.window().session().state();
        state.directions.push_back({"pc1", 2, 0, -1});
        probe.window().session().commit(u"pc1"_s, state);
        QVERIFY(QTest::qWaitFor(
            [&] { return strengthOf(probe.window().conductor().pictures().shown().state) == 2; }, 10'000));
        QVERIFY(probe.window().bridge().isRunning(JobKind::Inversion));
        probe.key(Qt::Key_Escape);
        QVERIFY(probe.settled());
    }

    void failuresAreShownWithAdvice() {
        FakeOptions options;
        WindowProbe probe(options);
        QVERIFY(probe.openModel());
        options.renderError = Error{ErrorCode::OutOfMemory, "Not enough memory", "Close other programs"};
        probe.engine().setOptions(options);
        probe.trigger(ActionId::RandomSeed);
        QVERIFY(probe.settled());
        NoticeStrip& notice = probe.window().notice();
        QVERIFY(notice.isVisible());
        QCOMPARE(notice.message(), u"Not enough memory"_s);
        QCOMPARE(notice.advice(), u"Close other programs"_s);
        probe.key(Qt::Key_Escape);
        QVERIFY(!notice.isVisible());
        // the same request can be made again once the reason is gone
        probe.engine().setOptions({});
        probe.trigger(ActionId::Undo);
        probe.trigger(ActionId::Redo);
        QVERIFY(probe.settled());
        QCOMPARE(probe.canvas().scene().picture, drawPortrait(probe.window().session().state(), 256).picture);
    }

    void brokenPhotoAndModelAreTold() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        probe.window().conductor().openPhoto(u"/nowhere/at-all.png"_s);
        QVERIFY(QTest::qWaitFor([&] { return probe.window().notice().isVisible(); }, 10'000));
        QVERIFY(probe.window().notice().message().contains(u"at-all.png"_s));
        FakeOptions options;
        options.modelError = Error{ErrorCode::BadCheckpoint, "x.pkl: not a model", "Choose another"};
        probe.engine().setOptions(options);
        probe.window().conductor().openModel(u"x.pkl"_s);
        QVERIFY(probe.settled());
        QCOMPARE(probe.window().notice().message(), u"x.pkl: not a model"_s);
        QVERIFY(probe.window().session().model()); // the one before stays
        EditState state = probe.window().session().state();
        QVERIFY(state.model.empty());
    }

    void exportSaysWhere() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        probe.key(Qt::Key_6);
        auto* folder = named<QLineEdit>(probe.window(), u"Export target"_s);
        folder->setText(toQt(m_folder / "out"));
        probe.key(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(probe.settled());
        for (const char* name : {"ground.png", "person.png", "mask.png", "composite.png", "layers.json"})
            QVERIFY2(std::filesystem::exists(m_folder / "out" / name), name);
        QVERIFY(button(probe.window(), u"Open folder"_s));
        FakeOptions options;
        options.exportError = Error{ErrorCode::Io, "The folder cannot be written", "Choose another folder"};
        probe.engine().setOptions(options);
        probe.trigger(ActionId::Export);
        QVERIFY(probe.settled());
        QCOMPARE(probe.window().notice().message(), u"The folder cannot be written"_s);
        QVERIFY(!button(probe.window(), u"Open folder"_s));
        QVERIFY(button(probe.window(), u"Export layers"_s)->isEnabled());
    }

    void exportFormatIsTheEnding() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        probe.key(Qt::Key_6);
        auto* target = named<QLineEdit>(probe.window(), u"Export target"_s);
        auto* format = named<QComboBox>(probe.window(), u"Export format"_s);
        target->setText(toQt(m_folder / "out.ora"));
        QVERIFY(format->currentText().contains(u"OpenRaster"_s));
        format->setCurrentIndex(2);
        Q_EMIT format->activated(2);
        QCOMPARE(target->text(), toQt(m_folder / "out.psd"));
        probe.trigger(ActionId::Export);
        QVERIFY(probe.settled());
        QVERIFY(std::filesystem::is_regular_file(m_folder / "out.psd"));
        const EditState exported = probe.window().session().state();
        EditState other = exported;
        other.seed += 5;
        probe.window().session().commit(u"Another seed"_s, other);
        QVERIFY(probe.settled());
        probe.window().conductor().open(toQt(m_folder / "out.psd")); // as when it is dropped on the window
        QVERIFY(probe.settled());
        QVERIFY(probe.window().session().state() == exported);
        Q_EMIT format->activated(0);
        QCOMPARE(target->text(), toQt(m_folder / "out"));
    }

    void commandLineIsCopied() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        probe.trigger(ActionId::CopyCommandLine);
        const QString text = QGuiApplication::clipboard()->text();
        QVERIFY2(text.startsWith(u"cameo export --seed 7"_s), qPrintable(text));
    }

    void filesCanBeDropped() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        dropFile(probe.window(), drawnPhoto());
        QVERIFY(QTest::qWaitFor([&] { return probe.window().session().photo() != nullptr; }, 10'000));
        std::ofstream(m_folder / "model.bin") << "not a picture";
        dropFile(probe.window(), toQt(m_folder / "model.bin"));
        QVERIFY(probe.settled());
        QCOMPARE(probe.window().session().model()->title, std::string("model.bin"));
    }

    void recipesAreSavedAndOpened() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        EditState state = probe.window().session().state();
        state.seed = 21;
        state.directions.push_back({"pc1", 2.5, 1, 4});
        probe.window().session().commit(u"21"_s, state);
        probe.window().conductor().saveRecipe(toQt(m_folder / "work.cameo"));
        probe.window().session().undo();
        dropFile(probe.window(), toQt(m_folder / "work.cameo"));
        QCOMPARE(probe.window().session().state(), state);
        QVERIFY(probe.window().session().canUndo());
        // one of another model brings its model
        state.model = "other.pkl";
        probe.window().session().commit(u"other"_s, state);
        probe.window().conductor().saveRecipe(toQt(m_folder / "other.cameo"));
        probe.window().session().undo();
        dropFile(probe.window(), toQt(m_folder / "other.cameo"));
        QVERIFY(probe.settled());
        QCOMPARE(probe.window().session().model()->title, std::string("other.pkl"));
        QCOMPARE(probe.window().session().state(), state);
        std::ofstream(m_folder / "broken.cameo") << "{\"format\": \"cameo-edit\"";
        dropFile(probe.window(), toQt(m_folder / "broken.cameo"));
        QVERIFY(probe.window().notice().message().contains(u"broken.cameo"_s));
        probe.window().conductor().saveRecipe(u"/nowhere/at/all.cameo"_s);
        QVERIFY(probe.window().notice().message().contains(u"all.cameo"_s));
    }

    void layersChangeTheCanvas() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        auto* eye = named<QAbstractButton>(probe.window(), u"Show ground, filled"_s);
        QVERIFY(eye);
        QTest::mouseClick(eye, Qt::LeftButton);
        QVERIFY(!probe.canvas().scene().showsGround);
        QCOMPARE(probe.canvas().scene().content, Content::Composite);
        QTest::mouseClick(named<QAbstractButton>(probe.window(), u"Show mask"_s), Qt::LeftButton);
        QCOMPARE(probe.canvas().scene().maskView, MaskView::Overlay);
    }

    void maskSettingsReachTheEngine() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        probe.key(Qt::Key_4);
        auto* variants = named<QDoubleSpinBox>(probe.window(), u"Variants"_s); // from the parameter table
        QVERIFY(variants);
        variants->setFocus();
        variants->selectAll();
        QTest::keyClicks(variants, u"24"_s);
        QTest::keyClick(variants, Qt::Key_Return);
        QVERIFY(probe.settled());
        const RenderRequest last = probe.engine().canvasRequests().back();
        QCOMPARE(last.state.mask.parameters.at("variants"), 24.0);
        QVERIFY(last.wantMask);
    }

    void styleMixing() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        probe.key(Qt::Key_3);
        for (QAbstractButton* box : probe.window().findChildren<QAbstractButton*>())
            if (box->text() == u"Style mixing"_s)
                box->click();
        QVERIFY(probe.window().session().state().mix);
        auto* seed = named<QSpinBox>(probe.window(), u"Second seed"_s);
        seed->setValue(12);
        QCOMPARE(probe.window().session().state().mix->seed, 12U);
        probe.trigger(ActionId::ResetEdits);
        QVERIFY(!probe.window().session().state().mix);
    }

    void statusNamesDeviceZoomAndPixel() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        probe.key(Qt::Key_4);
        QVERIFY(probe.settled());
        const glm::dvec2 view = probe.canvas().view().toView({128.5, 110.5});
        movePointer(probe.canvas(), QPoint(static_cast<int>(view.x), static_cast<int>(view.y)));
        QString all;
        for (const QLabel* label : probe.window().statusBar()->findChildren<QLabel*>())
            if (label->isVisible())
                all += label->text() + u'|';
        for (const QString& part :
             {u"CPU, 2 threads — no CUDA device found"_s, u"128, 110"_s, u"RGB "_s, u"α 1.00"_s, u" %"_s})
            QVERIFY2(all.contains(part), qPrintable(all));
    }

    void everyControlHasAName() {
        WindowProbe probe;
        QVERIFY(probe.openModel());
        const QStringList found = nameless(probe.window());
        QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
    }

    void closingInTheMiddleOfEverything() {
        FakeOptions options;
        options.levelDelay = 20ms;
        options.stepDelay = 5ms;
        WindowProbe probe(options);
        probe.window().conductor().openModel({});
        QVERIFY(QTest::qWaitFor([&] { return probe.window().session().model() != nullptr; }, 10'000));
        probe.window().conductor().openPhoto(drawnPhoto());
        probe.trigger(ActionId::RandomSeed);
        probe.trigger(ActionId::Export);
        QTest::qWait(30);
        probe.window().close();
        probe.destroyWindow();
        QTest::qWait(100); // what was under way must reach nobody
        QVERIFY(!probe.engine().canvasRequests().empty());
    }
};

CAMEO_UI_TEST_MAIN(TestWindow)
#include "test_window.moc"
