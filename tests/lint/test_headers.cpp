// SPDX-License-Identifier: Apache-2.0
// Compiles every header of the project on its own, twice in one file and without a precompiled header, with
// the flags that its folder's sources have. Objects go into the build folder through the compiler launcher,
// so that ccache makes the second run cheap.
#include "tests/lint/source_rules.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <filesystem>
#include <map>
#include <set>

using namespace cameo::lint;
namespace fs = std::filesystem;

namespace {

const fs::path root = CAMEO_SOURCE_DIR;
const fs::path output = fs::path(CAMEO_BINARY_DIR) / "header_check";
const std::string torchDoor = "core/net/torch.h";
const std::string torchFirst = "torch_first.h";
constexpr int patience = 280'000; // ms, for one header: less than QtTest's own limit for one row

struct Flags {
    QString program;
    QStringList arguments;
};

/// The compiler's words without source, object and precompiled header.
Flags flagsFrom(const QString& command) {
    QStringList words;
    QString word;
    bool isQuoted = false;
    for (int i = 0; i < command.size(); ++i) {
        const QChar c = command[i];
        if (c == QLatin1Char('\\') && i + 1 < command.size())
            word += command[++i];
        else if (c == QLatin1Char('"'))
            isQuoted = !isQuoted;
        else if (c.isSpace() && !isQuoted)
            words << std::exchange(word, {});
        else
            word += c;
    }
    words << word;
    Flags flags{words.takeFirst(), {}};
    for (int i = 0; i < words.size(); ++i) {
        if (words[i] == QLatin1String("-o") || words[i] == QLatin1String("-c") ||
            words[i] == QLatin1String("-include"))
            ++i;
        else if (!words[i].isEmpty() && words[i] != QLatin1String("-Winvalid-pch"))
            flags.arguments << words[i];
    }
    return flags;
}

/// Flags by layer folder, from the compilation database.
std::map<std::string, Flags> flagsByLayer() {
    QFile file(QStringLiteral(CAMEO_BINARY_DIR "/compile_commands.json"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    std::map<std::string, Flags> flags;
    for (const QJsonValue value : QJsonDocument::fromJson(file.readAll()).array()) {
        const QString source = value[QLatin1String("file")].toString();
        const Layer* layer = layerOf(fs::relative(source.toStdString(), root).string());
        if (layer)
            flags.try_emplace(std::string(layer->folder),
                              flagsFrom(value[QLatin1String("command")].toString()));
    }
    return flags;
}

std::vector<std::string> headers() {
    std::vector<std::string> found;
    for (const char* folder : {"core", "ui", "app"})
        for (const auto& entry : fs::recursive_directory_iterator(root / folder))
            if (entry.path().extension() == ".h")
                found.push_back(fs::relative(entry.path(), root).string());
    std::sort(found.begin(), found.end());
    return found;
}

/// Runs the compiler on a file that includes `headers`; what it says, or nothing when it accepts them.
QString compile(const std::string& name, const QByteArray& content, const Flags& flags,
                const QStringList& more) {
    const QString source = QString::fromStdString((output / name).string());
    QFile file(source);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) < 0)
        return QStringLiteral("cannot write ") + source;
    file.close();
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(flags.program, flags.arguments + QStringList{QStringLiteral("-O0"), QStringLiteral("-c")} +
                                     more + QStringList{source});
    const bool isFinished = process.waitForFinished(patience);
    if (isFinished && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0)
        return {};
    return QStringLiteral("The compiler refuses it:\n") + QString::fromUtf8(process.readAll().left(2000));
}

QByteArray includeLine(const std::string& header) {
    return "#include \"" + QByteArray::fromStdString(header) + "\"\n";
}

QString compileHeader(const std::string& header, const Flags& flags, bool withTorch) {
    std::string name = header;
    std::replace(name.begin(), name.end(), '/', '_');
    name += ".cpp";
    QStringList more = {QStringLiteral("-o"), QString::fromStdString((output / (name + ".o")).string())};
    if (withTorch)
        more << QStringLiteral("-include") << QString::fromStdString((output / torchFirst).string());
    return compile(name, includeLine(header) + includeLine(header), flags, more);
}

bool reachesTorch(const std::string& header, std::set<std::string>& seen) {
    if (header == torchDoor)
        return true;
    if (!seen.insert(header).second)
        return false;
    QFile file(QString::fromStdString((root / header).string()));
    if (!file.open(QIODevice::ReadOnly))
        return false;
    static const QRegularExpression pattern(QStringLiteral("^#include \"([^\"]+)\""),
                                            QRegularExpression::MultilineOption);
    auto matches = pattern.globalMatch(QString::fromUtf8(file.readAll()));
    while (matches.hasNext())
        if (reachesTorch(matches.next().captured(1).toStdString(), seen))
            return true;
    return false;
}

} // namespace

class TestHeaders : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        fs::create_directories(output);
        m_flags = flagsByLayer();
        QVERIFY(m_flags.contains("core/base"));
    }

    void standsAlone_data() {
        QTest::addColumn<std::string>("header");
        for (const std::string& header : headers())
            QTest::newRow(header.c_str()) << header;
    }
    void standsAlone() {
        QFETCH(std::string, header);
        std::set<std::string> seen;
        const bool withTorch = header != torchDoor && reachesTorch(header, seen);
        if (withTorch && !m_hasTorchFirst)
            precompileTorch();
        const QString complaint = compileHeader(header, flagsFor(header), withTorch);
        QVERIFY2(complaint.isEmpty(), qPrintable(complaint));
    }

  private:
    const Flags& flagsFor(const std::string& header) const {
        const auto own = m_flags.find(std::string(layerOf(header)->folder));
        return own != m_flags.end() ? own->second : m_flags.at("core/base");
    }

    void precompileTorch() {
        const QString precompiled =
            QString::fromStdString((output / torchFirst).string()) + QStringLiteral(".gch");
        const QString complaint =
            compile(torchFirst, includeLine(torchDoor), flagsFor(torchDoor),
                    {QStringLiteral("-x"), QStringLiteral("c++-header"), QStringLiteral("-o"), precompiled});
        QVERIFY2(complaint.isEmpty(), qPrintable(complaint));
        m_hasTorchFirst = true;
    }

    std::map<std::string, Flags> m_flags;
    bool m_hasTorchFirst = false;
};

QTEST_GUILESS_MAIN(TestHeaders)
#include "test_headers.moc"
