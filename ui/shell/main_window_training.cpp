// SPDX-License-Identifier: Apache-2.0
// The window's part of the Train mode: who tells whom.
#include "ui/models/file_kind.h"
#include "ui/panels/train_panel.h"
#include "ui/panels/train_settings.h"
#include "ui/shell/main_window.h"
#include "ui/shell/notice_strip.h"

#include <QFileInfo>

namespace cameo::ui {

using namespace Qt::StringLiterals;

void MainWindow::connectTraining() {
    TrainSettings& settings = m_trainPanel->settings();
    connect(&settings, &TrainSettings::picturesChosen, &m_trainingConductor, &TrainingConductor::lookAt);
    connect(&settings, &TrainSettings::folderChosen, &m_trainingConductor, &TrainingConductor::openRun);
    connect(&m_trainingConductor, &TrainingConductor::picturesKnown, &settings, &TrainSettings::showPictures);
    connect(&m_trainingConductor, &TrainingConductor::picturesUnknown, &settings,
            &TrainSettings::showNoPictures);
    connect(&m_trainingConductor, &TrainingConductor::errorOccurred, m_notice, &NoticeStrip::showError);
    connect(&m_training, &TrainingModel::runOpened, &settings,
            [this, &settings] { settings.showRun(m_training.run()); });
    connect(m_trainPanel, &TrainPanel::startRequested, this, [this](const TrainingRequest& request) {
        m_notice->hide();
        m_trainingConductor.start(request);
    });
    connect(m_trainPanel, &TrainPanel::stopRequested, &m_trainingConductor, &TrainingConductor::stop);
    connect(m_trainPanel, &TrainPanel::saveRequested, &m_trainingConductor, &TrainingConductor::saveNow);
    connect(m_trainPanel, &TrainPanel::openRequested, this, [this](const QString& generator) {
        m_view.setMode(Mode::Sample);
        m_conductor.openModel(generator);
    });
    connect(&m_view, &ViewModel::modeChanged, this, [this] {
        if (m_view.mode() == Mode::Train && m_training.run().folder.empty())
            m_trainingConductor.openRun(m_trainPanel->settings().folder()); // what was there last time
    });
}

/// In Train mode a folder is one of pictures or of a run, and a model is a start; packed pictures are for
/// training in every mode.
bool MainWindow::dropForTraining(const QString& file) {
    TrainSettings& settings = m_trainPanel->settings();
    const FileKind kind = fileKind(file);
    if (kind == FileKind::PackedPictures)
        m_view.setMode(Mode::Train);
    if (m_view.mode() != Mode::Train || !settings.isEnabled())
        return kind == FileKind::PackedPictures;
    const bool isFolder = QFileInfo(file).isDir();
    if (isFolder && QFileInfo::exists(file + u"/log.jsonl"_s))
        settings.setFolder(file);
    else if (isFolder || kind == FileKind::PackedPictures || file.endsWith(u".csv"_s, Qt::CaseInsensitive))
        settings.setPictures(file);
    else if (kind == FileKind::Model)
        settings.setStart(file);
    else
        return false;
    return true;
}

} // namespace cameo::ui
