// SPDX-License-Identifier: Apache-2.0
#include "tests/support/cli_runner.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QProcess>
#include <QProcessEnvironment>

#include <csignal>
#include <poll.h>
#include <pty.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cameo::test {
namespace {

void prepare(QProcess& process, const CliCall& call) {
    process.setProgram(QString::fromUtf8(cameoExecutable()));
    process.setArguments(call.words);
    if (!call.folder.isEmpty())
        process.setWorkingDirectory(call.folder);
    if (!call.standardOutput.isEmpty())
        process.setStandardOutputFile(call.standardOutput);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("CAMEO_MODEL_DIR"));
    for (auto it = call.environment.begin(); it != call.environment.end(); ++it) {
        if (it.value().isEmpty())
            environment.remove(it.key());
        else
            environment.insert(it.key(), it.value());
    }
    process.setProcessEnvironment(environment);
}

void limitFileSize(unsigned long bytes) {
    const rlimit limit{bytes, bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
}

CliResult resultOf(QProcess& process, bool isFinished) {
    CliResult result;
    result.isFinished = isFinished && process.exitStatus() == QProcess::NormalExit;
    result.exitCode = process.exitCode();
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    return result;
}

/// What the terminal says until `sign` is in it, the process ends or time is up.
QByteArray readUntil(int terminal, const QByteArray& sign, QProcess& process, int patience) {
    QByteArray said;
    QElapsedTimer timer;
    timer.start();
    while (!said.contains(sign) && timer.elapsed() < patience) {
        pollfd waiting{terminal, POLLIN, 0};
        char buffer[4096];
        if (::poll(&waiting, 1, 200) > 0) {
            const ssize_t count = ::read(terminal, buffer, sizeof buffer);
            if (count <= 0)
                break;
            said.append(buffer, count);
        } else if (process.waitForFinished(0) || process.state() == QProcess::NotRunning) {
            break;
        }
    }
    return said;
}

} // namespace

const char* cameoExecutable() {
    return CAMEO_EXECUTABLE;
}

QString CliResult::text() const {
    return QStringLiteral("exit code %1%2\n--- stdout\n%3\n--- stderr\n%4")
        .arg(exitCode)
        .arg(isFinished ? QString() : QStringLiteral(" (not finished)"))
        .arg(QString::fromUtf8(out), QString::fromUtf8(err));
}

QJsonObject CliResult::json() const {
    return QJsonDocument::fromJson(out).object();
}

QString CliResult::failureLine() const {
    const bool isOneLine = err.count('\n') == 1 && err.endsWith('\n') && err.startsWith("cameo: ");
    return isOneLine ? QString::fromUtf8(err.trimmed()) : QString();
}

CliResult runCameo(const CliCall& call) {
    QProcess process;
    prepare(process, call);
    if (call.fileSizeLimit)
        process.setChildProcessModifier([limit = *call.fileSizeLimit] { limitFileSize(limit); });
    process.start();
    const bool isFinished = process.waitForFinished(call.patience);
    if (!isFinished)
        process.kill();
    return resultOf(process, isFinished);
}

CliResult interruptCameo(const CliCall& call, const QByteArray& sign) {
    int terminal = -1, slave = -1;
    if (::openpty(&terminal, &slave, nullptr, nullptr, nullptr) != 0) {
        CliResult failure;
        failure.err = "the test found no pseudo-terminal: is /dev/pts mounted?";
        return failure;
    }
    QProcess process;
    prepare(process, call);
    process.setChildProcessModifier([slave] { ::dup2(slave, STDERR_FILENO); });
    process.start();
    process.waitForStarted();
    ::close(slave);
    QByteArray said = readUntil(terminal, sign, process, call.patience);
    if (said.contains(sign))
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    said += readUntil(terminal, QByteArray(1, '\0'), process, call.patience); // never said: reads to the end
    const bool isFinished = process.waitForFinished(call.patience);
    if (!isFinished)
        process.kill();
    CliResult result = resultOf(process, isFinished);
    result.err = said;
    ::close(terminal);
    return result;
}

} // namespace cameo::test
