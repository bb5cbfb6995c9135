// SPDX-License-Identifier: Apache-2.0
#include "app/cli/option_table.h"
#include "app/cli/train_options.h"
#include "app/cli/value_text.h"

#include <QTest>

#include <array>

using namespace cameo;
using namespace cameo::cli;

namespace {

constexpr std::array table = {
    Parameter{"variants", "Variants", 2, 64, 16, 0, "", "How many.", "test"},
    Parameter{"softness", "Softness", 0, 1, 0.5, 2, "px", "How soft.", "test"},
};

struct Parsed {
    double psi = 0.7;
    bool json = false;
    std::vector<std::string> sets, files;
    ParameterValues parameters;
};

Parsed parse(const std::vector<std::string>& words, bool needsPsi = false) {
    Parsed parsed;
    OptionTable options;
    options.add(Option{.name = "--psi",
                       .value = "N",
                       .help = "Truncation",
                       .take = number(parsed.psi, {0, 2}),
                       .isRequired = needsPsi});
    options.add(Option{.name = "--json", .help = "As JSON", .take = flag(parsed.json)});
    options.add(Option{.name = "--set",
                       .value = "NAME=VALUE",
                       .help = "Repeated",
                       .take = [&](const std::string& value) { parsed.sets.push_back(value); },
                       .isRepeated = true});
    options.add(Positional{.name = "FILE",
                           .help = "Files",
                           .take = [&](const std::string& value) { parsed.files.push_back(value); },
                           .isRepeated = true});
    options.addParameters(table, "mask-", parsed.parameters);
    options.parse(words);
    return parsed;
}

QString errorOf(const std::vector<std::string>& words, bool needsPsi = false) {
    try {
        parse(words, needsPsi);
    } catch (const UsageError& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

} // namespace

class TestOptionTable : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void readsBothForms() {
        QCOMPARE(parse({"--psi", "0.25"}).psi, 0.25);
        QCOMPARE(parse({"--psi=1.5", "--json"}).psi, 1.5);
        QVERIFY(parse({"--psi=1.5", "--json"}).json);
        const Parsed repeated = parse({"a.png", "--set", "pc1=-2", "--set", "pc2=+1", "b.png"});
        QCOMPARE(repeated.sets, (std::vector<std::string>{"pc1=-2", "pc2=+1"}));
        QCOMPARE(repeated.files, (std::vector<std::string>{"a.png", "b.png"}));
        QCOMPARE(parse({"--", "--psi"}).files, std::vector<std::string>{"--psi"});
    }

    void readsParameters() {
        const Parsed parsed = parse({"--mask-variants", "8", "--mask-softness=0.25"});
        QCOMPARE(parsed.parameters, (ParameterValues{{"variants", 8}, {"softness", 0.25}}));
        QVERIFY(errorOf({"--mask-variants", "2.5"}).contains(QLatin1String("whole number from 2 to 64")));
        QVERIFY(errorOf({"--mask-softness", "2"}).contains(QLatin1String("number from 0 to 1")));
    }

    void refuses_data() {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, QStringList words, const char* message) {
            QTest::newRow(name) << words << QString::fromLatin1(message);
        };
        row("unknown, near", {QStringLiteral("--spi"), QStringLiteral("1")}, "Did you mean --psi?");
        row("unknown, far", {QStringLiteral("--elephant")}, "Unknown option '--elephant'");
        row("unknown, short", {QStringLiteral("-x")}, "Unknown option '-x'");
        row("unknown parameter", {QStringLiteral("--mask-varaints=3")}, "Did you mean --mask-variants?");
        row("no value at the end", {QStringLiteral("--psi")}, "--psi needs a value: --psi N");
        row("option for a value", {QStringLiteral("--psi"), QStringLiteral("--json")}, "--psi needs a value");
        row("value for a switch", {QStringLiteral("--json=yes")}, "--json takes no value");
        row("twice", {QStringLiteral("--psi=1"), QStringLiteral("--psi=1")}, "--psi is given twice");
        row("not a number", {QStringLiteral("--psi=abc")}, "--psi must be a number from 0 to 2, not 'abc'");
        row("nan", {QStringLiteral("--psi=nan")}, "--psi must be a number");
    }
    void refuses() {
        QFETCH(QStringList, words);
        QFETCH(QString, message);
        std::vector<std::string> plain;
        for (const QString& word : words)
            plain.push_back(word.toStdString());
        const QString error = errorOf(plain);
        QVERIFY2(error.contains(message), qPrintable(error));
    }

    void requiresWhatIsRequired() {
        QCOMPARE(errorOf({}, true), QStringLiteral("The option --psi N is missing. See --help"));
        QCOMPARE(errorOf({}), QString());
    }

    void helpShowsEverything() {
        TrainOptions train;
        OptionTable options;
        declareTrainOptions(options, table, train);
        const QString help = QString::fromStdString(options.help());
        for (const std::string& name : options.optionNames())
            QVERIFY2(help.contains(QString::fromStdString("  " + name)), name.c_str());
        QVERIFY(help.contains(QLatin1String("(2 to 64, default 16)")));
        QVERIFY(help.contains(QLatin1String("(0 to 1 px, default 0.5)")));
        for (const QString& line : help.split(QLatin1Char('\n')))
            QVERIFY2(line.size() <= 100, qPrintable(line));
        QCOMPARE(options.usage(), std::string("--data FILE --out DIR [options]"));
    }
};

QTEST_GUILESS_MAIN(TestOptionTable)
#include "test_option_table.moc"
