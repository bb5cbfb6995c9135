// SPDX-License-Identifier: Apache-2.0
// PNG in and out: what is written comes back, with its texts, resolution and profile.
#include "core/base/file.h"
#include "core/image/codec.h"
#include "core/image/convert.h"
#include "tests/support/expect_failure.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/image_compare.h"
#include "tests/support/temp_dir.h"

#include <QTest>
#include <cmath>

using namespace cameo;
using namespace cameo::test;

class TestPng : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void picturesComeBack_data();
    void picturesComeBack();
    void textsComeBack();
    void filesAreReproducible();
    void colourChunks();
    void unusableRequestsAreRefused();
    void failuresLeaveNothing();
};

void TestPng::picturesComeBack_data() {
    QTest::addColumn<int>("channels");
    QTest::addColumn<bool>("isWide");
    for (int channels = 1; channels <= 4; ++channels)
        for (const bool isWide : {false, true})
            QTest::addRow("%d channels of %d bit", channels, isWide ? 16 : 8) << channels << isWide;
}

void TestPng::picturesComeBack() {
    QFETCH(int, channels);
    QFETCH(bool, isWide);
    const TempDir folder;
    for (const auto& [width, height] : {std::pair{1, 1}, {31, 17}, {2000, 3}}) {
        const Image image =
            isWide ? makeTestPicture16(width, height, channels) : makeTestPicture(width, height, channels);
        writePng(folder / "a.png", image.withResolution(300));
        const Image back = readImage(folder / "a.png");
        QVERIFY2(back == image, compareImages(back, image).text().c_str());
        QVERIFY(std::abs(back.resolution().value_or(0) - 300) < 0.02); // whole pixels per metre
    }
    writePng(folder / "b.png", makeTestPicture(3, 3, 3));
    QVERIFY(!readImage(folder / "b.png").resolution());
    QCOMPARE(folder.listing(), std::string("a.png b.png"));
}

void TestPng::textsComeBack() {
    const TempDir folder;
    std::string large = "{\"Grüße\": [";
    for (int i = 0; i < 20000; ++i)
        large += std::to_string(i * 7919 % 100003) + ",";
    PngOptions options;
    options.text = {{"cameo:recipe", large + "0]}"},
                    {"XML:com.adobe.xmp", "<x:xmpmeta>" + std::string(5000, ' ') + "</x:xmpmeta>"},
                    {"Title", "日本語"},
                    {"Empty", ""}};
    writePng(folder / "a.png", makeTestPicture(20, 10, 3), options);
    QVERIFY(readPngText(folder / "a.png") == options.text);
    QVERIFY(readTextFile(folder / "a.png").find("<x:xmpmeta>") != std::string::npos); // not compressed
    QVERIFY(readImage(folder / "a.png") == makeTestPicture(20, 10, 3));
    writePng(folder / "b.png", makeTestPicture(20, 10, 3));
    QVERIFY(readPngText(folder / "b.png").empty());
}

void TestPng::filesAreReproducible() {
    const TempDir folder;
    for (const Image& image : {makeTestPicture(20, 10, 4), makeTestPicture16(20, 10, 3)}) {
        writePng(folder / "a.png", image);
        writePng(folder / "b.png", image);
        QVERIFY(readTextFile(folder / "a.png") == readTextFile(folder / "b.png"));
    }
}

void TestPng::colourChunks() {
    const TempDir folder;
    writePng(folder / "a.png", makeTestPicture(4, 4, 3));
    const std::string srgbChunk("\0\0\0\1sRGB", 8); // a profile may have that name too
    const std::string narrow = readTextFile(folder / "a.png");
    QVERIFY(narrow.find(srgbChunk) != std::string::npos && narrow.find("iCCP") == std::string::npos);
    for (const int channels : {1, 3}) {
        writePng(folder / "b.png", makeTestPicture16(4, 4, channels));
        const std::string wide = readTextFile(folder / "b.png");
        QVERIFY(wide.find("iCCP") != std::string::npos && wide.find(srgbChunk) == std::string::npos);
    }
}

void TestPng::unusableRequestsAreRefused() {
    const TempDir folder;
    const Image image = makeTestPicture(4, 4, 3);
    CAMEO_VERIFY_FAILURE(writePng(folder / "a.png", toF32(image)), ErrorCode::InvalidArgument,
                         "floating point");
    CAMEO_VERIFY_FAILURE(writePng(folder / "a.png", Image()), ErrorCode::InvalidArgument, "nothing");
    PngOptions options;
    options.text = {{std::string(80, 'k'), ""}};
    CAMEO_VERIFY_FAILURE(writePng(folder / "a.png", image, options), ErrorCode::InvalidArgument, "keyword");
    CAMEO_VERIFY_FAILURE(writePng(folder / "none" / "a.png", image), ErrorCode::NotFound, "a.png");
    CAMEO_VERIFY_FAILURE(writePng(folder.path(), image), ErrorCode::Io, folder.path().string());
    QCOMPARE(folder.listing(), std::string());
}

void TestPng::failuresLeaveNothing() {
    const TempDir folder;
    writePng(folder / "a.png", makeTestPicture(4, 4, 3));
    const std::string before = readTextFile(folder / "a.png");
    {
        const FileSizeLimit limit(100'000); // fails in the middle, as a full disk does
        CAMEO_VERIFY_FAILURE(
            writePng(folder / "a.png", makeTestPicture(900, 900, 4), {.text = {}, .compression = 0}),
            ErrorCode::Io, "a.png");
    }
    QVERIFY(readTextFile(folder / "a.png") == before);
    QCOMPARE(folder.listing(), std::string("a.png"));
}

QTEST_APPLESS_MAIN(TestPng)
#include "test_png.moc"
