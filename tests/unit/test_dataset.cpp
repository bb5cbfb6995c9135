// SPDX-License-Identifier: Apache-2.0
// Packed data sets: what is packed comes back, bad pictures are skipped with a reason, broken files are
// refused, and the splits of a table of pictures are honoured.
#include "core/base/file.h"
#include "core/train/dataset.h"
#include "tests/support/expect_failure.h"
#include "tests/support/temp_dir.h"

#include <QTest>
#include <algorithm>
#include <numeric>

using namespace cameo;
using namespace cameo::test;
using namespace cameo::train;

namespace {

constexpr int kSide = 8;

/// A picture is as dark as its name is long; "bad..." cannot be decoded.
std::vector<std::uint8_t> decodeByName(const std::filesystem::path& file, int side) {
    const std::string name = file.filename().string();
    if (name.starts_with("bad"))
        throw Failure(ErrorCode::BadImage, "'" + name + "' is no picture");
    std::vector<std::uint8_t> pixels(std::size_t{3} * side * side);
    std::iota(pixels.begin(), pixels.end(), static_cast<std::uint8_t>(name.size()));
    return pixels;
}

PackRequest request(std::vector<std::filesystem::path> files) {
    return {.files = std::move(files),
            .side = kSide,
            .manifest = Json::object({{"split", "train"}, {"licence", "CC0"}}),
            .decode = decodeByName};
}

std::string contentOf(const std::filesystem::path& file) {
    return readTextFile(file);
}

} // namespace

class TestDataset : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void picturesComeBack();
    void badPicturesAreSkipped();
    void nothingUsableLeavesNothing();
    void cancellingLeavesNothing();
    void brokenFilesAreRefused_data();
    void brokenFilesAreRefused();
    void splitsAreHonoured();
    void quotedFieldsAreRead();
    void unusableTablesAreRefused();
};

void TestDataset::picturesComeBack() {
    const TempDir folder;
    long calls = 0;
    PackRequest pack = request({"a.jpg", "bb.jpg", "ccc.jpg"});
    pack.onProgress = [&](long done, long total) {
        QCOMPARE(done, ++calls);
        QCOMPARE(total, 3L);
    };
    const PackReport report = packDataset(pack, folder / "set");
    QCOMPARE(report.packed, 3L);
    QCOMPARE(calls, 3L);
    QVERIFY(report.skipped.empty());

    const PackedDataset set = PackedDataset::open(folder / "set");
    QCOMPARE(set.count(), 3L);
    QCOMPARE(set.side(), kSide);
    QCOMPARE(set.channels(), 3);
    QCOMPARE(set.split(), std::string("train"));
    QCOMPARE(set.manifest().at("licence").asString(), std::string("CC0"));
    QCOMPARE(set.manifest().at("files").asArray().size(), std::size_t{3});
    for (long i = 0; i < 3; ++i) {
        const auto expected = decodeByName(pack.files[static_cast<std::size_t>(i)], kSide);
        QVERIFY(std::ranges::equal(set.image(i), expected));
    }
    CAMEO_VERIFY_FAILURE(set.image(3), ErrorCode::InvalidArgument, "3");
}

void TestDataset::badPicturesAreSkipped() {
    const TempDir folder;
    const PackReport report = packDataset(request({"bad.jpg", "a.jpg", "bad2.jpg"}), folder / "set");
    QCOMPARE(report.packed, 1L);
    QCOMPARE(report.skipped.size(), std::size_t{2});
    QVERIFY(report.skipped[1].second.find("'bad2.jpg' is no picture") != std::string::npos);
    const PackedDataset set = PackedDataset::open(folder / "set");
    QCOMPARE(set.count(), 1L);
    QVERIFY(std::ranges::equal(set.image(0), decodeByName("a.jpg", kSide)));
    QCOMPARE(set.manifest().at("skipped").asArray().size(), std::size_t{2});
}

void TestDataset::nothingUsableLeavesNothing() {
    const TempDir folder;
    CAMEO_VERIFY_FAILURE(packDataset(request({"bad.jpg"}), folder / "set"), ErrorCode::BadImage, "'bad.jpg'");
    CAMEO_VERIFY_FAILURE(packDataset(request({}), folder / "set"), ErrorCode::BadImage, "0 pictures");
    PackRequest tiny = request({"a.jpg"});
    tiny.side = 0;
    CAMEO_VERIFY_FAILURE(packDataset(tiny, folder / "set"), ErrorCode::InvalidArgument, "side");
    QVERIFY(folder.listing().empty());
}

void TestDataset::cancellingLeavesNothing() {
    const TempDir folder;
    PackRequest pack = request({"a.jpg", "bb.jpg"});
    pack.onProgress = [](long, long) { throw Failure(ErrorCode::Cancelled, "stopped"); };
    CAMEO_VERIFY_FAILURE(packDataset(pack, folder / "set"), ErrorCode::Cancelled, "stopped");
    QVERIFY(folder.listing().empty());
}

void TestDataset::brokenFilesAreRefused_data() {
    QTest::addColumn<std::string>("kind");
    QTest::addColumn<std::string>("reason");
    QTest::addRow("empty") << std::string("empty") << std::string("0 bytes");
    QTest::addRow("foreign") << std::string("foreign") << std::string("CAMEOSET");
    QTest::addRow("cut off") << std::string("cut") << std::string("end is missing");
    QTest::addRow("newer") << std::string("version") << std::string("version is 7");
    QTest::addRow("huge side") << std::string("side") << std::string("images of side");
    QTest::addRow("huge count") << std::string("count") << std::string("claims");
    QTest::addRow("no manifest") << std::string("manifest") << std::string("manifest");
}

void TestDataset::brokenFilesAreRefused() {
    QFETCH(std::string, kind);
    QFETCH(std::string, reason);
    const TempDir folder;
    packDataset(request({"a.jpg", "bb.jpg"}), folder / "set");
    std::string content = contentOf(folder / "set");
    if (kind == "empty")
        content.clear();
    else if (kind == "foreign")
        content[0] = 'X';
    else if (kind == "cut")
        content.pop_back();
    else if (kind == "version")
        content[8] = 7;
    else if (kind == "side")
        content[15] = 0x7f;
    else if (kind == "count")
        content[content.size() - 10] = 0x7f; // a high byte of the count
    else
        content[24 + 2 * 3 * kSide * kSide] = '?';
    writeFileAtomically(folder / "broken", std::string_view(content));
    CAMEO_VERIFY_FAILURE(PackedDataset::open(folder / "broken"), ErrorCode::BadImage, reason);
}

void TestDataset::splitsAreHonoured() {
    const TempDir folder;
    writeFileAtomically(folder / "manifest.csv", std::string_view("file,person,split\r\n"
                                                                  "images/1.jpg,7,train\r\n"
                                                                  "images/2.jpg,8,dev\r\n"
                                                                  "\r\n"
                                                                  "images/3.jpg,9,train"));
    const auto train = filesOfSplit(folder / "manifest.csv", "train");
    QCOMPARE(train.size(), std::size_t{2});
    QVERIFY(train[0] == folder.path() / "images/1.jpg");
    QVERIFY(train[1] == folder.path() / "images/3.jpg");
    QCOMPARE(filesOfSplit(folder / "manifest.csv", "dev").size(), std::size_t{1});
    CAMEO_VERIFY_FAILURE(filesOfSplit(folder / "manifest.csv", "test"), ErrorCode::InvalidArgument, "'test'");
    CAMEO_VERIFY_FAILURE(filesOfSplit(folder / "manifest.csv", ""), ErrorCode::InvalidArgument,
                         "dev (1 pictures)");
}

void TestDataset::quotedFieldsAreRead() {
    const TempDir folder;
    writeFileAtomically(folder / "m.csv",
                        std::string_view("licence,split,file\n"
                                         "\"PD (GPO, \"\"stated\"\")\",train,\"a\nb.jpg\"\n"));
    const auto files = filesOfSplit(folder / "m.csv", "train");
    QCOMPARE(files.size(), std::size_t{1});
    QVERIFY(files[0].filename() == "a\nb.jpg");
}

void TestDataset::unusableTablesAreRefused() {
    const TempDir folder;
    writeFileAtomically(folder / "a.csv", std::string_view("file,licence\n1.jpg,CC0\n"));
    CAMEO_VERIFY_FAILURE(filesOfSplit(folder / "a.csv", "train"), ErrorCode::BadImage, "no column 'split'");
    writeFileAtomically(folder / "b.csv", std::string_view("file,split\n1.jpg\n"));
    CAMEO_VERIFY_FAILURE(filesOfSplit(folder / "b.csv", "train"), ErrorCode::BadImage, "Record 2");
}

QTEST_APPLESS_MAIN(TestDataset)
#include "test_dataset.moc"
