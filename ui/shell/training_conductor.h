// SPDX-License-Identifier: Apache-2.0
// Starts, stops and follows a training, and reads what folders hold, without keeping the window waiting. Owns
// no widget. Window's thread only.
#pragma once

#include "ui/bridge/engine_bridge.h"
#include "ui/bridge/latest_task.h"
#include "ui/bridge/photo_loader.h"
#include "ui/models/training_model.h"

#include <QObject>

namespace cameo::ui {

class TrainingConductor : public QObject {
    Q_OBJECT

  public:
    TrainingConductor(EngineBridge& bridge, TrainingModel& model, QObject* parent = nullptr);

    /// Shows the run that a folder holds; nothing while a training runs.
    void openRun(const QString& folder);
    /// Finds out what a folder, table or packed file holds.
    void lookAt(const QString& pictures);
    void start(const TrainingRequest& request);
    void stop();
    void saveNow();

  Q_SIGNALS:
    void picturesKnown(const cameo::PictureSource& source);
    void picturesUnknown(const cameo::Error& error);
    void errorOccurred(const cameo::Error& error);

  private:
    void loadSheet();

    EngineBridge& m_bridge;
    TrainingModel& m_model;
    LatestTask<TrainingRun> m_runs;
    LatestTask<PictureSource> m_pictures;
    PhotoLoader m_sheets;
};

} // namespace cameo::ui
