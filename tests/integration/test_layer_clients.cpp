// SPDX-License-Identifier: Apache-2.0
// Layered files opened by programs that others wrote: psd-tools, and Python's zipfile, XML and PIL. What they
// list and what they render must be what was written. describe_layers.py does the opening.
#include "core/image/codec.h"
#include "core/image/convert.h"
#include "core/interchange/flatten.h"
#include "core/interchange/layered_file.h"
#include "core/interchange/xmp.h"
#include "tests/support/image_compare.h"
#include "tests/support/layer_stacks.h"
#include "tests/support/temp_dir.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTest>

using namespace cameo;
using namespace cameo::test;
using namespace Qt::StringLiterals;

namespace {

const QString python = u"/usr/bin/python3"_s; // Debian's: where its packages are

bool hasModules(const QStringList& modules) {
    return QProcess::execute(python, {u"-c"_s, u"import "_s + modules.join(u", "_s)}) == 0;
}

QJsonObject describe(const std::filesystem::path& file, const std::filesystem::path& out) {
    QProcess process;
    process.start(python, {QStringLiteral(CAMEO_SOURCE_DIR "/tests/support/describe_layers.py"),
                           QString::fromStdString(file.string()), QString::fromStdString(out.string())});
    if (!process.waitForFinished(60'000) || process.exitCode() != 0) {
        qWarning() << process.readAllStandardError();
        return {};
    }
    return QJsonDocument::fromJson(process.readAllStandardOutput()).object();
}

struct Expected {
    const Layer* layer = nullptr;
    int depth = 0;
};

/// Bottom first, a group above its layers.
void listLayers(const std::vector<Layer>& layers, int depth, std::vector<Expected>& out) {
    for (const Layer& layer : layers) {
        listLayers(layer.children, depth + 1, out);
        out.push_back({&layer, depth});
    }
}

QString differences(const QJsonArray& found, const LayerStack& stack) {
    std::vector<Expected> expected;
    listLayers(stack.layers, 0, expected);
    if (found.size() != std::ssize(expected))
        return u"%1 layers"_s.arg(found.size());
    for (qsizetype i = 0; i < found.size(); ++i) {
        const QJsonObject item = found[i].toObject();
        const Layer& layer = *expected[static_cast<std::size_t>(i)].layer;
        if (item["name"_L1].toString().toStdString() != layer.name)
            return u"name "_s + item["name"_L1].toString();
        if (item["visible"_L1].toBool() != layer.visible || item["group"_L1].toBool() != layer.isGroup ||
            item["depth"_L1].toInt() != expected[static_cast<std::size_t>(i)].depth ||
            item["opacity"_L1].toInt() != std::lround(layer.opacity * 255))
            return u"layer %1: "_s.arg(i) + QString::fromUtf8(QJsonDocument(item).toJson());
    }
    return {};
}

/// At most one step of 8 bit: both sides round, in one order or another.
QString pictureDifference(const std::filesystem::path& file, const Image& expected) {
    const ImageDifference difference = compareImages(readImage(file), toU8(expected));
    return difference.isComparable && difference.maximum <= 1
               ? QString()
               : QString::fromStdString(file.filename().string() + ": " + difference.text());
}

} // namespace

class TestLayerClients : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void psdOpensInPsdTools();
    void psdOfOddLayersOpens();
    void openRasterOpensInPython();
    void tiffOpensInPil();
};

void TestLayerClients::psdOpensInPsdTools() {
    if (!hasModules({u"psd_tools"_s}))
        QSKIP("psd-tools is not here: install python3-psd-tools");
    const TempDir folder;
    for (const PixelType type : {PixelType::U8, PixelType::U16}) {
        const LayerStack stack = makeLayerStack(type);
        writePsd(folder / "a.psd", stack);
        const QJsonObject found = describe(folder / "a.psd", folder / "out.png");
        QCOMPARE(found["width"_L1].toInt(), 64);
        QCOMPARE(found["bits"_L1].toInt(), type == PixelType::U16 ? 16 : 8);
        QCOMPARE(found["resolution"_L1].toDouble(), 300.0);
        QVERIFY(found["icc"_L1].toInt() > 300);
        const XmpContent xmp = readXmp(found["xmp"_L1].toString().toStdString());
        QVERIFY(xmp.provenance == Provenance::Generated && Json::parse(xmp.recipe) == stack.recipe);
        const QJsonArray layers = found["layers"_L1].toArray();
        QCOMPARE(differences(layers, stack), QString());
        QVERIFY(layers[1]["mask"_L1].toBool() && !layers[0]["mask"_L1].toBool());
        QCOMPARE(layers[1]["maskBounds"_L1].toArray(), (QJsonArray{14, 9, 30, 30}));
        QCOMPARE(layers[1]["bounds"_L1].toArray(), (QJsonArray{10, 6, 40, 36}));
        QCOMPARE(layers[4]["mode"_L1].toString(), u"multiply"_s);
        const Mask mask = maskFromImage(stack.layers[1].children[0].mask->image);
        QVERIFY(std::abs(layers[1]["maskMean"_L1].toDouble() / 255 - mask.coverage()) < 1.0 / 255);
        const Image merged = mergeLayers(stack, type);
        QCOMPARE(pictureDifference(folder / "out.png", merged), QString());
        QCOMPARE(pictureDifference(folder / "out.png.merged.png", merged), QString());
    }
}

void TestLayerClients::psdOfOddLayersOpens() {
    if (!hasModules({u"psd_tools"_s}))
        QSKIP("psd-tools is not here: install python3-psd-tools");
    const TempDir folder;
    const Image clear(9, 7, 4, std::vector<std::uint8_t>(9 * 7 * 4, 0));
    LayerStack alpha = makeStackOf(makeTestPicture(17, 13, 4)), long_ = makeStackOf(makeTestPicture(4, 4, 1));
    for (int i = 0; i < 100; ++i)
        long_.layers[0].name += "\xf0\x9f\x98\x80";
    for (const LayerStack& stack :
         {LayerStack{.width = 3, .height = 2}, makeStackOf(makeTestPicture(1, 1, 3)), makeStackOf(clear),
          alpha, long_}) {
        writePsd(folder / "a.psd", stack);
        const QJsonObject found = describe(folder / "a.psd", folder / "out.png");
        QCOMPARE(found["width"_L1].toInt(), stack.width);
        QCOMPARE(differences(found["layers"_L1].toArray(), stack), QString());
        const Image merged = mergeLayers(stack, PixelType::U8);
        const Image rendered = readImage(folder / "out.png.merged.png");
        QCOMPARE(rendered.width(), stack.width);
        for (std::size_t i = 3; i < merged.u8().size(); i += 4) // colours matter where there are any
            QCOMPARE(rendered.u8()[i], merged.u8()[i]);
    }
}

void TestLayerClients::openRasterOpensInPython() {
    if (!hasModules({u"PIL"_s, u"numpy"_s}))
        QSKIP("PIL is not here: install python3-pil and python3-numpy");
    const TempDir folder;
    for (const PixelType type : {PixelType::U8, PixelType::U16}) {
        const LayerStack stack = makeLayerStack(type);
        writeOpenRaster(folder / "a.ora", stack);
        const QJsonObject found = describe(folder / "a.ora", folder / "out.png");
        QCOMPARE(found["version"_L1].toString(), u"0.0.3"_s);
        QCOMPARE(found["first"_L1].toArray(), (QJsonArray{u"mimetype"_s, 0, 0, u"image/openraster"_s}));
        QCOMPARE(found["methods"_L1].toArray(), (QJsonArray{0, 8}));
        QCOMPARE(found["thumbnail"_L1].toArray(), (QJsonArray{64, 48}));
        QCOMPARE(found["resolution"_L1].toDouble(), 300.0);
        QVERIFY(Json::parse(found["recipe"_L1].toString().toStdString()) == stack.recipe);
        const QJsonArray layers = found["layers"_L1].toArray();
        QCOMPARE(differences(layers, stack), QString());
        QCOMPARE(layers[4]["mode"_L1].toString(), u"svg:multiply"_s);
        if (type == PixelType::U16)
            continue; // PIL cuts 16-bit colours down instead of rounding them
        const Image merged = mergeLayers(stack, type);
        QCOMPARE(pictureDifference(folder / "out.png", merged), QString());
        QCOMPARE(pictureDifference(folder / "out.png.merged.png", merged), QString());
    }
}

void TestLayerClients::tiffOpensInPil() {
    if (!hasModules({u"PIL"_s, u"numpy"_s}))
        QSKIP("PIL is not here: install python3-pil and python3-numpy");
    const TempDir folder;
    const LayerStack stack = makeLayerStack(PixelType::U8);
    writeTiffPages(folder / "a.tif", stack);
    const QJsonArray pages = describe(folder / "a.tif", folder / "out.png")["pages"_L1].toArray();
    const std::vector<Layer> plain = plainLayers(stack);
    QCOMPARE(pages.size(), std::ssize(plain) + 1);
    for (qsizetype i = 0; i < pages.size(); ++i) {
        const QJsonObject page = pages[i].toObject();
        QCOMPARE(page["size"_L1].toArray(), (QJsonArray{64, 48}));
        QCOMPARE(page["mode"_L1].toString(), u"RGBA"_s);
        QCOMPARE(page["extra"_L1].toArray(), (QJsonArray{2})); // unassociated alpha
        QVERIFY(page["icc"_L1].toInt() > 300);
        QCOMPARE(page["resolution"_L1].toDouble(), 300.0);
        const XmpContent xmp = readXmp(page["xmp"_L1].toString().toStdString());
        QVERIFY(xmp.provenance == Provenance::Generated);
        QCOMPARE(xmp.recipe.empty(), i > 0);
    }
    QCOMPARE(pictureDifference(folder / "out.png", mergeLayers(stack, PixelType::U8)), QString());
}

QTEST_GUILESS_MAIN(TestLayerClients)
#include "test_layer_clients.moc"
