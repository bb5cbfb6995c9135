// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/export_panel.h"

#include "ui/models/command_line.h"
#include "ui/models/qt_text.h"
#include "ui/panels/panel_parts.h"

#include <QClipboard>
#include <QComboBox>
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

namespace {

struct Format {
    QString label, help;
    QStringList endings; // empty: a folder
};

const QList<Format>& formats() {
    static const QList<Format> all = {
        {ExportPanel::tr("Folder of PNGs"),
         ExportPanel::tr(
             "ground, person (straight alpha), mask, composite, and layers.json: every program opens "
             "them."),
         {}},
        {ExportPanel::tr("OpenRaster (.ora)"),
         ExportPanel::tr(
             "All layers in one file, for Krita and MyPaint. GIMP in Debian cannot open it: use PSD "
             "there."),
         {u".ora"_s}},
        {ExportPanel::tr("Photoshop (.psd)"),
         ExportPanel::tr(
             "All layers in one file, the person with a layer mask, for GIMP, Krita and Photoshop."),
         {u".psd"_s}},
        {ExportPanel::tr("TIFF pages (.tif)"),
         ExportPanel::tr("A page for each layer; the first page is the merged picture."),
         {u".tif"_s, u".tiff"_s}},
    };
    return all;
}

/// The row of formats() that the name's ending says; 0 is the folder.
int formatRow(const QString& target) {
    for (int row = 1; row < formats().size(); ++row)
        for (const QString& ending : formats()[row].endings)
            if (target.endsWith(ending, Qt::CaseInsensitive))
                return row;
    return 0;
}

} // namespace

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
    showFormat();
    showState();
}

void ExportPanel::buildFolder() {
    layout()->addWidget(heading(tr("Layers")));
    m_format = new QComboBox;
    m_format->setAccessibleName(tr("Export format"));
    m_format->setToolTip(
        tr("What the layers are written as; each carries the whole recipe and opens again here"));
    for (const Format& format : formats())
        m_format->addItem(format.label);
    layout()->addWidget(m_format);
    m_formatHelp = dimText({});
    layout()->addWidget(m_formatHelp);
    auto* line = new QWidget;
    auto* lineLayout = new QHBoxLayout(line);
    lineLayout->setContentsMargins(0, 0, 0, 0);
    m_folder = new QLineEdit;
    m_folder->setAccessibleName(tr("Export target"));
    m_folder->setToolTip(
        tr("The folder, which is made when it is missing, or the file; its ending says the format"));
    auto* browse = plainButton({}, u"folder"_s);
    browse->setToolTip(tr("Choose where the layers go"));
    browse->setAccessibleName(browse->toolTip());
    lineLayout->addWidget(m_folder, 1);
    lineLayout->addWidget(browse);
    layout()->addWidget(line);
    m_export = mainButton(tr("Export layers"), u"export"_s);
    layout()->addWidget(m_export);
    connect(browse, &QPushButton::clicked, this, &ExportPanel::chooseTarget);
    connect(m_format, &QComboBox::activated, this, &ExportPanel::setFormat);
    connect(m_folder, &QLineEdit::textChanged, this, &ExportPanel::showFormat);
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

void ExportPanel::chooseTarget() {
    const Format& format = formats()[formatRow(folder())];
    QString chosen;
    if (format.endings.isEmpty()) {
        chosen = QFileDialog::getExistingDirectory(this, tr("Folder for the layers"), folder());
    } else {
        chosen = QFileDialog::getSaveFileName(this, tr("File for the layers"), folder(),
                                              u"%1 (*%2)"_s.arg(format.label, format.endings.join(u" *"_s)));
        if (!chosen.isEmpty() && formatRow(chosen) == 0)
            chosen += format.endings.first();
    }
    if (!chosen.isEmpty())
        setFolder(chosen);
}

/// The ending is the format: what is shown, what the command line says and what is written cannot differ.
void ExportPanel::setFormat(int row) {
    QString target = folder();
    if (const int present = formatRow(target); present != 0)
        target.truncate(target.lastIndexOf(u'.'));
    const QStringList& endings = formats()[row].endings;
    setFolder(endings.isEmpty() ? target : target + endings.first());
}

void ExportPanel::showFormat() {
    const int row = formatRow(folder());
    m_format->setCurrentIndex(row);
    m_formatHelp->setText(formats()[row].help);
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
