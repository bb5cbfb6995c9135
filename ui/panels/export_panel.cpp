// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/export_panel.h"

#include "ui/models/command_line.h"
#include "ui/models/qt_text.h"
#include "ui/panels/panel_parts.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStandardPaths>
#include <QUrl>
#include <QVBoxLayout>

namespace cameo::ui {

using namespace Qt::StringLiterals;

ExportPanel::ExportPanel(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    panelLayout(*this);
    buildFolder();
    buildResult();
    buildCommand();
    static_cast<QVBoxLayout*>(layout())->addStretch(1);
    const QString pictures = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    setFolder(QDir(pictures).filePath(u"cameo-layers"_s));
    connect(&m_session, &Session::stateChanged, this, &ExportPanel::showState);
    connect(&m_session, &Session::modelChanged, this, &ExportPanel::showState);
    showState();
}

void ExportPanel::buildFolder() {
    layout()->addWidget(heading(tr("Layers as a folder of PNGs")));
    layout()->addWidget(
        dimText(tr("ground, person (straight alpha), mask, composite, and layers.json with the whole "
                   "recipe: GIMP, Krita and Photoshop open them as layers.")));
    auto* line = new QWidget;
    auto* lineLayout = new QHBoxLayout(line);
    lineLayout->setContentsMargins(0, 0, 0, 0);
    m_folder = new QLineEdit;
    m_folder->setAccessibleName(tr("Export folder"));
    m_folder->setToolTip(tr("Where the layers go; the folder is made when it is missing"));
    auto* browse = plainButton({}, u"folder"_s);
    browse->setToolTip(tr("Choose the folder"));
    browse->setAccessibleName(browse->toolTip());
    lineLayout->addWidget(m_folder, 1);
    lineLayout->addWidget(browse);
    layout()->addWidget(line);
    m_export = mainButton(tr("Export layers"), u"export"_s);
    layout()->addWidget(m_export);
    connect(browse, &QPushButton::clicked, this, &ExportPanel::chooseFolder);
    connect(m_folder, &QLineEdit::textChanged, this, &ExportPanel::showState);
    connect(m_export, &QPushButton::clicked, this, [this] { Q_EMIT exportRequested(folder()); });
}

void ExportPanel::buildResult() {
    m_result = new QLabel;
    m_result->setWordWrap(true);
    m_result->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_result->hide();
    m_openFolder = plainButton(tr("Open folder"), u"folder"_s);
    m_openFolder->hide();
    layout()->addWidget(m_result);
    layout()->addWidget(m_openFolder);
    connect(m_openFolder, &QPushButton::clicked, this,
            [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(m_written)); });
}

void ExportPanel::buildCommand() {
    layout()->addWidget(rule());
    layout()->addWidget(heading(tr("The same on the command line")));
    m_command = new QPlainTextEdit;
    m_command->setReadOnly(true);
    m_command->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_command->setAccessibleName(tr("Command line"));
    m_command->setPlaceholderText(
        tr("This latent has no seed: save the recipe, and give the file to cameo export."));
    m_command->setFixedHeight(m_command->fontMetrics().lineSpacing() * 5 + 14);
    auto* copy = plainButton(tr("Copy as command line"), u"copy"_s);
    layout()->addWidget(m_command);
    layout()->addWidget(copy);
    connect(copy, &QPushButton::clicked, this, &ExportPanel::copyCommandLine);
}

QString ExportPanel::folder() const {
    return QDir::cleanPath(m_folder->text().trimmed());
}

void ExportPanel::setFolder(const QString& folder) {
    m_folder->setText(QDir::toNativeSeparators(folder));
}

void ExportPanel::chooseFolder() {
    const QString chosen = QFileDialog::getExistingDirectory(this, tr("Folder for the layers"), folder());
    if (!chosen.isEmpty())
        setFolder(chosen);
}

void ExportPanel::copyCommandLine() {
    QGuiApplication::clipboard()->setText(m_command->toPlainText());
}

void ExportPanel::showState() {
    m_export->setEnabled(m_session.model() && !m_isRunning && !m_folder->text().trimmed().isEmpty());
    if (!m_session.hasDraft())
        m_command->setPlainText(exportCommandLine(m_session.state(), m_session.model(), folder()));
}

void ExportPanel::showStarted() {
    m_isRunning = true;
    m_result->setText(tr("Writing …"));
    m_result->show();
    m_openFolder->hide();
    showState();
}

void ExportPanel::showFinished(const ExportReport& report) {
    m_isRunning = false;
    QStringList names;
    for (const auto& file : report.files) {
        names << toQt(file.filename());
        m_written = toQt(file.parent_path());
    }
    m_result->setText(tr("Written to %1:\n%2\nThe person covers %3 %.")
                          .arg(QDir::toNativeSeparators(m_written), names.join(u", "_s))
                          .arg(report.coverage * 100, 0, 'f', 1));
    m_result->show();
    m_openFolder->setVisible(!report.files.empty());
    showState();
}

void ExportPanel::showStopped() {
    m_isRunning = false;
    m_result->hide();
    showState();
}

} // namespace cameo::ui
