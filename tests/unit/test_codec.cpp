// SPDX-License-Identifier: Apache-2.0
// Picture files of every kind that Cameo reads: pixels, depth, orientation, colour and resolution.
#include "core/image/codec.h"
#include "core/image/convert.h"
#include "tests/support/image_compare.h"
#include "tests/support/picture_files.h"
#include "tests/support/temp_dir.h"

#include <QTest>
#include <cmath>

using namespace cameo;
using namespace cameo::test;

namespace {

std::vector<std::uint8_t> samplesOf(const Image& image) {
    return {image.u8().begin(), image.u8().end()};
}

std::vector<std::uint16_t> wideSamples(const Image& image) {
    if (image.type() == PixelType::U16)
        return {image.u16().begin(), image.u16().end()};
    return {image.u8().begin(), image.u8().end()};
}

/// What lies at (x, y) of the upright picture in the stored one (EXIF 2.32, table 6), checked point by point.
Image storedFor(const Image& upright, int orientation) {
    const int w = upright.width(), h = upright.height();
    const bool isTurned = orientation >= 5;
    const int storedWidth = isTurned ? h : w, storedHeight = isTurned ? w : h, channels = upright.channels();
    std::vector<std::uint8_t> pixels(upright.byteCount());
    for (int y = 0; y < h; ++y)
        for (int x = 0; x < w; ++x) {
            const int fromRight = w - 1 - x, fromBottom = h - 1 - y;
            int row = 0, column = 0;
            switch (orientation) { // "row 0 is the visual ..., column 0 is the visual ..."
            case 1:
                row = y, column = x;
                break; // top, left
            case 2:
                row = y, column = fromRight;
                break; // top, right
            case 3:
                row = fromBottom, column = fromRight;
                break; // bottom, right
            case 4:
                row = fromBottom, column = x;
                break; // bottom, left
            case 5:
                row = x, column = y;
                break; // left, top
            case 6:
                row = fromRight, column = y;
                break; // right, top
            case 7:
                row = fromRight, column = fromBottom;
                break; // right, bottom
            case 8:
                row = x, column = fromBottom;
                break; // left, bottom
            }
            for (int c = 0; c < channels; ++c)
                pixels[(static_cast<std::size_t>(row) * storedWidth + column) * channels + c] =
                    upright.u8()[(static_cast<std::size_t>(y) * w + x) * channels + c];
        }
    return Image(storedWidth, storedHeight, channels, std::move(pixels));
}

Image plain(int side, std::vector<std::uint8_t> colour) {
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < side * side; ++i)
        pixels.insert(pixels.end(), colour.begin(), colour.end());
    return Image(side, side, static_cast<int>(colour.size()), std::move(pixels));
}

} // namespace

class TestCodec : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void jpegPixels();
    void orientations_data();
    void orientations();
    void resolutions();
    void cmykJpeg_data();
    void cmykJpeg();
    void cmykThroughItsProfile();
    void rgbProfiles();
    void greyProfile();
    void wrongProfilesAreIgnored();
    void pngGamma();
    void pngKinds();
    void pngInterlaced();
    void tiffKinds_data();
    void tiffKinds();
    void tiffAlpha();
    void tiffConverted();
    void oneByOne();
    void veryWide();
};

void TestCodec::jpegPixels() {
    const TempDir folder;
    for (const int channels : {1, 3})
        for (const bool isProgressive : {false, true}) {
            const Image image = resize(makeTestPicture(8, 6, channels), 80, 60); // smooth: JPEG keeps it
            writeJpeg(folder / "a.jpg", {.width = 80,
                                         .height = 60,
                                         .samples = samplesOf(image),
                                         .channels = channels,
                                         .isProgressive = isProgressive});
            const Image back = readImage(folder / "a.jpg");
            QVERIFY2(compareImages(back, image).psnr > 38,
                     compareImages(back, image).text().c_str()); // quality 97
        }
}

void TestCodec::orientations_data() {
    QTest::addColumn<int>("orientation");
    for (int orientation = 1; orientation <= 8; ++orientation)
        QTest::addRow("%d", orientation) << orientation;
}

void TestCodec::orientations() {
    QFETCH(int, orientation);
    const TempDir folder;
    const Image upright = makeTestPicture(23, 14, 3), stored = storedFor(upright, orientation);
    writeRawPng(folder / "a.png", {.width = stored.width(),
                                   .height = stored.height(),
                                   .rows = samplesOf(stored),
                                   .orientation = orientation});
    QVERIFY(readImage(folder / "a.png") == upright);
    writeTiff(folder / "a.tif", {.width = stored.width(),
                                 .height = stored.height(),
                                 .samples = wideSamples(stored),
                                 .orientation = orientation});
    QVERIFY(readImage(folder / "a.tif") == upright);
    const Image smooth = resize(makeTestPicture(5, 4, 3), 50, 36), turned = storedFor(smooth, orientation);
    for (const bool isBigEndian : {false, true}) {
        writeJpeg(folder / "a.jpg", {.width = turned.width(),
                                     .height = turned.height(),
                                     .samples = samplesOf(turned),
                                     .orientation = orientation,
                                     .isBigEndianExif = isBigEndian});
        const Image back = readImage(folder / "a.jpg");
        QVERIFY2(compareImages(back, smooth).psnr > 36, compareImages(back, smooth).text().c_str());
    }
}

void TestCodec::resolutions() {
    const TempDir folder;
    const Image image = makeTestPicture(8, 8, 3);
    writeJpeg(folder / "a.jpg", {.width = 8, .height = 8, .samples = samplesOf(image), .density = 240});
    QCOMPARE(*readImage(folder / "a.jpg").resolution(), 240.0);
    writeTiff(folder / "a.tif", {.width = 8, .height = 8, .samples = wideSamples(image), .resolution = 300});
    QCOMPARE(*readImage(folder / "a.tif").resolution(), 300.0);
    writeJpeg(folder / "b.jpg", {.width = 8, .height = 8, .samples = samplesOf(image)});
    QVERIFY(!readImage(folder / "b.jpg").resolution());
}

void TestCodec::cmykJpeg_data() {
    QTest::addColumn<bool>("isYcck");
    QTest::addColumn<bool>("isAdobe");
    QTest::newRow("CMYK, plain") << false << false;
    QTest::newRow("CMYK, Adobe, inverted") << false << true;
    QTest::newRow("YCCK, Adobe, inverted") << true << true;
}

void TestCodec::cmykJpeg() {
    QFETCH(bool, isYcck);
    QFETCH(bool, isAdobe);
    const TempDir folder;
    const struct {
        std::uint8_t c, m, y, k, red, green, blue;
    } colours[] = {{0, 0, 0, 0, 255, 255, 255},    {255, 0, 0, 0, 0, 255, 255},
                   {0, 255, 255, 0, 255, 0, 0},    {0, 0, 0, 255, 0, 0, 0},
                   {0, 0, 0, 128, 127, 127, 127},  {51, 102, 0, 0, 204, 153, 255},
                   {51, 102, 0, 128, 102, 76, 127}};
    for (const auto& colour : colours) {
        std::vector<std::uint8_t> inks{colour.c, colour.m, colour.y, colour.k};
        if (isAdobe)
            for (std::uint8_t& ink : inks)
                ink = static_cast<std::uint8_t>(255 - ink);
        writeJpeg(folder / "a.jpg", {.width = 16,
                                     .height = 16,
                                     .samples = samplesOf(plain(16, inks)),
                                     .channels = 4,
                                     .isYcck = isYcck,
                                     .hasAdobeMarker = isAdobe});
        const Image back = readImage(folder / "a.jpg");
        QCOMPARE(back.channels(), 3);
        const ImageDifference difference =
            compareImages(back, plain(16, {colour.red, colour.green, colour.blue}));
        QVERIFY2(difference.maximum <= 4, difference.text().c_str()); // quantisation at quality 97
    }
}

void TestCodec::cmykThroughItsProfile() {
    const TempDir folder;
    const FileBytes profile = makeProfile(ProfileKind::Cmyk);
    for (const bool isAdobe : {false, true}) {
        const std::uint8_t full = isAdobe ? 0 : 255, none = isAdobe ? 255 : 0;
        writeJpeg(folder / "a.jpg", {.width = 16,
                                     .height = 16,
                                     .samples = samplesOf(plain(16, {none, none, none, full})),
                                     .channels = 4,
                                     .hasAdobeMarker = isAdobe,
                                     .profile = profile});
        const Image back = readImage(folder / "a.jpg");
        // The profile's black leaves half of the light (in sRGB values); without it black would be 0. Black
        // point compensation maps the profile's darkest colour, which is black already, to black.
        QVERIFY2(compareImages(back, plain(16, {128, 128, 128})).maximum <= 5, // a table of 9 steps
                 compareImages(back, plain(16, {128, 128, 128})).text().c_str());
    }
}

void TestCodec::rgbProfiles() {
    const TempDir folder;
    const Image image = makeTestPicture(30, 20, 3);
    const auto read = [&](ProfileKind kind) {
        writeRawPng(folder / "a.png",
                    {.width = 30, .height = 20, .rows = samplesOf(image), .profile = makeProfile(kind)});
        return readImage(folder / "a.png");
    };
    QVERIFY(read(ProfileKind::Srgb) == image); // exactly: nothing to convert
    const Image linear = read(ProfileKind::LinearRgb), swapped = read(ProfileKind::SwappedRgb);
    for (std::size_t i = 0; i < image.u8().size(); ++i) {
        const double expected = 255 * srgbFromLinear(static_cast<float>(image.u8()[i]) / 255.0f);
        QVERIFY(std::abs(linear.u8()[i] - expected) < 2.5); // lcms computes 8 bit in fixed point
        const std::size_t other = i % 3 == 1 ? i : i % 3 == 0 ? i + 2 : i - 2;
        const double light = std::pow(image.u8()[other] / 255.0, 2.2);
        QVERIFY2(std::abs(swapped.u8()[i] - 255 * srgbFromLinear(static_cast<float>(light))) < 4,
                 qPrintable(QString::number(swapped.u8()[i]) + QStringLiteral(" ") +
                            QString::number(image.u8()[other])));
    }
    const Image smooth = resize(makeTestPicture(4, 4, 3), 32, 32);
    writeJpeg(folder / "a.jpg", {.width = 32,
                                 .height = 32,
                                 .samples = samplesOf(smooth),
                                 .profile = makeProfile(ProfileKind::LinearRgb)});
    writeTiff(folder / "a.tif", {.width = 32,
                                 .height = 32,
                                 .samples = wideSamples(smooth),
                                 .profile = makeProfile(ProfileKind::LinearRgb)});
    const Image tiff = readImage(folder / "a.tif");
    QVERIFY(compareImages(readImage(folder / "a.jpg"), tiff).psnr > 30); // JPEG noise, spread in the shadows
    QVERIFY(compareImages(tiff, smooth).maximum > 50);                   // converted
    const Image wide = makeTestPicture16(30, 20, 4);
    writeTiff(folder / "b.tif", {.width = 30,
                                 .height = 20,
                                 .samples = wideSamples(wide),
                                 .channels = 4,
                                 .bits = 16,
                                 .extra = 2,
                                 .profile = makeProfile(ProfileKind::LinearRgb)});
    const Image converted = readImage(folder / "b.tif");
    QVERIFY(converted.type() == PixelType::U16 && converted.channels() == 4);
    for (std::size_t i = 0; i < wide.u16().size(); ++i) {
        const double expected = 65535 * srgbFromLinear(static_cast<float>(wide.u16()[i]) / 65535.0f);
        if (i % 4 == 3)
            QCOMPARE(converted.u16()[i], wide.u16()[i]); // alpha is no colour
        else
            QVERIFY(std::abs(converted.u16()[i] - expected) < 400); // lcms interpolates steep shadows
    }
}

void TestCodec::greyProfile() {
    const TempDir folder;
    const Image image = makeTestPicture(30, 20, 1);
    writeRawPng(folder / "a.png", {.width = 30,
                                   .height = 20,
                                   .rows = samplesOf(image),
                                   .colourType = 0,
                                   .profile = makeProfile(ProfileKind::Gamma1Grey)});
    const Image back = readImage(folder / "a.png");
    QCOMPARE(back.channels(), 1);
    for (std::size_t i = 0; i < image.u8().size(); ++i)
        QVERIFY(std::abs(back.u8()[i] - 255 * srgbFromLinear(static_cast<float>(image.u8()[i]) / 255.0f)) <
                2.5);
}

void TestCodec::wrongProfilesAreIgnored() {
    const TempDir folder;
    const Image image = makeTestPicture(16, 16, 3);
    FileBytes broken = makeProfile(ProfileKind::LinearRgb);
    for (std::size_t i = 128; i < broken.size(); ++i)
        broken[i] = std::byte{0xee};
    for (const FileBytes& profile :
         {broken, makeProfile(ProfileKind::Gamma1Grey), makeProfile(ProfileKind::Cmyk)}) {
        writeTiff(folder / "a.tif",
                  {.width = 16, .height = 16, .samples = wideSamples(image), .profile = profile});
        QVERIFY(readImage(folder / "a.tif") == image);
    }
}

void TestCodec::pngGamma() {
    const TempDir folder;
    const Image image = makeTestPicture(30, 20, 3);
    const auto read = [&](double gamma, bool hasSrgb) {
        writeRawPng(
            folder / "a.png",
            {.width = 30, .height = 20, .rows = samplesOf(image), .gamma = gamma, .hasSrgb = hasSrgb});
        return readImage(folder / "a.png");
    };
    QVERIFY(read(0.45455, false) == image);
    QVERIFY(read(0.45455, true) == image);
    const Image linear = read(1.0, false);
    for (std::size_t i = 0; i < image.u8().size(); ++i)
        QVERIFY(std::abs(linear.u8()[i] - 255 * srgbFromLinear(static_cast<float>(image.u8()[i]) / 255.0f)) <
                2.5);
}

void TestCodec::pngKinds() {
    const TempDir folder;
    writeRawPng(folder / "a.png",
                {.width = 4, .height = 1, .rows = {0b00011011}, .bits = 2, .colourType = 0});
    QVERIFY(readImage(folder / "a.png") == Image(4, 1, 1, std::vector<std::uint8_t>{0, 85, 170, 255}));
    const std::vector<std::uint8_t> palette{10, 20, 30, 40, 50, 60, 70, 80, 90};
    writeRawPng(folder / "b.png",
                {.width = 3, .height = 1, .rows = {2, 0, 1}, .colourType = 3, .palette = palette});
    QVERIFY(readImage(folder / "b.png") ==
            Image(3, 1, 3, std::vector<std::uint8_t>{70, 80, 90, 10, 20, 30, 40, 50, 60}));
    writeRawPng(folder / "c.png", {.width = 3,
                                   .height = 1,
                                   .rows = {2, 0, 1},
                                   .colourType = 3,
                                   .palette = palette,
                                   .transparency = {7, 128}});
    QVERIFY(readImage(folder / "c.png") ==
            Image(3, 1, 4, std::vector<std::uint8_t>{70, 80, 90, 255, 10, 20, 30, 7, 40, 50, 60, 128}));
    writeRawPng(folder / "d.png",
                {.width = 2, .height = 1, .rows = {9, 200}, .colourType = 0, .transparency = {0, 9}});
    QVERIFY(readImage(folder / "d.png") == Image(2, 1, 2, std::vector<std::uint8_t>{9, 0, 200, 255}));
    writeRawPng(folder / "e.png", {.width = 2, .height = 1, .rows = {1, 2, 3, 4}, .colourType = 4});
    QVERIFY(readImage(folder / "e.png") == Image(2, 1, 2, std::vector<std::uint8_t>{1, 2, 3, 4}));
    writeRawPng(folder / "f.png", {.width = 1, .height = 1, .rows = {1, 2, 3, 4, 5, 6}, .bits = 16});
    QVERIFY(readImage(folder / "f.png") == Image(1, 1, 3, std::vector<std::uint16_t>{0x102, 0x304, 0x506}));
}

void TestCodec::pngInterlaced() {
    const TempDir folder;
    for (const auto& [width, height] : {std::pair{33, 21}, {1, 1}, {3, 200}}) {
        const Image image = makeTestPicture(width, height, 4);
        writeRawPng(folder / "a.png", {.width = width,
                                       .height = height,
                                       .rows = samplesOf(image),
                                       .colourType = 6,
                                       .isInterlaced = true,
                                       .profile = makeProfile(ProfileKind::Srgb)});
        QVERIFY(readImage(folder / "a.png") == image);
    }
}

void TestCodec::tiffKinds_data() {
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("bits");
    QTest::addColumn<int>("layout"); // 1 planar, 2 tiled, 4 big-endian
    QTest::addColumn<int>("compression");
    for (const int channels : {1, 3})
        for (const int bits : {8, 16})
            for (int layout = 0; layout < 8; ++layout)
                for (const int compression : {1, 5, 8}) // none, LZW, Deflate
                    QTest::addRow("%d x %d bit, layout %d, compression %d", channels, bits, layout,
                                  compression)
                        << channels << bits << layout << compression;
}

void TestCodec::tiffKinds() {
    QFETCH(int, channels);
    QFETCH(int, bits);
    QFETCH(int, layout);
    QFETCH(int, compression);
    const TempDir folder;
    const Image image = bits == 16 ? makeTestPicture16(37, 21, channels) : makeTestPicture(37, 21, channels);
    writeTiff(folder / "a.tif", {.width = 37,
                                 .height = 21,
                                 .samples = wideSamples(image),
                                 .channels = channels,
                                 .bits = bits,
                                 .photometric = channels == 1 ? 1 : 2,
                                 .compression = compression,
                                 .isPlanar = (layout & 1) != 0,
                                 .isTiled = (layout & 2) != 0,
                                 .isBigEndian = (layout & 4) != 0});
    const Image back = readImage(folder / "a.tif");
    QVERIFY2(back == image, compareImages(back, image).text().c_str());
}

void TestCodec::tiffAlpha() {
    const TempDir folder;
    TiffFile file{
        .width = 2, .height = 1, .samples = {100, 50, 25, 128, 9, 8, 7, 0}, .channels = 4, .extra = 2};
    writeTiff(folder / "a.tif", file);
    QVERIFY(readImage(folder / "a.tif") ==
            Image(2, 1, 4, std::vector<std::uint8_t>{100, 50, 25, 128, 9, 8, 7, 0}));
    file.extra = 1; // associated: divided by alpha
    writeTiff(folder / "a.tif", file);
    QVERIFY(readImage(folder / "a.tif") ==
            Image(2, 1, 4, std::vector<std::uint8_t>{199, 100, 50, 128, 0, 0, 0, 0}));
    file.extra = 0; // not said to be alpha
    writeTiff(folder / "a.tif", file);
    QVERIFY(readImage(folder / "a.tif") == Image(2, 1, 3, std::vector<std::uint8_t>{100, 50, 25, 9, 8, 7}));
    const TiffFile cmyk{
        .width = 1, .height = 1, .samples = {51, 102, 0, 128}, .channels = 4, .photometric = 5};
    writeTiff(folder / "a.tif", cmyk);
    QVERIFY(
        compareImages(readImage(folder / "a.tif"), Image(1, 1, 3, std::vector<std::uint8_t>{102, 76, 127}))
            .maximum <= 1);
    writeTiff(folder / "a.tif",
              {.width = 2, .height = 1, .samples = {0, 200}, .channels = 1, .photometric = 0});
    QVERIFY(readImage(folder / "a.tif") == Image(2, 1, 1, std::vector<std::uint8_t>{255, 55}));
}

void TestCodec::tiffConverted() {
    const TempDir folder;
    std::vector<std::uint16_t> palette(3 * 256);
    palette[5] = 65535;       // red of entry 5
    palette[256 + 6] = 65535; // green of entry 6
    writeTiff(
        folder / "a.tif",
        {.width = 2, .height = 1, .samples = {5, 6}, .channels = 1, .photometric = 3, .palette = palette});
    QVERIFY(readImage(folder / "a.tif") == Image(2, 1, 3, std::vector<std::uint8_t>{255, 0, 0, 0, 255, 0}));
    writeTiff(folder / "b.tif",
              {.width = 3, .height = 1, .samples = {1, 0, 1}, .channels = 1, .bits = 1, .photometric = 1});
    QVERIFY(readImage(folder / "b.tif") ==
            Image(3, 1, 3, std::vector<std::uint8_t>{255, 255, 255, 0, 0, 0, 255, 255, 255}));
}

void TestCodec::oneByOne() {
    const TempDir folder;
    const Image dot(1, 1, 3, std::vector<std::uint8_t>{200, 100, 50});
    writePng(folder / "a.png", dot);
    writeTiff(folder / "a.tif", {.width = 1, .height = 1, .samples = wideSamples(dot)});
    writeJpeg(folder / "a.jpg", {.width = 1, .height = 1, .samples = samplesOf(dot), .orientation = 6});
    QVERIFY(readImage(folder / "a.png") == dot);
    QVERIFY(readImage(folder / "a.tif") == dot);
    QVERIFY(compareImages(readImage(folder / "a.jpg"), dot).maximum <= 3);
    QCOMPARE(resize(dot, 5, 3).u8()[44], std::uint8_t{50});
}

void TestCodec::veryWide() {
    const TempDir folder;
    const Image wide(20000, 40, 3, std::vector<std::uint8_t>(20000 * 40 * 3, 90));
    writePng(folder / "a.png", wide);
    QVERIFY(readImage(folder / "a.png") == wide);
    writeJpeg(folder / "a.jpg", {.width = 20000, .height = 40, .samples = samplesOf(wide), .orientation = 8});
    const Image turned = readImage(folder / "a.jpg");
    QVERIFY(turned.width() == 40 && turned.height() == 20000);
    QVERIFY(resize(wide, 1000, 2) == Image(1000, 2, 3, std::vector<std::uint8_t>(6000, 90)));
}

QTEST_APPLESS_MAIN(TestCodec)
#include "test_codec.moc"
