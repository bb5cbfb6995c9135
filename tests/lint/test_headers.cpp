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
#include <QTest>

#include <filesystem>
#include <map>
#include <memory>

using namespace cameo::lint;
namespace fs = std::filesystem;

namespace {

const fs::path root = CAMEO_SOURCE_DIR;
const fs::path output = fs::path(CAMEO_BINARY_DIR) / "header_check";
constexpr std::size_t parallel = 2; // a file that includes LibTorch takes about 1 GB

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

std::unique_ptr<QProcess> startCompiler(const std::string& header, const Flags& flags) {
    std::string name = header;
    std::replace(name.begin(), name.end(), '/', '_');
    const QString source = QString::fromStdString((output / (name + ".cpp")).string());
    QFile file(source);
    const QByteArray line = "#include \"" + QByteArray::fromStdString(header) + "\"\n";
    if (!file.open(QIODevice::WriteOnly) || file.write(line + line) < 0)
        return nullptr;
    file.close();
    auto process = std::make_unique<QProcess>();
    process->setProcessChannelMode(QProcess::MergedChannels);
    process->start(flags.program, flags.arguments + QStringList{QStringLiteral("-O0"), QStringLiteral("-o"),
                                                                source + QStringLiteral(".o"),
                                                                QStringLiteral("-c"), source});
    return process;
}

} // namespace

class TestHeaders : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void everyHeaderStandsAlone() {
        fs::create_directories(output);
        const std::map<std::string, Flags> flags = flagsByLayer();
        QVERIFY(flags.contains("core/base"));
        std::vector<std::pair<std::string, std::unique_ptr<QProcess>>> running;
        QStringList failures;
        const auto finishOldest = [&] {
            QProcess& process = *running.front().second;
            if (!process.waitForFinished(300'000) || process.exitCode() != 0)
                failures << QString::fromStdString(running.front().first) + QLatin1Char('\n') +
                                QString::fromUtf8(process.readAll().left(2000));
            running.erase(running.begin());
        };
        for (const std::string& header : headers()) {
            const auto own = flags.find(std::string(layerOf(header)->folder));
            auto process = startCompiler(header, own != flags.end() ? own->second : flags.at("core/base"));
            QVERIFY2(process, header.c_str());
            running.emplace_back(header, std::move(process));
            if (running.size() == parallel)
                finishOldest();
        }
        while (!running.empty())
            finishOldest();
        QVERIFY2(failures.isEmpty(), qPrintable(failures.join(QLatin1Char('\n'))));
    }
};

QTEST_GUILESS_MAIN(TestHeaders)
#include "test_headers.moc"
