// SPDX-License-Identifier: Apache-2.0
// Files that are no usable pictures: one clear message each, quickly and without much memory.
#include "core/base/file.h"
#include "core/image/codec.h"
#include "core/image/convert.h"
#include "tests/support/expect_failure.h"
#include "tests/support/image_compare.h"
#include "tests/support/picture_files.h"
#include "tests/support/temp_dir.h"

#include <QElapsedTimer>
#include <QTest>
#include <cstring>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace cameo;
using namespace cameo::test;
using namespace std::string_literals;

namespace {

std::vector<std::uint8_t> samplesOf(const Image& image) {
    return {image.u8().begin(), image.u8().end()};
}

std::vector<std::uint16_t> wideSamples(const Image& image) {
    return {image.u8().begin(), image.u8().end()};
}

long peakKilobytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/// Overwrites a big-endian or little-endian number.
void patch(std::string& bytes, std::size_t at, std::uint32_t value, int count, bool isBigEndian) {
    for (int i = 0; i < count; ++i)
        bytes.at(at + i) = static_cast<char>(value >> 8 * (isBigEndian ? count - 1 - i : i));
}

/// Gives a PNG another size, with the right checksum, so that only the size can be refused.
void patchPngSize(std::string& png, std::uint32_t width, std::uint32_t height) {
    patch(png, 16, width, 4, true);
    patch(png, 20, height, 4, true);
    std::uint32_t crc = 0xffffffffu;
    for (std::size_t i = 12; i < 29; ++i) {
        crc ^= static_cast<unsigned char>(png[i]);
        for (int k = 0; k < 8; ++k)
            crc = crc & 1 ? 0xedb88320u ^ (crc >> 1) : crc >> 1;
    }
    patch(png, 29, ~crc, 4, true);
}

void patchJpegSize(std::string& jpeg, std::uint32_t width, std::uint32_t height) {
    const std::size_t frame = jpeg.find("\xff\xc0"s);
    patch(jpeg, frame + 5, height, 2, true);
    patch(jpeg, frame + 7, width, 2, true);
}

void writeFile(const std::filesystem::path& file, std::string_view bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
}

} // namespace

class TestCodecBad : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void foreignFiles_data();
    void foreignFiles();
    void notFiles();
    void truncatedFiles_data();
    void truncatedFiles();
    void bombs_data();
    void bombs();
    void limitsAreTheCallers();
    void smallFilesCannotAskForMuch();
    void unsupportedLayouts();
    void damagedPixels();
    void textOfForeignFiles();
};

void TestCodecBad::foreignFiles_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("part");
    const auto row = [](const char* name, const std::string& bytes, const char* part) {
        QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()))
                            << QString::fromUtf8(part);
    };
    const char* convert = "not supported. Convert it to PNG or JPEG";
    row("empty", "", "is empty");
    row("one byte", "\x89", "not a picture");
    row("text", "Dear Sir or Madam,\n", "starts with \"Dear Sir or Madam,");
    row("HTML", "<!DOCTYPE html><html>", "starts with \"<!DOCTYPE html>");
    row("SVG", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "not a picture");
    row("HEIC",
        "\0\0\0\x18"
        "ftypheic\0\0\0\0mif1heic"s,
        "HEIC picture, which is not supported");
    row("HEIF",
        "\0\0\0\x18"
        "ftypmif1\0\0\0\0"s,
        convert);
    row("AVIF",
        "\0\0\0\x1c"
        "ftypavif\0\0\0\0"s,
        "AVIF picture, which is not supported");
    row("WebP", "RIFF\x10\0\0\0WEBPVP8 "s, "WebP picture, which is not supported");
    row("GIF", "GIF89a", convert);
    row("BMP", "BM\x36\0\0\0"s, convert);
    row("PSD", "8BPS\0\1"s, convert);
    row("JPEG XL", "\0\0\0\x0cJXL \r\n\x87\n"s, convert);
    row("JPEG 2000", "\0\0\0\x0cjP  \r\n"s, convert);
    row("PDF", "%PDF-1.7", convert);
    row("RIFF that is no picture", "RIFF\x10\0\0\0WAVEfmt "s, "not a picture");
    row("binary", "\x01\x02\x03\x7f\xff"s, "\\x01\\x02\\x03");
    row("PNG signature alone", "\x89PNG\r\n\x1a\n", "damaged PNG");
    row("JPEG start alone", "\xff\xd8\xff", "damaged JPEG");
    row("TIFF start alone", "II*\0"s, "damaged TIFF");
    row("JPEG that is text", "\xff\xd8\xff\xe0 this is not a JPEG file at all, only its start",
        "damaged JPEG");
    row("TIFF with a far directory", "II*\0\xff\xff\xff\x7f"s, "damaged TIFF");
}

void TestCodecBad::foreignFiles() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, part);
    const TempDir folder;
    writeFile(folder / "a.jpg", std::string_view(bytes.data(), static_cast<std::size_t>(bytes.size())));
    CAMEO_VERIFY_FAILURE(readImage(folder / "a.jpg"), ErrorCode::BadImage, part.toStdString());
    CAMEO_VERIFY_FAILURE(readImage(folder / "a.jpg"), ErrorCode::BadImage, (folder / "a.jpg").string());
}

void TestCodecBad::notFiles() {
    const TempDir folder;
    CAMEO_VERIFY_FAILURE(readImage(folder / "none.png"), ErrorCode::NotFound, "none.png");
    CAMEO_VERIFY_FAILURE(readImage(folder.path()), ErrorCode::Io, folder.path().string());
    QCOMPARE(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    CAMEO_VERIFY_FAILURE(readImage(folder / "pipe"), ErrorCode::Io, "pipe"); // and does not wait for a writer
}

void TestCodecBad::truncatedFiles_data() {
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"png", "interlaced.png", "jpg", "progressive.jpg", "cmyk.jpg", "tif", "lzw.tif"})
        QTest::newRow(kind) << QString::fromUtf8(kind);
}

void TestCodecBad::truncatedFiles() {
    QFETCH(QString, kind);
    const TempDir folder;
    const auto file = folder / "a";
    const Image image = makeTestPicture(48, 36, 3), four = makeTestPicture(48, 36, 4);
    if (kind.endsWith(QStringLiteral("png")))
        writeRawPng(file, {.width = 48,
                           .height = 36,
                           .rows = samplesOf(image),
                           .isInterlaced = kind.startsWith(QStringLiteral("interlaced"))});
    else if (kind == QStringLiteral("cmyk.jpg"))
        writeJpeg(
            file,
            {.width = 48, .height = 36, .samples = samplesOf(four), .channels = 4, .hasAdobeMarker = true});
    else if (kind.endsWith(QStringLiteral("jpg")))
        writeJpeg(file, {.width = 48,
                         .height = 36,
                         .samples = samplesOf(image),
                         .isProgressive = kind.startsWith(QStringLiteral("progressive"))});
    else
        writeTiff(file, {.width = 48,
                         .height = 36,
                         .samples = wideSamples(image),
                         .compression = kind == QStringLiteral("tif") ? 1 : 5});
    const std::string whole = readTextFile(file);
    QVERIFY(!readImage(file).isEmpty());
    // JPEG ends in a marker of two bytes, without which all pixels are there; the PNG's last chunk has
    // twelve.
    for (std::size_t length = 1; length + 3 < whole.size(); length += 1 + whole.size() / 97) {
        writeFile(file, std::string_view(whole).substr(0, length));
        const auto error = failureOf([&] { readImage(file); });
        QVERIFY2(error && error->code == ErrorCode::BadImage, qPrintable(QString::number(length)));
    }
}

void TestCodecBad::bombs_data() {
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"png", "jpg", "tif"})
        QTest::newRow(kind) << QString::fromUtf8(kind);
}

void TestCodecBad::bombs() {
    QFETCH(QString, kind);
    const TempDir folder;
    const auto file = folder / "a";
    const Image image = makeTestPicture(16, 16, 3);
    std::string bytes;
    if (kind == QStringLiteral("png")) {
        writeRawPng(file, {.width = 16, .height = 16, .rows = samplesOf(image)});
        bytes = readTextFile(file);
        patchPngSize(bytes, 60000, 60000);
    } else if (kind == QStringLiteral("jpg")) {
        writeJpeg(file, {.width = 16, .height = 16, .samples = samplesOf(image)});
        bytes = readTextFile(file);
        patchJpegSize(bytes, 60000, 60000);
    } else {
        writeTiff(file, {.width = 16, .height = 16, .samples = wideSamples(image)});
        bytes = readTextFile(file);
        std::uint32_t directory = 0;
        std::memcpy(&directory, &bytes[4], 4);
        patch(bytes, directory + 2 + 8, 60000, 2, false); // the first two tags are width and height
        patch(bytes, directory + 2 + 12 + 8, 60000, 2, false);
    }
    writeFile(file, std::string_view(bytes));
    const long before = peakKilobytes();
    QElapsedTimer timer;
    timer.start();
    CAMEO_VERIFY_FAILURE(readImage(file), ErrorCode::BadImage, "60000 x 60000");
    QVERIFY(peakKilobytes() - before < 64 * 1024);
    QVERIFY(timer.elapsed() < 2000);
}

void TestCodecBad::limitsAreTheCallers() {
    const TempDir folder;
    writePng(folder / "a.png", makeTestPicture(40, 30, 3));
    QVERIFY(!readImage(folder / "a.png", {.maxPixels = 1200, .maxSide = 40}).isEmpty());
    CAMEO_VERIFY_FAILURE(readImage(folder / "a.png", {.maxPixels = 1199, .maxSide = 40}), ErrorCode::BadImage,
                         "too large: 40 x 30");
    CAMEO_VERIFY_FAILURE(readImage(folder / "a.png", {.maxPixels = 1200, .maxSide = 39}), ErrorCode::BadImage,
                         "at most 39 a side");
}

void TestCodecBad::smallFilesCannotAskForMuch() {
    const TempDir folder;
    writeRawPng(folder / "a.png", {.width = 16, .height = 16, .rows = samplesOf(makeTestPicture(16, 16, 3))});
    std::string png = readTextFile(folder / "a.png");
    patchPngSize(png, 20000, 9000);
    writeFile(folder / "a.png", std::string_view(png));
    writeJpeg(folder / "a.jpg",
              {.width = 16, .height = 16, .samples = samplesOf(makeTestPicture(16, 16, 3))});
    std::string jpeg = readTextFile(folder / "a.jpg");
    patchJpegSize(jpeg, 20000, 9000);
    writeFile(folder / "a.jpg", std::string_view(jpeg));
    const long before = peakKilobytes();
    for (const char* name : {"a.png", "a.jpg"})
        CAMEO_VERIFY_FAILURE(readImage(folder / name), ErrorCode::BadImage, "cannot hold");
    QVERIFY(peakKilobytes() - before < 64 * 1024);
}

void TestCodecBad::unsupportedLayouts() {
    const TempDir folder;
    writeTiff(folder / "a.tif",
              {.width = 4, .height = 4, .samples = std::vector<std::uint16_t>(48, 100), .bits = 32});
    CAMEO_VERIFY_FAILURE(readImage(folder / "a.tif"), ErrorCode::BadImage, "floating point");
}

void TestCodecBad::damagedPixels() {
    const TempDir folder;
    writeRawPng(folder / "a.png", {.width = 64, .height = 64, .rows = samplesOf(makeTestPicture(64, 64, 3))});
    std::string png = readTextFile(folder / "a.png");
    png[png.size() / 2] = static_cast<char>(png[png.size() / 2] ^ 0x55);
    writeFile(folder / "a.png", std::string_view(png));
    CAMEO_VERIFY_FAILURE(readImage(folder / "a.png"), ErrorCode::BadImage, "damaged PNG");
    CAMEO_VERIFY_FAILURE(readImage(folder / "a.png"), ErrorCode::BadImage, "Save or copy the picture again");
}

void TestCodecBad::textOfForeignFiles() {
    const TempDir folder;
    writeFile(folder / "a.png", std::string_view("hello"));
    CAMEO_VERIFY_FAILURE(readPngText(folder / "a.png"), ErrorCode::BadImage, "a.png");
    CAMEO_VERIFY_FAILURE(readPngText(folder / "none.png"), ErrorCode::NotFound, "none.png");
}

QTEST_APPLESS_MAIN(TestCodecBad)
#include "test_codec_bad.moc"
