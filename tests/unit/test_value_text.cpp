// SPDX-License-Identifier: Apache-2.0
#include "app/cli/program.h"
#include "app/cli/progress_line.h"
#include "app/cli/value_text.h"

#include <QTest>

#include <functional>

using namespace cameo;
using namespace cameo::cli;

namespace {

using Seeds = std::vector<std::uint32_t>;

QString errorOf(const std::function<void()>& function) {
    try {
        function();
    } catch (const UsageError& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

} // namespace

class TestValueText : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void seeds() {
        QCOMPARE(parseSeeds("0-3,12"), (Seeds{0, 1, 2, 3, 12}));
        QCOMPARE(parseSeeds("7"), Seeds{7});
        QCOMPARE(parseSeeds("5-5,5"), (Seeds{5, 5}));
        QCOMPARE(parseSeeds("4294967295"), Seeds{4294967295U});
        QCOMPARE(parseSeeds("0-999999").size(), std::size_t{1'000'000});
    }

    void badSeeds_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", "a", "3-1", "1-", "-1", "1,,2", "1-2-3", "4294967296", "1.5",
                                 "0-1000000", "1 2", "0-4294967295", "99999999999999999999"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void badSeeds() {
        QFETCH(QString, text);
        QVERIFY(errorOf([&] { parseSeeds(text.toStdString()); }).startsWith(QLatin1String("must ")));
    }

    void directions() {
        const DirectionSetting plain = parseDirection("pc1=+2");
        QCOMPARE(plain.name, std::string("pc1"));
        QVERIFY(!plain.rows);
        QCOMPARE(plain.strength, 2.0);
        const DirectionSetting rows = parseDirection("pc2:1-3=-0.5");
        QCOMPARE(rows.name, std::string("pc2"));
        QCOMPARE(rows.rows->minimum, 1);
        QCOMPARE(rows.rows->maximum, 3);
        QCOMPARE(rows.strength, -0.5);
        QCOMPARE(parseDirection("pc2:4=1").rows->maximum, 4);
        for (const char* text :
             {"pc1", "=1", "pc1=", "pc1:=1", "pc1:3-1=1", ":1=2", "pc1=nan", "pc1=inf", "pc1=1x"})
            QVERIFY2(!errorOf([&] { parseDirection(text); }).isEmpty(), text);
    }

    void mixAndSquareAndColour() {
        QCOMPARE(parseMix("12:4").seed, 12U);
        QCOMPARE(parseMix("12:4").crossover, 4);
        for (const char* text : {"12", "12:", ":4", "-1:4", "1:-4", "a:b"})
            QVERIFY2(!errorOf([&] { parseMix(text); }).isEmpty(), text);
        QCOMPARE(parseSquare("-5,10,200"), (std::array<int, 3>{-5, 10, 200}));
        for (const char* text : {"1,2", "1,2,0", "1,2,-3", "1,2,3,4", "a,b,c", "1,2,1000000"})
            QVERIFY2(!errorOf([&] { parseSquare(text); }).isEmpty(), text);
        using Colour = std::array<std::uint8_t, 3>;
        QCOMPARE(parseColour("#8040ff"), (Colour{0x80, 0x40, 0xff}));
        QCOMPARE(parseColour("fa0"), (Colour{0xff, 0xaa, 0x00}));
        for (const char* text : {"", "#", "#12345", "#gggggg", "red", "#1234567", "-12345"})
            QVERIFY2(!errorOf([&] { parseColour(text); }).isEmpty(), text);
    }

    void choices() {
        std::string value;
        choice(value, {"const", "random", "none"})("none");
        QCOMPARE(value, std::string("none"));
        const QString error = errorOf([&] { choice(value, {"const", "random", "none"})("randon"); });
        QCOMPARE(error,
                 QStringLiteral("must be one of const, random, none, not 'randon'. Did you mean random?"));
    }

    void numbersIgnoreTheLocale() {
        QCOMPARE(parseNumber("+1.5", {0, 2}), 1.5);
        QVERIFY(!errorOf([] { parseNumber("1,5", {0, 2}); }).isEmpty());
        QVERIFY(!errorOf([] { parseNumber("+-1", {-2, 2}); }).isEmpty());
        QVERIFY(!errorOf([] { parseInteger("", {0, 2}); }).isEmpty());
    }

    void progress() {
        Progress progress;
        progress.stage = "inversion";
        progress.fraction = 0.301;
        progress.step = 120;
        progress.steps = 400;
        progress.secondsLeft = 75;
        progress.loss = 0.25;
        QCOMPARE(progressText(progress), std::string("inversion 120/400, 30 %, loss 0.25, 1 min 15 s left"));

        using namespace std::chrono_literals;
        const ProgressLine::Clock::time_point start{};
        ProgressLine lines(ProgressStyle::Lines, start);
        QCOMPARE(lines.update(progress, start + 9s), std::string());
        QVERIFY(lines.update(progress, start + 10s).ends_with("left\n"));
        QCOMPARE(lines.update(progress, start + 19s), std::string());
        ProgressLine terminal(ProgressStyle::Terminal, start);
        QVERIFY(terminal.update(progress, start).starts_with("\r"));
        QVERIFY(!terminal.update(progress, start + 200ms).ends_with("\n"));
        ProgressLine silent(ProgressStyle::Silent, start);
        QCOMPARE(silent.update(progress, start + 1h), std::string());
    }

    void sentencesAreOneLine() {
        QCOMPARE(sentence("a\nb"), std::string("a b."));
        QCOMPARE(sentence("Did you mean x?"), std::string("Did you mean x?"));
        const Json json = Json::object({{"a", 1},
                                        {"b", Json::object({{"c", Json::array({1, "x"})}})},
                                        {"d", Json::array({Json::object({{"e", nullptr}})})}});
        QCOMPARE(readableText(json), std::string("a: 1\nb:\n  c: 1, x\nd:\n  -\n    e: null"));
    }
};

QTEST_GUILESS_MAIN(TestValueText)
#include "test_value_text.moc"
