// SPDX-License-Identifier: Apache-2.0
// What the command line says about itself, and what it says to mistakes. No model is loaded. Most of it runs
// inside the test: starting the program costs half a second of loading LibTorch.
#include "app/commands/command.h"
#include "app/commands/dispatch.h"
#include "tests/support/cli_runner.h"
#include "tests/support/temp_dir.h"

#include <QProcess>
#include <QTest>

using namespace cameo;
using namespace cameo::test;
using namespace Qt::StringLiterals;

namespace {

QString commandName(const cli::CommandEntry& entry) {
    return QString::fromUtf8(entry.name.data(), static_cast<qsizetype>(entry.name.size()));
}

cli::Words split(const QString& line) {
    cli::Words words;
    for (const QString& word : line.split(u' ', Qt::SkipEmptyParts))
        words.push_back(word.toStdString());
    return words;
}

struct Said {
    QString text;  // what a success prints
    QString usage; // the line of a usage error
};

Said sayTo(const QString& line) {
    cli::CommonOptions options;
    try {
        const cli::Outcome outcome = cli::dispatch(split(line), options, [](const std::string&) {});
        return {QString::fromStdString(outcome.text), {}};
    } catch (const cli::UsageError& error) {
        return {{}, QString::fromStdString(cli::sentence(error.what()))};
    }
}

/// The words of an example line after `cameo NAME`; a note in brackets after two spaces is left out.
cli::Words exampleWords(const QString& line, qsizetype nameWords) {
    cli::Words words = split(line.trimmed().section(u"  "_s, 0, 0).remove(u'\''));
    words.erase(words.begin(), words.begin() + 1 + nameWords);
    return words;
}

} // namespace

class TestCliUsage : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void overviewNamesEveryCommand() {
        const QString help = sayTo(u"--help"_s).text;
        QVERIFY(cli::commands().size() >= 11);
        for (const cli::CommandEntry& entry : cli::commands())
            QVERIFY(help.contains(u"\n  "_s + commandName(entry) + u' '));
        for (const QString& line : help.split(u'\n'))
            QVERIFY2(line.size() <= 110, qPrintable(line));
    }

    void everyCommand_data() {
        QTest::addColumn<QString>("name");
        for (const cli::CommandEntry& entry : cli::commands())
            QTest::newRow(qPrintable(commandName(entry))) << commandName(entry);
    }
    void everyCommand() {
        QFETCH(QString, name);
        const QString help = sayTo(name + u" --help"_s).text;
        for (const QString& part :
             {u"\nUsage: cameo "_s + name, u"\nExamples:\n  cameo "_s, u"Exit codes: 0 done"_s,
              u"--model FILE"_s, u"--device NAME"_s, u"--precision NAME"_s, u"--json"_s, u"--quiet"_s})
            QVERIFY2(help.contains(part), qPrintable(part));
        QCOMPARE(sayTo(name + u" --devise cpu"_s).usage,
                 u"Unknown option '--devise'. Did you mean --device?"_s);
    }

    void examplesAreUsable() {
        for (const cli::CommandEntry& entry : cli::commands()) {
            const QString name = commandName(entry);
            const QString examples =
                QString::fromUtf8(entry.examples.data(), static_cast<qsizetype>(entry.examples.size()));
            int parsed = 0;
            for (const QString& line : examples.split(u'\n')) {
                if (!line.trimmed().startsWith(u"cameo "_s + name))
                    continue;
                const std::unique_ptr<cli::Command> command = entry.make();
                cli::CommonOptions common;
                cli::OptionTable table;
                command->declare(table);
                cli::declareModelOption(table, common);
                cli::declareCommonOptions(table, common);
                try {
                    table.parse(exampleWords(line, name.count(u' ') + 1));
                } catch (const cli::UsageError& error) {
                    QFAIL(qPrintable(line + u": "_s + QString::fromUtf8(error.what())));
                }
                ++parsed;
            }
            QVERIFY2(parsed > 0, qPrintable(name));
        }
    }

    void mistakes_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* line, const char* message) {
            QTest::newRow(line) << QString::fromLatin1(line) << QString::fromLatin1(message);
        };
        row("smaple --seeds 1", "Unknown command 'smaple'. Did you mean sample?");
        row("train", "The command is not complete. Did you mean cameo train generator?");
        row("elephant", "Unknown command 'elephant'. See cameo --help.");
        row("--modle x", "Unknown option '--modle'. Did you mean --model?");
        row("sample --out x", "The option --seeds LIST is missing. See --help.");
        row("sample --seeds 1", "The option --out DIR is missing. See --help.");
        row("sample --seeds 3-1 --out x", "--seeds must be a list of seeds such as 0-9,12, not '3-1'.");
        row("sample --seeds 1 --out x --noise loud",
            "--noise must be one of const, random, none, not 'loud'.");
        row("sample --seeds 1 --out x --psi high", "--psi must be a number from -2 to 2, not 'high'.");
        row("sample --seeds 1 --out x --features", "--features needs --format npy.");
        row("sample 7 --seeds 1 --out x", "Unexpected word '7'. See --help.");
        row("sample --seeds 1 --out", "--out needs a value: --out DIR.");
        row("export --out x", "Give a PICTURE (a photograph or a FILE.cameo) or --seed N.");
        row("export a.png --seed 1 --out x", "Give either a PICTURE or --seed, not both.");
        row("export --seed 1 --set pc1 --out x", "--set must have the form NAME=VALUE, not 'pc1'.");
        row("export --seed 1 --mask-varients 3 --out x",
            "Unknown option '--mask-varients'. Did you mean --mask-variants?");
        row("export --seed 1 --method magic --out x", "--method must be one of clusters, not 'magic'.");
        row("export --seed 1 --format xcf --out x",
            "--format must be one of png, ora, psd, tiff, not 'xcf'.");
        row("export --seed 1 --format psd --out x", "--out must be a file that ends in .psd, not 'x'.");
        row("export --seed 1 --depth 12 --out x", "--depth must be one of 8, 16, not '12'.");
        row("edit --seed 1 --out x.jpg", "--out must be a file that ends in .png or .cameo, not 'x.jpg'.");
        row("invert a.png --out x.png", "--out must be a file that ends in .cameo, not 'x.png'.");
        row("invert a.png --out x.cameo --strength tuned",
            "--strength must be one of quick, refined, not 'tuned'.");
        row("composite a.png --out x.png", "Give either --ground GROUND.png or --colour '#808080'.");
        row("composite a.png --colour mauve --out x.png",
            "--colour must be a colour such as '#808080', not 'mauve'.");
        row("info", "FILE is missing. See --help.");
        row("bench --precision int8", "--precision must be one of float32, bfloat16, float16, not 'int8'.");
        row("train generator --data a --out b --model c",
            "Give the checkpoint to start from with --from, not --model.");
    }
    void mistakes() {
        QFETCH(QString, line);
        QFETCH(QString, message);
        const TempDir dir;
        QVERIFY(QDir::setCurrent(QString::fromStdString(dir.path().string())));
        const QString usage = sayTo(line).usage;
        QVERIFY2(usage.startsWith(message), qPrintable(usage));
        QCOMPARE(dir.listing(), std::string());
        QVERIFY(QDir::setCurrent(QDir::tempPath()));
    }

    void wordsForTheWindow() {
        const TempDir dir;
        const QString file = QString::fromStdString((dir / "photo.png").string());
        QVERIFY(QFile(file).open(QIODevice::WriteOnly));
        cli::CommonOptions options;
        std::vector<std::string> opened;
        const auto open = [&](const std::string& name) { opened.push_back(name); };
        cli::dispatch({}, options, open);
        cli::dispatch(split(file + u" --model m.pkl"_s), options, open);
        QCOMPARE(opened, (std::vector<std::string>{"", file.toStdString()}));
        QCOMPARE(options.model, std::string("m.pkl"));
    }

    void exitCodesAndStreams() {
        const CliResult version = runCameo({u"--version"_s});
        QCOMPARE(version.exitCode, 0);
        QVERIFY2(version.out.startsWith("cameo 0.") && version.out.count('\n') == 1,
                 qPrintable(version.text()));
        QVERIFY(version.err.isEmpty());
        const CliResult usage = runCameo({u"sample"_s, u"--sedes"_s, u"1"_s});
        QCOMPARE(usage.exitCode, 2);
        QVERIFY(usage.out.isEmpty());
        QCOMPARE(usage.failureLine(), u"cameo: Unknown option '--sedes'. Did you mean --seeds?"_s);
    }

    void errorsAsJson() {
        const CliResult result = runCameo({u"info"_s, u"/no/such/file"_s, u"--json"_s});
        QCOMPARE(result.exitCode, 1);
        const QJsonObject error = result.json()["error"_L1].toObject();
        QCOMPARE(error["code"_L1].toString(), u"not-found"_s);
        QVERIFY(error["message"_L1].toString().contains("/no/such/file"_L1));
        QVERIFY2(!result.failureLine().isEmpty(), qPrintable(result.text()));
    }

    void noDisplay() {
        const QMap<QString, QString> none = {
            {u"DISPLAY"_s, {}}, {u"WAYLAND_DISPLAY"_s, {}}, {u"QT_QPA_PLATFORM"_s, {}}};
        QMap<QString, QString> dead = none;
        dead[u"DISPLAY"_s] = u":7654"_s;
        for (const auto& environment : {none, dead}) {
            const CliResult result = runCameo(CliCall{.environment = environment});
            QVERIFY2(result.isFinished, qPrintable(result.text()));
            QCOMPARE(result.exitCode, 1);
            QVERIFY2(result.failureLine().contains("no display"_L1), qPrintable(result.text()));
            QVERIFY(result.failureLine().contains("cameo --help"_L1));
        }
    }

    void fullStandardOutput() {
        const CliResult result = runCameo(CliCall{.words = {u"--help"_s}, .standardOutput = u"/dev/full"_s});
        QCOMPARE(result.exitCode, 1);
        QCOMPARE(result.failureLine(),
                 u"cameo: Cannot write to the standard output: No space left on device."_s);
    }

    void closedPipe() {
        // A reader that takes nothing: the program must neither be killed by SIGPIPE nor complain.
        QProcess shell;
        shell.start(u"bash"_s, {u"-c"_s, u"(sleep 0.2; exec \"$0\" --help) | true; exit ${PIPESTATUS[0]}"_s,
                                QString::fromUtf8(cameoExecutable())});
        QVERIFY(shell.waitForFinished(60'000));
        QCOMPARE(shell.exitCode(), 0);
        QCOMPARE(shell.readAllStandardError(), QByteArray());
    }
};

QTEST_GUILESS_MAIN(TestCliUsage)
#include "test_cli_usage.moc"
