// SPDX-License-Identifier: Apache-2.0
// Random damage to sound files: reading returns a picture or throws a Failure, and nothing else happens.
// Worth most under the address sanitizer.
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/numpy_random.h"
#include "core/image/codec.h"
#include "core/image/convert.h"
#include "tests/support/image_compare.h"
#include "tests/support/picture_files.h"
#include "tests/support/temp_dir.h"

#include <QTest>
#include <fstream>

using namespace cameo;
using namespace cameo::test;

namespace {

constexpr int mutationsPerCodec = 2000;
constexpr ImageLimits limits{.maxPixels = 1'000'000, .maxSide = 4000};

std::vector<std::uint8_t> samplesOf(const Image& image) {
    return {image.u8().begin(), image.u8().end()};
}

std::vector<std::uint16_t> wideSamples(const Image& image) {
    if (image.type() == PixelType::U16)
        return {image.u16().begin(), image.u16().end()};
    return {image.u8().begin(), image.u8().end()};
}

void appendFile(std::vector<std::string>& all, const std::filesystem::path& file) {
    all.push_back(readTextFile(file));
}

std::vector<std::string> pngSeeds(const TempDir& folder) {
    std::vector<std::string> all;
    const Image rgb = makeTestPicture(24, 18, 3), rgba = makeTestPicture(24, 18, 4);
    writePng(folder / "a", rgb.withResolution(300),
             {.text = {{"cameo:recipe", std::string(3000, 'x')}, {"Title", "a"}}});
    appendFile(all, folder / "a");
    writePng(folder / "a", makeTestPicture16(12, 9, 4));
    appendFile(all, folder / "a");
    writeRawPng(folder / "a", {.width = 24,
                               .height = 18,
                               .rows = samplesOf(rgba),
                               .colourType = 6,
                               .isInterlaced = true,
                               .orientation = 6,
                               .profile = makeProfile(ProfileKind::LinearRgb)});
    appendFile(all, folder / "a");
    writeRawPng(folder / "a", {.width = 24,
                               .height = 18,
                               .rows = std::vector<std::uint8_t>(12 * 18, 0x12),
                               .bits = 4,
                               .colourType = 3,
                               .palette = {1, 2, 3, 4, 5, 6, 7, 8, 9},
                               .transparency = {0, 9},
                               .gamma = 0.9});
    appendFile(all, folder / "a");
    return all;
}

std::vector<std::string> jpegSeeds(const TempDir& folder) {
    std::vector<std::string> all;
    JpegFile jpeg{.width = 24,
                  .height = 18,
                  .samples = samplesOf(makeTestPicture(24, 18, 3)),
                  .orientation = 5,
                  .profile = makeProfile(ProfileKind::LinearRgb)};
    for (const bool isProgressive : {false, true}) {
        jpeg.isProgressive = isProgressive;
        writeJpeg(folder / "a", jpeg);
        appendFile(all, folder / "a");
    }
    writeJpeg(folder / "a", {.width = 24,
                             .height = 18,
                             .samples = samplesOf(makeTestPicture(24, 18, 4)),
                             .channels = 4,
                             .isYcck = true,
                             .hasAdobeMarker = true});
    appendFile(all, folder / "a");
    writeJpeg(folder / "a",
              {.width = 24, .height = 18, .samples = samplesOf(makeTestPicture(24, 18, 1)), .channels = 1});
    appendFile(all, folder / "a");
    return all;
}

std::vector<std::string> tiffSeeds(const TempDir& folder) {
    std::vector<std::string> all;
    const Image rgb = makeTestPicture(24, 18, 3), wide = makeTestPicture16(24, 18, 4);
    for (const int compression : {1, 5, 8, 32773}) {
        writeTiff(folder / "a", {.width = 24,
                                 .height = 18,
                                 .samples = wideSamples(rgb),
                                 .compression = compression,
                                 .orientation = 7,
                                 .isTiled = compression == 8});
        appendFile(all, folder / "a");
    }
    writeTiff(folder / "a", {.width = 24,
                             .height = 18,
                             .samples = wideSamples(wide),
                             .channels = 4,
                             .bits = 16,
                             .extra = 1,
                             .isPlanar = true,
                             .profile = makeProfile(ProfileKind::LinearRgb)});
    appendFile(all, folder / "a");
    writeTiff(folder / "a", {.width = 24,
                             .height = 18,
                             .samples = wideSamples(makeTestPicture(24, 18, 1)),
                             .channels = 1,
                             .photometric = 3,
                             .palette = std::vector<std::uint16_t>(768, 30000)});
    appendFile(all, folder / "a");
    return all;
}

/// Makes the checksums of a PNG's chunks right again, so that the damage gets past them.
void repairChecksums(std::string& png) {
    for (std::size_t at = 8; at + 12 <= png.size();) {
        std::uint32_t length = 0;
        for (int i = 0; i < 4; ++i)
            length = length << 8 | static_cast<unsigned char>(png[at + i]);
        if (length > png.size() - at - 12)
            return;
        std::uint32_t crc = 0xffffffffu;
        for (std::size_t i = at + 4; i < at + 8 + length; ++i) {
            crc ^= static_cast<unsigned char>(png[i]);
            for (int k = 0; k < 8; ++k)
                crc = crc & 1 ? 0xedb88320u ^ (crc >> 1) : crc >> 1;
        }
        for (int i = 0; i < 4; ++i)
            png[at + 8 + length + i] = static_cast<char>(~crc >> (24 - 8 * i));
        at += 12 + length;
    }
}

std::string mutate(std::string bytes, NumpyRandom& random) {
    const auto below = [&](std::size_t count) { return random.nextUint32() % count; };
    const std::size_t head = std::min<std::size_t>(bytes.size(), 400); // most of the structure is there
    for (std::size_t i = 0, count = 1 + below(6); i < count; ++i) {
        char& byte = bytes[below(below(2) ? head : bytes.size())];
        switch (below(4)) {
        case 0:
            byte = static_cast<char>(byte ^ 1 << below(8));
            break;
        case 1:
            byte = static_cast<char>(0xff);
            break;
        case 2:
            byte = 0;
            break;
        default:
            byte = static_cast<char>(below(256));
        }
    }
    if (below(10) == 0)
        bytes.resize(1 + below(bytes.size()));
    if (below(10) == 0)
        bytes.insert(below(bytes.size()), bytes.substr(below(bytes.size()), below(40)));
    return bytes;
}

} // namespace

class TestCodecMutations : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void png() { run(pngSeeds(m_folder)); }
    void jpeg() { run(jpegSeeds(m_folder)); }
    void tiff() { run(tiffSeeds(m_folder)); }

  private:
    void run(const std::vector<std::string>& seeds);
    TempDir m_folder;
};

void TestCodecMutations::run(const std::vector<std::string>& seeds) {
    NumpyRandom random(7);
    const auto file = m_folder / "mutant";
    int pictures = 0, failures = 0;
    for (int i = 0; i < mutationsPerCodec; ++i) {
        std::string bytes = mutate(seeds[static_cast<std::size_t>(i) % seeds.size()], random);
        const bool isPng = bytes.starts_with("\x89PNG");
        if (isPng && i % 3 != 0)
            repairChecksums(bytes);
        std::ofstream(file, std::ios::binary) << bytes;
        try {
            const Image image = readImage(file, limits);
            QVERIFY(1LL * image.width() * image.height() <= limits.maxPixels);
            ++pictures;
            if (isPng)
                readPngText(file);
        } catch (const Failure& failure) {
            QVERIFY2(failure.error().code == ErrorCode::BadImage, failure.what());
            ++failures;
        }
    }
    QVERIFY2(pictures > mutationsPerCodec / 50, "the damage must not always be found at once");
    QVERIFY2(failures > mutationsPerCodec / 50, "the damage must matter");
}

QTEST_APPLESS_MAIN(TestCodecMutations)
#include "test_codec_mutations.moc"
