// SPDX-License-Identifier: Apache-2.0
#include "ui/panels/train_settings.h"

#include "ui/models/qt_text.h"
#include "ui/panels/disclosure.h"
#include "ui/panels/panel_parts.h"
#include "ui/panels/parameter_form.h"
#include "ui/panels/plot_ticks.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStandardPaths>
#include <QStyle>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

/// What everybody asks first; all others are under a heading that opens.
constexpr std::array<std::string_view, 3> mainNames = {"images", "batch", "learning-rate"};
constexpr int smallestSide = 16, largestSide = 1024, usualSide = 64; // px

bool isMain(const Parameter& parameter) {
    return std::find(mainNames.begin(), mainNames.end(), parameter.name) != mainNames.end();
}

void setRole(QWidget& widget, const QString& role) {
    widget.setProperty("role", role);
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
}

QPushButton* browseButton(const QString& help) {
    QPushButton* button = plainButton({}, u"folder"_s);
    button->setToolTip(help);
    button->setAccessibleName(help);
    return button;
}

QString cleaned(const QLineEdit& edit) {
    const QString text = edit.text().trimmed();
    return text.isEmpty() ? text : QDir::cleanPath(text);
}

} // namespace

TrainSettings::TrainSettings(const DeviceInfo& device, QWidget* parent) : QWidget(parent) {
    panelLayout(*this);
    buildPictures();
    layout()->addWidget(rule());
    buildStart();
    layout()->addWidget(rule());
    buildNumbers(device);
    layout()->addWidget(rule());
    buildFolder();
    static_cast<QVBoxLayout*>(layout())->addStretch(1);
}

QLineEdit* TrainSettings::addPath(const QString& name, const QString& help, const QString& placeholder,
                                  QWidget* browse) {
    auto* line = new QWidget;
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    auto* edit = new QLineEdit;
    edit->setAccessibleName(name);
    edit->setToolTip(help);
    edit->setPlaceholderText(placeholder);
    edit->setAcceptDrops(false); // the window takes what is dropped, and tells what it is
    row->addWidget(edit, 1);
    row->addWidget(browse);
    layout()->addWidget(line);
    return edit;
}

void TrainSettings::buildPictures() {
    layout()->addWidget(heading(tr("Pictures to learn from")));
    auto* browse = browseButton(tr("Choose the pictures"));
    auto* menu = new QMenu(browse);
    connect(menu->addAction(tr("&Folder of pictures…")), &QAction::triggered, this,
            &TrainSettings::choosePictureFolder);
    connect(menu->addAction(tr("&Table or packed file…")), &QAction::triggered, this,
            &TrainSettings::choosePictureFile);
    browse->setMenu(menu);
    m_pictures = addPath(tr("Pictures to learn from"),
                         tr("A folder of PNG, JPEG or TIFF files, a table (.csv) with the columns 'file' and "
                            "'split', or a file that was packed before"),
                         tr("Folder, table or packed file"), browse);
    m_picturesNote = dimText(tr("Choose a folder, or drop one on the window. Best are many portraits that "
                                "are framed alike."));
    layout()->addWidget(m_picturesNote);
    m_split = new QComboBox;
    m_split->setToolTip(tr("The rows of the table to learn from; keep others for measuring"));
    m_splitRow = labelled(tr("Split"), m_split);
    m_splitRow->hide();
    layout()->addWidget(m_splitRow);
    m_side = new QComboBox;
    for (int side = smallestSide; side <= largestSide; side *= 2)
        m_side->addItem(tr("%1 × %1 px").arg(side), side);
    m_side->setCurrentIndex(m_side->findData(usualSide));
    m_side->setToolTip(
        tr("Pictures are cut to their middle square and brought to this size. Larger ones take "
           "much longer to train."));
    m_sideRow = labelled(tr("Size"), m_side);
    layout()->addWidget(m_sideRow);
    connect(m_pictures, &QLineEdit::textChanged, this, &TrainSettings::picturesEdited);
    connect(m_split, &QComboBox::currentIndexChanged, this, &TrainSettings::changed);
}

void TrainSettings::buildStart() {
    layout()->addWidget(heading(tr("Start")));
    m_start = new QComboBox;
    m_start->addItem(tr("Fresh weights"));
    m_start->addItem(tr("The embedded model"));
    m_start->addItem(tr("A checkpoint file"));
    m_start->setToolTip(tr("A model that knows faces already needs less time for new portraits than fresh "
                           "weights"));
    layout()->addWidget(labelled(tr("Start from"), m_start));
    auto* browse = browseButton(tr("Choose the checkpoint"));
    connect(browse, &QPushButton::clicked, this, &TrainSettings::chooseCheckpoint);
    m_file = addPath(tr("Checkpoint to start from"), tr("A StyleGAN2 generator: .pkl, .pt or .safetensors"),
                     tr("Generator: .pkl, .pt or .safetensors"), browse);
    m_fileRow = m_file->parentWidget();
    m_fileRow->hide();
    connect(m_start, &QComboBox::currentIndexChanged, this, [this](int start) {
        m_fileRow->setVisible(start == File);
        Q_EMIT changed();
    });
    connect(m_file, &QLineEdit::textChanged, this, &TrainSettings::changed);
}

void TrainSettings::buildNumbers(const DeviceInfo& device) {
    layout()->addWidget(heading(tr("Training")));
    for (const Parameter& parameter : trainingParameters())
        (isMain(parameter) ? m_mainTable : m_otherTable).push_back(parameter);
    m_mainForm = new ParameterForm(ParameterForm::Rows::Numbers);
    m_mainForm->setTable(m_mainTable);
    layout()->addWidget(m_mainForm);
    connect(m_mainForm, &ParameterForm::previewed, this, &TrainSettings::changed);
    connect(m_mainForm, &ParameterForm::committed, this, &TrainSettings::changed);
    m_precision = new QComboBox;
    m_precision->addItem(tr("float32"), u"float32"_s);
    m_precision->addItem(device.hasFastBFloat16 ? tr("bfloat16, fast on this machine") : tr("bfloat16"),
                         u"bfloat16"_s);
    m_precision->setToolTip(tr("Of the convolutions. bfloat16 is less exact, and faster where the processor "
                               "has it"));
    layout()->addWidget(labelled(tr("Precision"), m_precision));
    m_seed = new QSpinBox;
    m_seed->setRange(0, std::numeric_limits<int>::max());
    m_seed->setToolTip(tr("The same seed, pictures and settings train the same model"));
    ignoreIdleWheel(*m_seed);
    layout()->addWidget(labelled(tr("Random seed"), m_seed));
    m_otherForm = new ParameterForm(ParameterForm::Rows::Numbers);
    m_otherForm->setTable(m_otherTable);
    layout()->addWidget(new Disclosure(tr("All settings"), m_otherForm, Disclosure::State::Closed));
}

void TrainSettings::buildFolder() {
    layout()->addWidget(heading(tr("Folder of the run")));
    auto* browse = browseButton(tr("Choose the folder of the run"));
    connect(browse, &QPushButton::clicked, this, &TrainSettings::chooseRunFolder);
    m_folder = addPath(tr("Folder of the run"),
                       tr("Models, log and sheets of samples go there. A folder with an earlier run shows "
                          "its curves, and the run can go on"),
                       tr("Where models, log and samples go"), browse);
    m_folderNote = dimText();
    layout()->addWidget(m_folderNote);
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    m_folder->setText(QDir::toNativeSeparators(QDir(documents).filePath(u"cameo-training"_s)));
    connect(m_folder, &QLineEdit::textChanged, this, &TrainSettings::folderEdited);
}

void TrainSettings::choosePictureFolder() {
    const QString chosen =
        QFileDialog::getExistingDirectory(this, tr("Folder of pictures"), cleaned(*m_pictures));
    if (!chosen.isEmpty())
        setPictures(chosen);
}

void TrainSettings::choosePictureFile() {
    const QString chosen =
        QFileDialog::getOpenFileName(this, tr("Pictures to learn from"), {},
                                     tr("Tables and packed pictures (*.csv *.cameoset);;All files (*)"));
    if (!chosen.isEmpty())
        setPictures(chosen);
}

void TrainSettings::chooseRunFolder() {
    const QString chosen = QFileDialog::getExistingDirectory(this, tr("Folder of the run"), folder());
    if (!chosen.isEmpty())
        setFolder(chosen);
}

void TrainSettings::chooseCheckpoint() {
    const QString chosen =
        QFileDialog::getOpenFileName(this, tr("Checkpoint to start from"), {},
                                     tr("Generators (*.pkl *.pt *.pth *.safetensors);;All files (*)"));
    if (!chosen.isEmpty())
        setStart(chosen);
}

void TrainSettings::setPictures(const QString& path) {
    m_pictures->setText(QDir::toNativeSeparators(path));
}

void TrainSettings::setFolder(const QString& folder) {
    m_folder->setText(QDir::toNativeSeparators(folder));
}

QString TrainSettings::folder() const {
    return cleaned(*m_folder);
}

void TrainSettings::setStart(const QString& file) {
    m_start->setCurrentIndex(File);
    m_file->setText(QDir::toNativeSeparators(file));
}

void TrainSettings::picturesEdited() {
    m_source.reset();
    setRole(*m_picturesNote, u"dim"_s);
    m_picturesNote->setText(tr("Looking …"));
    Q_EMIT picturesChosen(cleaned(*m_pictures));
    Q_EMIT changed();
}

void TrainSettings::folderEdited() {
    m_folderNote->clear();
    Q_EMIT folderChosen(folder());
    Q_EMIT changed();
}

QString TrainSettings::wantedSplit() const {
    return m_rememberedSplit.isEmpty() ? u"train"_s : m_rememberedSplit;
}

void TrainSettings::showPictures(const PictureSource& source) {
    m_source = source;
    const bool isPacked = source.kind == PictureSource::Kind::Packed;
    setRole(*m_picturesNote, source.count > 0 ? u"dim"_s : u"warm"_s);
    m_picturesNote->setText(isPacked
                                ? tr("%1 packed pictures of %2 × %2 px").arg(source.count).arg(source.side)
                            : source.count > 0 ? tr("%1 pictures").arg(source.count)
                                               : tr("There is no PNG, JPEG or TIFF file in this folder."));
    const QSignalBlocker quiet(m_split);
    m_split->clear();
    for (const auto& [name, count] : source.splits)
        m_split->addItem(tr("%1 (%2 pictures)").arg(toQt(name)).arg(count), toQt(name));
    m_split->setCurrentIndex(std::max(0, m_split->findData(wantedSplit())));
    m_splitRow->setVisible(!source.splits.empty());
    m_sideRow->setVisible(!isPacked);
    Q_EMIT changed();
}

void TrainSettings::showNoPictures(const Error& error) {
    m_source.reset();
    m_splitRow->hide();
    const bool isEmpty = m_pictures->text().trimmed().isEmpty();
    setRole(*m_picturesNote, isEmpty ? u"dim"_s : u"warm"_s);
    m_picturesNote->setText(isEmpty
                                ? tr("Choose a folder, or drop one on the window.")
                                : toQt(error.message + (error.advice.empty() ? "" : ". " + error.advice)));
    Q_EMIT changed();
}

void TrainSettings::showRun(const TrainingRun& run) {
    const double images = run.course.images();
    m_folderNote->setText(run.hasState
                              ? tr("Holds a run of %1 images: Resume goes on with it. Choose another "
                                   "folder to begin anew.")
                                    .arg(countText(images))
                          : images > 0 ? tr("Holds the log of a run of %1 images.").arg(countText(images))
                                       : QString());
    if (run.request)
        showRequest(*run.request);
}

void TrainSettings::showRequest(const TrainingRequest& request) {
    m_rememberedSplit = toQt(request.split);
    setPictures(toQt(request.data));
    m_side->setCurrentIndex(std::max(0, m_side->findData(request.side)));
    m_start->setCurrentIndex(request.isFromEmbedded ? Embedded : request.from.empty() ? Fresh : File);
    m_file->setText(toQt(request.from));
    m_precision->setCurrentIndex(std::max(0, m_precision->findData(toQt(request.precision))));
    m_seed->setValue(static_cast<int>(request.seed));
    m_mainForm->showValues(request.parameters);
    m_otherForm->showValues(request.parameters);
    Q_EMIT changed();
}

TrainingRequest TrainSettings::request() const {
    TrainingRequest request;
    request.data = toPath(cleaned(*m_pictures));
    if (m_source && !m_source->splits.empty())
        request.split = m_split->currentData().toString().toStdString();
    request.side = m_side->currentData().toInt();
    request.folder = toPath(folder());
    request.isFromEmbedded = m_start->currentIndex() == Embedded;
    if (m_start->currentIndex() == File)
        request.from = toPath(cleaned(*m_file));
    request.precision = m_precision->currentData().toString().toStdString();
    request.seed = static_cast<std::uint64_t>(m_seed->value());
    request.parameters = m_mainForm->values();
    request.parameters.merge(m_otherForm->values());
    return request;
}

QString TrainSettings::problem() const {
    if (m_pictures->text().trimmed().isEmpty())
        return tr("Choose pictures to learn from.");
    if (!m_source || m_source->count == 0)
        return tr("There are no pictures to learn from yet.");
    if (folder().isEmpty())
        return tr("Choose a folder for the run.");
    if (m_start->currentIndex() == File && m_file->text().trimmed().isEmpty())
        return tr("Choose the checkpoint to start from.");
    return {};
}

} // namespace cameo::ui
