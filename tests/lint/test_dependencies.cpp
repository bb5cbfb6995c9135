// SPDX-License-Identifier: Apache-2.0
// Asks Ninja which headers the compiler really read for every object of the build folder: an include that
// arrives by a detour is found here.
#include "tests/lint/source_rules.h"

#include <QProcess>
#include <QTest>

#include <map>

using namespace cameo::lint;

namespace {

using Dependencies = std::map<QString, std::vector<std::string>>;

/// "object: #deps 12, deps mtime 1 (VALID)", then an indented line per header. Objects of former builds are
/// STALE.
Dependencies readDependencies() {
    QProcess ninja;
    ninja.start(QStringLiteral(CAMEO_NINJA), {QStringLiteral("-C"), QStringLiteral(CAMEO_BINARY_DIR),
                                              QStringLiteral("-t"), QStringLiteral("deps")});
    if (!ninja.waitForFinished(60'000) || ninja.exitCode() != 0)
        return {};
    Dependencies dependencies;
    std::vector<std::string>* current = nullptr;
    for (const QByteArray& line : ninja.readAllStandardOutput().split('\n')) {
        if (line.startsWith("    ") && current)
            current->push_back(line.trimmed().toStdString());
        else if (line.contains(": #deps"))
            current = line.contains("(VALID)")
                          ? &dependencies[QString::fromUtf8(line.left(line.indexOf(": #deps")))]
                          : nullptr;
    }
    return dependencies;
}

} // namespace

class TestDependencies : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void objectsKeepTheRules() {
        const Dependencies dependencies = readDependencies();
        int checked = 0;
        QStringList all;
        for (const auto& [object, headers] : dependencies) {
            const Layer* layer = layerOf(object.toStdString());
            if (!layer)
                continue;
            ++checked;
            for (const std::string& message : dependencyViolations(*layer, headers))
                all << object + QStringLiteral(": ") + QString::fromStdString(message);
        }
        QVERIFY2(checked > 0, "no object of the project was found in Ninja's log");
        QVERIFY2(all.isEmpty(), qPrintable(all.join(QLatin1Char('\n'))));
    }

    void testsKeepQtAndTorchApart() {
        const Layer tests{.folder = "tests",
                          .mayInclude = {},
                          .mayIncludeTorch = true,
                          .mayIncludeOpenCv = true,
                          .mayIncludeQt = true};
        int checked = 0;
        QStringList all;
        for (const auto& [object, headers] : readDependencies()) {
            if (!object.startsWith(QLatin1String("tests/")))
                continue;
            ++checked;
            for (const std::string& message : dependencyViolations(tests, headers))
                all << object + QStringLiteral(": ") + QString::fromStdString(message);
        }
        QVERIFY(checked > 0);
        QVERIFY2(all.isEmpty(), qPrintable(all.join(QLatin1Char('\n'))));
    }
};

QTEST_GUILESS_MAIN(TestDependencies)
#include "test_dependencies.moc"
