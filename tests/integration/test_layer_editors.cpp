// SPDX-License-Identifier: Apache-2.0
// Layered files rendered by the editors that artists use: GIMP (PSD; Debian's cannot open OpenRaster) and
// Krita (both). Slow, and skipped where the editors are not installed.
#include "core/image/codec.h"
#include "core/image/convert.h"
#include "core/interchange/flatten.h"
#include "core/interchange/layered_file.h"
#include "tests/support/image_compare.h"
#include "tests/support/layer_stacks.h"
#include "tests/support/temp_dir.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using namespace cameo;
using namespace cameo::test;
using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 120'000; // ms; Krita's first start reads all of its resources

QString text(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

/// What the program printed; its exit code is judged by the picture that must be there afterwards.
QString run(const QString& program, const QStringList& words, const TempDir& home) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"HOME"_s, text(home.path())); // no settings of the person who tests
    environment.insert(u"QT_QPA_PLATFORM"_s, u"xcb"_s);
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, words);
    if (!process.waitForFinished(patience)) {
        process.kill();
        process.waitForFinished();
    }
    return QString::fromUtf8(process.readAll());
}

/// The layers' names from the top, and the merged picture as a PNG.
QString gimpScript(const QString& file, const QString& out) {
    return uR"((let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "%1" "%1"))))
  (letrec ((show (lambda (items) (for-each (lambda (item)
      (gimp-message (string-append "layer [" (car (gimp-item-get-name item)) "]"
        (if (= TRUE (car (gimp-item-get-visible item))) " visible" " hidden")
        " " (number->string (round (car (gimp-layer-get-opacity item))))
        (if (= TRUE (car (gimp-item-is-group item))) " group" "")
        (if (> (car (gimp-layer-get-mask item)) 0) " mask" "")))
      (if (= TRUE (car (gimp-item-is-group item)))
        (show (vector->list (cadr (gimp-item-get-children item)))))) items))))
    (show (vector->list (cadr (gimp-image-get-layers image)))))
  (let ((merged (car (gimp-image-merge-visible-layers image CLIP-TO-IMAGE))))
    (gimp-file-save RUN-NONINTERACTIVE image merged "%2" "%2"))))"_s.arg(file, out);
}

QString pictureDifference(const std::filesystem::path& file, const LayerStack& stack) {
    if (!std::filesystem::exists(file))
        return u"no picture came out"_s;
    const Image found = toU8(readImage(file)), expected = toU8(mergeLayers(stack, depthOf(stack)));
    const ImageDifference difference = compareImages(toRgb(found), toRgb(expected)); // the ground is opaque
    return difference.isComparable && difference.maximum <= 1 ? QString()
                                                              : QString::fromStdString(difference.text());
}

} // namespace

class TestLayerEditors : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void gimpShowsPsd();
    void kritaShowsPsd() { kritaShows("a.psd"); }
    void kritaShowsOpenRaster() { kritaShows("a.ora"); }

  private:
    void kritaShows(const char* name);
    TempDir m_home;
};

void TestLayerEditors::gimpShowsPsd() {
    const QString gimp = QStandardPaths::findExecutable(u"gimp-console"_s);
    if (gimp.isEmpty())
        QSKIP("GIMP is not here: install gimp");
    const TempDir folder;
    for (const PixelType type : {PixelType::U8, PixelType::U16}) {
        const LayerStack stack = makeLayerStack(type);
        writePsd(folder / "a.psd", stack);
        std::filesystem::remove(folder / "out.png");
        const QString said =
            run(gimp,
                {u"-i"_s, u"-d"_s, u"-f"_s, u"-s"_s, u"-b"_s,
                 gimpScript(text(folder / "a.psd"), text(folder / "out.png")), u"-b"_s, u"(gimp-quit 1)"_s},
                m_home);
        QVERIFY2(pictureDifference(folder / "out.png", stack).isEmpty(),
                 qPrintable(pictureDifference(folder / "out.png", stack) + u'\n' + said));
        const auto isListed = [&](const std::string& name, const char* more) {
            return said.contains(u"layer ["_s + QString::fromStdString(name) + u"]"_s + QLatin1String(more));
        };
        QVERIFY2(isListed(stack.layers[0].name, " visible 100.0"), qPrintable(said));
        QVERIFY2(isListed(stack.layers[1].name, " visible 50.0 group"), qPrintable(said));
        QVERIFY2(isListed(stack.layers[1].children[0].name, " visible 100.0 mask"), qPrintable(said));
        QVERIFY2(isListed(stack.layers[2].name, " visible 80.0"), qPrintable(said));
        QCOMPARE(said.count(u" hidden"_s), 1);
        QCOMPARE(said.count(u" mask"_s), 1);
    }
}

void TestLayerEditors::kritaShows(const char* name) {
    const QString krita = QStandardPaths::findExecutable(u"krita"_s);
    if (krita.isEmpty() || qEnvironmentVariableIsEmpty("DISPLAY"))
        QSKIP("Krita or a display is not here: install krita, and run under xvfb-run");
    const TempDir folder;
    for (const PixelType type : {PixelType::U8, PixelType::U16}) {
        LayerStack stack = makeLayerStack(type);
        if (layerFormatOf(name) == LayerFormat::Psd)
            stack.layers[1].opacity =
                1; // Krita 5.1.5 does not read a PSD group's opacity; OpenRaster's it does
        writeLayers(folder / name, layerFormatOf(folder / name), stack);
        std::filesystem::remove(folder / "out.png");
        const QString said =
            run(krita, {u"--export"_s, u"--export-filename"_s, text(folder / "out.png"), text(folder / name)},
                m_home);
        QVERIFY2(pictureDifference(folder / "out.png", stack).isEmpty(),
                 qPrintable(pictureDifference(folder / "out.png", stack) + u'\n' + said));
    }
}

QTEST_GUILESS_MAIN(TestLayerEditors)
#include "test_layer_editors.moc"
