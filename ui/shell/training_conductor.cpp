// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/training_conductor.h"

#include "ui/models/qt_text.h"

namespace cameo::ui {

TrainingConductor::TrainingConductor(EngineBridge& bridge, TrainingModel& model, QObject* parent)
    : QObject(parent), m_bridge(bridge), m_model(model) {
    connect(&m_bridge, &EngineBridge::trainingAdvanced, &m_model, &TrainingModel::advance);
    connect(&m_bridge, &EngineBridge::trainingFinished, &m_model, &TrainingModel::finish);
    connect(&m_bridge, &EngineBridge::jobEnded, this, [this](JobKind kind) {
        // A value comes after this signal; what ends without one has failed or was cancelled in the
        // beginning.
        if (kind == JobKind::Training)
            QMetaObject::invokeMethod(
                this,
                [this] {
                    if (m_model.isActive() && !m_bridge.isRunning(JobKind::Training))
                        m_model.fail();
                },
                Qt::QueuedConnection);
    });
    connect(&m_model, &TrainingModel::sheetChanged, this, &TrainingConductor::loadSheet);
    connect(&m_sheets, &PhotoLoader::loaded, this, [this](const Photo& photo) {
        if (const TrainingSheet* shown = m_model.shownSheet(); shown && toQt(shown->file) == photo.file)
            m_model.setPicture(*shown, photo.display);
    });
    connect(&m_sheets, &PhotoLoader::failed, this, &TrainingConductor::errorOccurred);
}

void TrainingConductor::openRun(const QString& folder) {
    if (m_model.isActive())
        return;
    m_runs.run([path = toPath(folder)]() -> Result<TrainingRun> { return readTrainingRun(path); },
               [this](Result<TrainingRun> run) {
                   if (run)
                       m_model.open(std::move(*run));
                   else
                       Q_EMIT errorOccurred(run.error());
               });
}

void TrainingConductor::lookAt(const QString& pictures) {
    m_pictures.run([path = toPath(pictures)] { return describePictures(path); },
                   [this](const Result<PictureSource>& source) {
                       if (source)
                           Q_EMIT picturesKnown(*source);
                       else
                           Q_EMIT picturesUnknown(source.error());
                   });
}

void TrainingConductor::start(const TrainingRequest& request) {
    if (m_model.isActive())
        return;
    m_model.start(request);
    m_bridge.train(request);
}

void TrainingConductor::stop() {
    if (!m_model.isActive())
        return;
    m_model.stopping();
    m_bridge.stopTraining();
}

void TrainingConductor::saveNow() {
    if (m_model.isActive())
        m_bridge.saveTraining();
}

void TrainingConductor::loadSheet() {
    const TrainingSheet* shown = m_model.shownSheet();
    if (!shown)
        return;
    // The newest comes with the status that tells of it.
    const TrainingStatus* status = m_model.status();
    if (status && status->sheetImages == shown->images && !status->sheet.isEmpty())
        m_model.setPicture(*shown, status->sheet);
    else
        m_sheets.load(toQt(shown->file));
}

} // namespace cameo::ui
