// SPDX-License-Identifier: Apache-2.0
// Random numbers, arrays, parameters, text, files and results.
#include "core/base/file.h"
#include "core/base/npy.h"
#include "core/base/numpy_random.h"
#include "core/base/parameter.h"
#include "core/base/result.h"
#include "core/base/text.h"
#include "tests/support/expect_failure.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temp_dir.h"

#include <QTest>
#include <cmath>
#include <cstring>
#include <numeric>

using namespace cameo;
using namespace cameo::test;

namespace {

constexpr Parameter table[] = {
    {"clusters", "Clusters", 2, 64, 16, 0, "", "How many clusters.", "chosen"},
    {"working-size", "Working size", 16, 512, 64.5, 1, "px", "Side.", "chosen"},
};

std::span<const std::byte> bytesOf(const std::string& text) {
    return std::as_bytes(std::span(text));
}

void writeNpyHeader(const std::filesystem::path& file, const std::string& header, const std::string& body) {
    std::string all("\x93NUMPY\x01\x00", 8);
    all += static_cast<char>(header.size() & 255);
    all += static_cast<char>(header.size() >> 8);
    writeFileAtomically(file, std::string_view(all + header + body));
}

Result<int> lengthOf(const std::string& text) {
    if (text.empty())
        return Error{ErrorCode::NotFound, "no such thing", "Look elsewhere"};
    return static_cast<int>(text.size());
}

} // namespace

class TestBase : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void randomEqualsNumpy();
    void npyComesBack();
    void npyTypes();
    void brokenNpyIsRefused();
    void parameters();
    void words();
    void texts();
    void utf8();
    void mapping();
    void readingText();
    void writingIsAllOrNothing();
    void fullDisk();
    void folders();
    void results();
};

void TestBase::randomEqualsNumpy() {
    // numpy.random.RandomState(seed), NumPy 1.24
    const struct {
        std::uint32_t seed, first;
        double uniform;
        double normals[4];
        double last, sum; // of 1000
    } expected[] = {{0,
                     2357136044u,
                     0.5488135039273248,
                     {1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458},
                     -0.35811407547985674,
                     -45.25670749019538},
                    {42,
                     1608637542u,
                     0.3745401188473625,
                     {0.4967141530112327, -0.13826430117118466, 0.6476885381006925, 1.5230298564080254},
                     0.5725827813561586,
                     19.33205582232549},
                    {4294967295u,
                     419326371u,
                     0.0976320289940138,
                     {0.6484086742306527, 0.6693235306338161, -1.0805437227474493, 0.2845010447986309},
                     0.8396779525796308,
                     -5.345894772824025}};
    for (const auto& row : expected) {
        QCOMPARE(NumpyRandom(row.seed).nextUint32(), row.first);
        QVERIFY(NumpyRandom(row.seed).uniform() == row.uniform);
        const std::vector<double> values = NumpyRandom(row.seed).randn(1000);
        for (int i = 0; i < 4; ++i)
            QVERIFY(std::abs(values[i] - row.normals[i]) < 1e-15); // log and sqrt may differ in the last bit
        QVERIFY(std::abs(values[999] - row.last) < 1e-15);
        QVERIFY(std::abs(std::accumulate(values.begin(), values.end(), 0.0) - row.sum) <
                1e-11); // order of sums
    }
    NumpyRandom oneByOne(42);
    for (const double value : NumpyRandom(42).randn(9)) // an odd count keeps the cached second value
        QCOMPARE(oneByOne.gauss(), value);
}

void TestBase::npyComesBack() {
    const TempDir folder;
    const std::vector<float> values{0, -1.5f, 3.25f, 1e-30f, -0.0f, 7};
    for (const std::vector<long>& shape : {std::vector<long>{6}, {2, 3}, {1, 2, 3, 1}}) {
        writeNpy(folder / "a.npy", shape, values);
        const NpyArray back = readNpy(folder / "a.npy");
        QVERIFY(back.shape == shape);
        for (std::size_t i = 0; i < values.size(); ++i)
            QVERIFY(back.values[i] == values[i]);
        QCOMPARE(readTextFile(folder / "a.npy").size() % 64,
                 values.size() * 4 % 64); // the header fills 64 bytes
    }
    writeNpy(folder / "b.npy", std::vector<long>{0, 4}, {});
    QVERIFY(readNpy(folder / "b.npy").values.empty());
    CAMEO_VERIFY_FAILURE(writeNpy(folder / "c.npy", std::vector<long>{7}, values), ErrorCode::Internal,
                         "6 values");
}

void TestBase::npyTypes() {
    const TempDir folder;
    const auto read = [&](const char* type, const std::string& body) {
        writeNpyHeader(folder / "a.npy",
                       cat("{'descr': '", type, "', 'fortran_order': False, 'shape': (1,), }\n"), body);
        return readNpy(folder / "a.npy").values.at(0);
    };
    const auto bytes = [](auto value) {
        return std::string(reinterpret_cast<const char*>(&value), sizeof(value));
    };
    QCOMPARE(read("<f8", bytes(-2.5)), -2.5);
    QCOMPARE(read("<i4", bytes(std::int32_t{-7})), -7.0);
    QCOMPARE(read("<i8", bytes(std::int64_t{1} << 40)), std::ldexp(1.0, 40));
    QCOMPARE(read("|u1", bytes(std::uint8_t{200})), 200.0);
    QCOMPARE(read("|b1", bytes(std::uint8_t{1})), 1.0);
    QCOMPARE(read("<f2", bytes(std::uint16_t{0x3e00})), 1.5);
    QCOMPARE(read("<f2", bytes(std::uint16_t{0x8001})), -std::ldexp(1.0, -24));
    QVERIFY(std::isinf(read("<f2", bytes(std::uint16_t{0x7c00}))));
}

void TestBase::brokenNpyIsRefused() {
    const TempDir folder;
    const auto refuses = [&](const std::string& header, const std::string& body) {
        writeNpyHeader(folder / "a.npy", header, body);
        const auto error = failureOf([&] { readNpy(folder / "a.npy"); });
        return error && error->code == ErrorCode::Io && error->message.find("a.npy") != std::string::npos;
    };
    const std::string eight(8, '\0');
    QVERIFY(refuses("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n", eight));
    QVERIFY(refuses("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }\n", eight));
    QVERIFY(refuses("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }\n", eight));
    QVERIFY(refuses("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }\n", eight));
    QVERIFY(refuses("{'descr': '", eight));
    QVERIFY(refuses("{'fortran_order': False, 'shape': (2,), }\n", eight));
    QVERIFY(refuses("{'descr': '<f4', 'fortran_order': False, }\n", eight));
    QVERIFY(
        refuses("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 1), }\n", eight));
    QVERIFY(refuses("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999999999,), }\n", eight));
    writeFileAtomically(folder / "b.npy", std::string_view("\x93NUMPY\x01\x00\xff\xff", 10));
    CAMEO_VERIFY_FAILURE(readNpy(folder / "b.npy"), ErrorCode::Io, "truncated header");
    writeFileAtomically(folder / "b.npy", std::string_view("text"));
    CAMEO_VERIFY_FAILURE(readNpy(folder / "b.npy"), ErrorCode::Io, "unknown header");
    CAMEO_VERIFY_FAILURE(readNpy(folder / "none.npy"), ErrorCode::NotFound, "none.npy");
}

void TestBase::parameters() {
    QCOMPARE(parameterValue(table, {}, "clusters"), 16.0);
    QCOMPARE(parameterValue(table, {{"clusters", 3}}, "clusters"), 3.0);
    CAMEO_VERIFY_FAILURE(parameterValue(table, {}, "none"), ErrorCode::InvalidArgument, "'none'");
    checkParameters(table, {{"clusters", 64}, {"working-size", 16.25}});
    CAMEO_VERIFY_FAILURE(checkParameters(table, {{"cluster", 3}}), ErrorCode::InvalidArgument,
                         "Did you mean 'clusters'");
    CAMEO_VERIFY_FAILURE(checkParameters(table, {{"clusters", 65}}), ErrorCode::InvalidArgument,
                         "between 2 and 64");
    CAMEO_VERIFY_FAILURE(checkParameters(table, {{"clusters", 2.5}}), ErrorCode::InvalidArgument,
                         "whole number");
    CAMEO_VERIFY_FAILURE(checkParameters(table, {{"working-size", std::nan("")}}), ErrorCode::InvalidArgument,
                         "px");
}

void TestBase::words() {
    const std::vector<std::string> words{"sample", "invert", "mask", "composite"};
    QCOMPARE(nearestWord("smaple", words).value_or(""), std::string("sample"));
    QCOMPARE(nearestWord("masks", words).value_or(""), std::string("mask"));
    QVERIFY(!nearestWord("xyzzy", words) && !nearestWord("a", {}));
}

void TestBase::texts() {
    QCOMPARE(cat("a", 1, ' ', 2.5), std::string("a1 2.5"));
    QCOMPARE(shapeText({3, 64, 64}), std::string("[3, 64, 64]"));
    QCOMPARE(shapeText({}), std::string("[]"));
    QCOMPARE(byteCountText(0), std::string("0 bytes"));
    QCOMPARE(byteCountText(999), std::string("999 bytes"));
    QCOMPARE(byteCountText(1500), std::string("1.5 kB"));
    QCOMPARE(byteCountText(~0ULL).substr(byteCountText(~0ULL).size() - 2), std::string("TB"));
    QCOMPARE(printable("a\n\x1b[31m\xff"), std::string("a\\x0a\\x1b[31m\\xff"));
    QCOMPARE(printable(std::string(100, 'a'), 5), std::string("aaaaa..."));
    QCOMPARE(std::string(errorCodeName(ErrorCode::BadCheckpoint)), std::string("bad-checkpoint"));
}

void TestBase::utf8() {
    for (const char* text : {"", "abc", "é", "€", "😀", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbf", "\xed\x9f\xbf"})
        QVERIFY(isUtf8(text));
    for (const char* text :
         {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf5\x80\x80\x80",
          "\xed\xbf\xbf", "\xf8\x88\x80\x80\x80", "a\xffz", "\xe2\x28\xa1"})
        QVERIFY(!isUtf8(text));
}

void TestBase::mapping() {
    const TempDir folder;
    writeFileAtomically(folder / "a", std::string_view("0123456789"));
    Bytes part;
    {
        const Bytes all = mapFile(folder / "a");
        QCOMPARE(all.size(), std::size_t{10});
        part = all.part(3, 4);
        QCOMPARE(all.part(10, 0).size(), std::size_t{0});
        QVERIFY_THROWS_EXCEPTION(std::out_of_range, all.part(8, 3));
        QVERIFY_THROWS_EXCEPTION(std::out_of_range, all.part(11, 0));
        QVERIFY_THROWS_EXCEPTION(std::out_of_range, all.part(1, ~std::size_t{0}));
    }
    QVERIFY(std::memcmp(part.view.data(), "3456", 4) == 0); // keeps the mapping alive
    writeFileAtomically(folder / "empty", std::string_view());
    QCOMPARE(mapFile(folder / "empty").size(), std::size_t{0});
    CAMEO_VERIFY_FAILURE(mapFile(folder / "none"), ErrorCode::NotFound, "none");
    CAMEO_VERIFY_FAILURE(mapFile(folder.path()), ErrorCode::Io, folder.path().string());
}

void TestBase::readingText() {
    const TempDir folder;
    writeFileAtomically(folder / "a", std::string_view("text"));
    QCOMPARE(readTextFile(folder / "a", 4), std::string("text"));
    CAMEO_VERIFY_FAILURE(readTextFile(folder / "a", 3), ErrorCode::Io, "larger than expected");
}

void TestBase::writingIsAllOrNothing() {
    const TempDir folder;
    writeFileAtomically(folder / "a", std::string_view("old"));
    CAMEO_VERIFY_FAILURE(writeFileAtomically(folder / "a",
                                             [](const auto& append) {
                                                 append(bytesOf("new, but"));
                                                 throw Failure(ErrorCode::Cancelled, "stopped");
                                             }),
                         ErrorCode::Cancelled, "stopped");
    QCOMPARE(readTextFile(folder / "a"), std::string("old"));
    QCOMPARE(folder.listing(), std::string("a"));
    writeFileAtomically(folder / "a", bytesOf("new"));
    QCOMPARE(readTextFile(folder / "a"), std::string("new"));
    CAMEO_VERIFY_FAILURE(writeFileAtomically(folder / "none" / "a", std::string_view("x")),
                         ErrorCode::NotFound, "none");
    CAMEO_VERIFY_FAILURE(writeFileAtomically(folder.path(), std::string_view("x")), ErrorCode::Io,
                         "Cannot write");
    QCOMPARE(folder.listing(), std::string("a"));
    const auto mode = std::filesystem::status(folder / "a").permissions();
    QVERIFY((mode & std::filesystem::perms::others_read) != std::filesystem::perms::none);
}

void TestBase::fullDisk() {
    const TempDir folder;
    writeFileAtomically(folder / "a", std::string_view("old"));
    {
        const FileSizeLimit limit(1000);
        CAMEO_VERIFY_FAILURE(writeFileAtomically(folder / "a", std::string_view(std::string(5000, 'x'))),
                             ErrorCode::Io, "Cannot write");
    }
    QCOMPARE(readTextFile(folder / "a"), std::string("old"));
    QCOMPARE(folder.listing(), std::string("a"));
}

void TestBase::folders() {
    const TempDir folder;
    ensureWritableFolder(folder / "a" / "b");
    QVERIFY(std::filesystem::is_empty(folder / "a" / "b"));
    writeFileAtomically(folder / "file", std::string_view("x"));
    CAMEO_VERIFY_FAILURE(ensureWritableFolder(folder / "file"), ErrorCode::Io, "file");
    CAMEO_VERIFY_FAILURE(ensureWritableFolder(folder / "file" / "b"), ErrorCode::Io, "file");
}

void TestBase::results() {
    const Result<int> good = lengthOf("abc"), bad = lengthOf("");
    QVERIFY(good && !bad && *good == 3);
    CAMEO_VERIFY_FAILURE(bad.value(), ErrorCode::NotFound, "no such thing. Look elsewhere");
    QCOMPARE(good.transform([](int i) { return i * 2; }).value(), 6);
    QVERIFY(bad.transform([](int i) { return i * 2; }).error().code == ErrorCode::NotFound);
}

QTEST_APPLESS_MAIN(TestBase)
#include "test_base.moc"
