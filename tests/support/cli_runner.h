// SPDX-License-Identifier: Apache-2.0
// Runs the built `cameo` as a user's shell does, and keeps what it printed. Tests only, one thread.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>

namespace cameo::test {

struct CliCall {
    QStringList words;
    QString folder;                             // working folder; empty: the test's own
    QMap<QString, QString> environment;         // added; an empty value removes the variable
    std::optional<unsigned long> fileSizeLimit; // bytes: stands in for a full disk
    QString standardOutput;                     // a file or device in place of what the result keeps
    int patience = 120'000;                     // ms
};

struct CliResult {
    int exitCode = -1;
    bool isFinished = false; // neither crashed nor out of time
    QByteArray out, err;
    QString text() const; // all of it, for messages

    QJsonObject json() const; // empty when `out` is not exactly one object
    /// The one line that a failure must print; empty when there is another number of lines or another
    /// beginning.
    QString failureLine() const;
};

const char* cameoExecutable();

CliResult runCameo(const CliCall& call);
inline CliResult runCameo(const QStringList& words) {
    return runCameo(CliCall{.words = words});
}

/// Runs it with a terminal as standard error, sends Ctrl+C's signal once `sign` was printed there, and waits.
CliResult interruptCameo(const CliCall& call, const QByteArray& sign);

} // namespace cameo::test
