// SPDX-License-Identifier: Apache-2.0
// OpenRaster, PSD and TIFF as Cameo itself reads them: what goes in comes back, odd layers are written, and
// what a format cannot hold is refused before a byte is written.
#include "core/base/file.h"
#include "core/image/codec.h"
#include "core/image/convert.h"
#include "core/interchange/flatten.h"
#include "core/interchange/layered_file.h"
#include "core/interchange/psd_channels.h"
#include "core/interchange/xml.h"
#include "tests/support/expect_failure.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/image_compare.h"
#include "tests/support/layer_stacks.h"
#include "tests/support/temp_dir.h"

#include <QTest>

using namespace cameo;
using namespace cameo::test;

namespace {

const std::vector<std::string> files = {"a.ora", "a.psd", "a.tif"};

void write(const std::filesystem::path& file, const LayerStack& stack) {
    writeLayers(file, layerFormatOf(file), stack);
}

/// Layers without what a format is allowed to lose: masks go into alpha.
bool sameLayers(const std::vector<Layer>& a, const std::vector<Layer>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Layer& x, const Layer& y) {
        return x.name == y.name && x.opacity == y.opacity && x.blendMode == y.blendMode &&
               x.visible == y.visible && x.isGroup == y.isGroup && x.x == y.x && x.y == y.y &&
               (x.isGroup || withMaskApplied(x) == y.image) && sameLayers(x.children, y.children);
    });
}

/// PackBits undone, straight from the description in TIFF 6.0, section 9.
std::string unpackBits(const std::string& packed) {
    std::string out;
    for (std::size_t i = 0; i < packed.size();) {
        const int code = static_cast<signed char>(packed[i++]);
        if (code >= 0) {
            out += packed.substr(i, static_cast<std::size_t>(code) + 1);
            i += static_cast<std::size_t>(code) + 1;
        } else if (code != -128) {
            out.append(static_cast<std::size_t>(1 - code), packed[i++]);
        }
    }
    return out;
}

} // namespace

class TestLayeredFiles : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void openRasterComesBack();
    void openRasterIsRecognised();
    void psdSaysWhatItHolds();
    void tiffShowsTheMergedPictureFirst();
    void workComesBack();
    void metadataCanBeLeftOut();
    void mergingObeysTheLaws();
    void masksAndGroupsDissolve();
    void oddLayersAreWritten();
    void limitsAreNamed();
    void fullDiskLeavesTheOldFile();
    void packBitsComeBack();
    void xmlIsReadAsWritten();
    void brokenXmlIsRefused();
};

void TestLayeredFiles::openRasterComesBack() {
    const TempDir folder;
    for (const PixelType type : {PixelType::U8, PixelType::U16}) {
        const LayerStack stack = makeLayerStack(type);
        write(folder / "a.ora", stack);
        const LayerStack back = readOpenRaster(folder / "a.ora");
        QVERIFY(back.width == 64 && back.height == 48 && back.resolution == 300.0);
        QVERIFY(back.recipe == stack.recipe);
        QVERIFY(back.provenance == Provenance::Generated);
        QVERIFY(sameLayers(stack.layers, back.layers));
        const ImageDifference difference =
            compareImages(mergeLayers(stack, PixelType::U8), mergeLayers(back, PixelType::U8));
        QVERIFY2(difference.isComparable && difference.maximum <= 1,
                 difference.text().c_str()); // mask rounded once more
    }
}

void TestLayeredFiles::openRasterIsRecognised() {
    const TempDir folder;
    write(folder / "a.ora", makeLayerStack(PixelType::U8));
    const std::string bytes = readTextFile(folder / "a.ora");
    QVERIFY(bytes.starts_with("PK\3\4"));
    QCOMPARE(bytes.substr(8, 2), std::string(2, '\0'));  // stored
    QCOMPARE(bytes.substr(28, 2), std::string(2, '\0')); // no extra field
    QCOMPARE(bytes.substr(30, 24), std::string("mimetypeimage/openraster"));
    QCOMPARE(bytes.substr(54, 4), std::string("PK\3\4"));
    write(folder / "b.ora", makeLayerStack(PixelType::U8));
    QVERIFY(readTextFile(folder / "b.ora") == bytes);
}

void TestLayeredFiles::psdSaysWhatItHolds() {
    const TempDir folder;
    for (const PixelType type : {PixelType::U8, PixelType::U16}) {
        const LayerStack stack = makeLayerStack(type);
        write(folder / "a.psd", stack);
        const auto info = readLayeredFileInfo(folder / "a.psd");
        QVERIFY(info && info->format == "psd" && info->width == 64 && info->height == 48);
        QCOMPARE(info->bits, type == PixelType::U16 ? 16 : 8);
        QVERIFY(info->resolution == 300.0 && info->provenance == Provenance::Generated);
        QVERIFY(Json::parse(info->recipe) == stack.recipe);
        QCOMPARE(info->layers.size(), std::size_t{5});
        const LayerInfo &person = info->layers[1], &group = info->layers[3], &multiply = info->layers[4];
        QCOMPARE(person.name, stack.layers[1].children[0].name);
        QVERIFY(person.hasMask && person.depth == 1 && person.bounds == (Rect{10, 6, 40, 36}));
        QVERIFY(info->layers[2].name.empty() && !info->layers[2].visible && !info->layers[2].hasMask);
        QCOMPARE(group.name, stack.layers[1].name);
        QVERIFY(group.isGroup && group.depth == 0 && std::abs(group.opacity - 0.5) < 0.5 / 255);
        QVERIFY(multiply.blendMode == "multiply" && multiply.bounds == (Rect{-7, 33, 30, 20}));
    }
}

void TestLayeredFiles::tiffShowsTheMergedPictureFirst() {
    const TempDir folder;
    for (const PixelType type : {PixelType::U8, PixelType::U16}) {
        const LayerStack stack = makeLayerStack(type);
        write(folder / "a.tif", stack);
        const Image first = readImage(folder / "a.tif");
        const Image merged = mergeLayers(stack, type);
        QVERIFY(first.type() == type && first.resolution() == 300.0);
        QVERIFY2(first == merged, compareImages(first, merged).text().c_str());
        const auto info = readLayeredFileInfo(folder / "a.tif");
        QVERIFY(info && info->format == "tiff" && info->resolution == 300.0);
        QCOMPARE(info->layers.size(), std::size_t{4});
        QCOMPARE(info->layers[0].name, stack.layers[0].name);
        QCOMPARE(info->layers[1].name, stack.layers[1].children[0].name);
        QVERIFY(Json::parse(info->recipe) == stack.recipe);
    }
}

void TestLayeredFiles::workComesBack() {
    const TempDir folder;
    const LayerStack stack = makeLayerStack(PixelType::U8);
    for (const std::string& name : files) {
        write(folder / name, stack);
        const auto work = readWork(folder / name);
        QVERIFY2(work, name.c_str());
        QVERIFY(toJson(*work) == stack.recipe);
    }
    LayerStack plain = makeStackOf(makeTestPicture(8, 8, 3));
    plain.layers[0].id = "composite";
    plain.recipe = stack.recipe;
    writeLayerFolder(folder / "layers", plain);
    QVERIFY(readWork(folder / "layers"));
    QVERIFY(readWork(folder / "layers" / "composite.png"));
    writePng(folder / "photo.png", makeTestPicture(8, 8, 3));
    QVERIFY(!readWork(folder / "photo.png"));
    writeFileAtomically(folder / "cut.png", std::string_view("\x89PNG\r\n\x1a\n"));
    writeFileAtomically(folder / "cut.tif", std::string_view("II*\0\x40", 5));
    QVERIFY(!readWork(folder / "cut.png") && !readWork(folder / "cut.tif")); // the picture's reader explains
    writePng(folder / "broken.png", makeTestPicture(8, 8, 3),
             {.text = {{"cameo:recipe", "{\"format\": 3}"}}});
    CAMEO_VERIFY_FAILURE(readWork(folder / "broken.png"), ErrorCode::InvalidArgument, "broken.png");
}

void TestLayeredFiles::metadataCanBeLeftOut() {
    const TempDir folder;
    LayerStack stack = makeLayerStack(PixelType::U8);
    for (const std::string& name : files) {
        write(folder / name, stack);
        QVERIFY(readTextFile(folder / name).find("trainedAlgorithmicMedia") != std::string::npos);
    }
    stack.recipe = Json();
    stack.provenance = Provenance::Unknown;
    for (const std::string& name : files) {
        write(folder / name, stack);
        const std::string bytes = readTextFile(folder / name);
        for (const char* word : {"recipe", "xpacket", "AlgorithmicMedia", "directions"})
            QVERIFY2(bytes.find(word) == std::string::npos, word);
        QVERIFY(!readWork(folder / name));
    }
}

void TestLayeredFiles::mergingObeysTheLaws() {
    const Image opaque = makeTestPicture(20, 14, 3), clear = makeTestPicture(20, 14, 4);
    LayerStack stack = makeStackOf(opaque);
    QVERIFY(toRgb(mergeLayers(stack, PixelType::U8)) == opaque);
    QVERIFY(isOpaque(mergeLayers(stack, PixelType::U8)));
    stack.layers.push_back({.name = "none", .image = opaque, .opacity = 0});
    stack.layers.push_back({.name = "hidden", .image = makeTestPicture(20, 14, 4), .visible = false});
    stack.layers.push_back({.name = "beside", .image = opaque, .x = 20, .y = -14});
    stack.layers.push_back({.name = "group", .isGroup = true});
    QVERIFY(toRgb(mergeLayers(stack, PixelType::U8)) == opaque);
    // A group at full opacity that covers the ground with one opaque picture shows just that.
    stack.layers.back().children = {{.name = "top", .image = resize(opaque, 20, 14)}};
    QVERIFY(toRgb(mergeLayers(stack, PixelType::U8)) == opaque);
    // White multiplied and black screened change nothing.
    const Image white(20, 14, 3, std::vector<std::uint8_t>(20 * 14 * 3, 255));
    const Image black(20, 14, 3, std::vector<std::uint8_t>(20 * 14 * 3, 0));
    stack.layers.push_back({.name = "white", .image = white, .opacity = 0.7, .blendMode = "multiply"});
    stack.layers.push_back({.name = "black", .image = black, .opacity = 0.3, .blendMode = "screen"});
    QVERIFY(toRgb(mergeLayers(stack, PixelType::U8)) == opaque);
    // A picture with alpha on nothing keeps its alpha.
    const Image alone = mergeLayers(makeStackOf(clear), PixelType::U8);
    for (std::size_t i = 3; i < alone.u8().size(); i += 4)
        QCOMPARE(alone.u8()[i], clear.u8()[i]);
}

void TestLayeredFiles::masksAndGroupsDissolve() {
    const LayerStack stack = makeLayerStack(PixelType::U8);
    const std::vector<Layer> plain = plainLayers(stack);
    QCOMPARE(plain.size(), std::size_t{4});
    QCOMPARE(plain[1].opacity, 0.5);
    QVERIFY(!plain[1].mask && plain[1].image.channels() == 4);
    const Layer& person = stack.layers[1].children[0];
    for (int y = 0; y < 36; ++y)
        for (int x = 0; x < 40; ++x) {
            const int column = x + person.x - person.mask->x, row = y + person.y - person.mask->y;
            const bool isInside = column >= 0 && column < 30 && row >= 0 && row < 30;
            const std::size_t at = static_cast<std::size_t>(y) * 40 + x;
            QCOMPARE(plain[1].image.u8()[at * 4 + 3],
                     isInside ? person.mask->image.u8()[static_cast<std::size_t>(row) * 30 + column] : 0);
            QCOMPARE(plain[1].image.u8()[at * 4],
                     person.image.u8()[at * 3]); // the colour stays under alpha 0
        }
    const Image placed = onCanvas(plain[1], stack, PixelType::U8);
    QCOMPARE(placed.width(), 64);
    QCOMPARE(placed.u8()[(static_cast<std::size_t>(6) * 64 + 10) * 4], person.image.u8()[0]);
}

void TestLayeredFiles::oddLayersAreWritten() {
    const TempDir folder;
    const Image clear(9, 7, 4, std::vector<std::uint8_t>(9 * 7 * 4, 0));
    LayerStack outside = makeStackOf(makeTestPicture(5, 5, 4));
    outside.layers[0].x = 2'000'000'000;
    outside.layers[0].y = -2'000'000'000;
    LayerStack strange = makeStackOf(makeTestPicture16(1, 1, 2));
    strange.layers[0].name = std::string("tab\tnewline\nbell\a\xef\xbf\xbf", 20);
    for (const LayerStack& stack :
         {LayerStack{.width = 3, .height = 2}, makeStackOf(makeTestPicture(1, 1, 3)), makeStackOf(clear),
          outside, strange}) {
        for (const std::string& name : files) {
            write(folder / name, stack);
            const auto info = readLayeredFileInfo(folder / name);
            QVERIFY(info && info->width == stack.width && info->height == stack.height);
            QCOMPARE(info->layers.size(), stack.layers.size());
        }
        const LayerStack back = readOpenRaster(folder / "a.ora");
        QCOMPARE(back.layers.size(), stack.layers.size());
        if (!back.layers.empty())
            QVERIFY(back.layers[0].image == stack.layers[0].image && back.layers[0].x == stack.layers[0].x);
    }
    QCOMPARE(readOpenRaster(folder / "a.ora").layers[0].name.substr(0, 12), std::string("tab\tnewline\n"));
}

void TestLayeredFiles::limitsAreNamed() {
    const TempDir folder;
    const LayerStack wide = makeStackOf(Image(30'001, 1, 3, std::vector<std::uint8_t>(30'001 * 3, 9)));
    CAMEO_VERIFY_FAILURE(writePsd(folder / "a.psd", wide), ErrorCode::InvalidArgument, "30000");
    LayerStack inside = wide;
    inside.width = 10;
    CAMEO_VERIFY_FAILURE(writePsd(folder / "a.psd", inside), ErrorCode::InvalidArgument, "'Layer'");
    const auto refused = [&](auto change, const char* part) {
        LayerStack stack = makeLayerStack(PixelType::U8);
        change(stack);
        for (const std::string& name : files) {
            const auto error = failureOf([&] { write(folder / name, stack); });
            if (!error || error->code != ErrorCode::InvalidArgument ||
                error->text().find(part) == std::string::npos)
                return false;
        }
        return true;
    };
    QVERIFY(refused([](LayerStack& stack) { stack.layers[0].blendMode = "dissolve"; }, "'dissolve'"));
    QVERIFY(refused([](LayerStack& stack) { stack.layers[0].name = "\xff"; }, "UTF-8"));
    QVERIFY(refused([](LayerStack& stack) { stack.layers[1].mask = LayerMask(); }, "group"));
    QVERIFY(refused([](LayerStack& stack) { stack.layers[0].mask = LayerMask(); }, "mask"));
    QVERIFY(refused([](LayerStack& stack) { stack.layers[0].image = toF32(stack.layers[0].image); },
                    "floating point"));
    QVERIFY(refused([](LayerStack& stack) { stack.height = 0; }, "64 x 0"));
    QCOMPARE(folder.listing(), std::string());
    std::filesystem::create_directory(folder / "b.psd");
    CAMEO_VERIFY_FAILURE(write(folder / "b.psd", wide), ErrorCode::Io, "is a folder");
    CAMEO_VERIFY_FAILURE(write(folder / "none" / "a.ora", wide), ErrorCode::NotFound, "a.ora");
}

void TestLayeredFiles::fullDiskLeavesTheOldFile() {
    const TempDir folder;
    const LayerStack stack = makeLayerStack(PixelType::U8);
    for (const std::string& name : files)
        write(folder / name, stack);
    const std::string before = folder.listing();
    for (const std::string& name : files) {
        const std::string bytes = readTextFile(folder / name);
        {
            const FileSizeLimit limit(2000);
            CAMEO_VERIFY_FAILURE(write(folder / name, stack), ErrorCode::Io, name);
        }
        QVERIFY(readTextFile(folder / name) == bytes);
    }
    QCOMPARE(folder.listing(), before);
}

void TestLayeredFiles::packBitsComeBack() {
    std::vector<std::string> rows = {"", "a", "aa", "ab", "aab", "abb", "aaab", std::string(1000, 'x')};
    std::string all, mixed;
    for (int i = 0; i < 400; ++i)
        all += static_cast<char>(i * 7);
    for (int i = 0; i < 300; ++i)
        mixed += std::string(static_cast<std::size_t>(i % 5), static_cast<char>('a' + i % 3));
    rows.insert(rows.end(), {all, mixed, std::string(129, 'y') + all + std::string(128, 'z')});
    for (const std::string& row : rows) {
        std::string packed;
        appendPackBits(row, packed);
        QVERIFY(unpackBits(packed) == row);
        QVERIFY(packed.size() <= row.size() + row.size() / 128 + 1);
    }
}

void TestLayeredFiles::xmlIsReadAsWritten() {
    const std::string text = "a<b>&\"'\xc3\xa4\n\t\xf0\x9f\x8e\xad";
    const XmlElement root =
        parseXml("\xef\xbb\xbf<?xml version='1.0'?><!-- x --><a:b one=\"" + xmlEscaped(text) + "\" two='2'>" +
                 xmlEscaped(text) + "<c/><![CDATA[<&]]><c d = \"&#x41;&#66;&apos;\">in</c></a:b>\n");
    QCOMPARE(root.name, std::string("a:b"));
    QCOMPARE(*root.attribute("one"), text);
    QCOMPARE(root.text, text + "<&");
    QVERIFY(!root.attribute("three"));
    QCOMPARE(root.children.size(), std::size_t{2});
    QCOMPARE(*root.children[1].attribute("d"), std::string("AB'"));
    QCOMPARE(root.children[1].text, std::string("in"));
}

void TestLayeredFiles::brokenXmlIsRefused() {
    std::string deep;
    for (int i = 0; i < 1000; ++i)
        deep += "<a>";
    for (const std::string& text :
         {std::string(), std::string("x"), std::string("<a"), std::string("<a>"), std::string("<a></b>"),
          std::string("<a b></a>"), std::string("<a b=\"></a>"), std::string("<a>&b;</a>"),
          std::string("<a>&#0;</a>"), std::string("<a>&#xd800;</a>"), std::string("<a/>x"), deep,
          std::string("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>")})
        CAMEO_VERIFY_FAILURE(parseXml(text), ErrorCode::InvalidArgument, "XML at byte");
}

QTEST_APPLESS_MAIN(TestLayeredFiles)
#include "test_layered_files.moc"
