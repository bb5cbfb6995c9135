// SPDX-License-Identifier: Apache-2.0
// The training that the Train mode shows: one that runs, or what a folder tells of an earlier one. Knows
// which sheet of samples is shown: the newest, or one of the past. Window's thread only.
#pragma once

#include "core/engine/engine.h"

#include <QObject>

#include <memory>
#include <optional>

namespace cameo::ui {

enum class TrainingPhase { Idle, Starting, Running, Stopping, Stopped, Finished, Failed };

class TrainingModel : public QObject {
    Q_OBJECT

  public:
    explicit TrainingModel(QObject* parent = nullptr);

    TrainingPhase phase() const { return m_phase; }
    bool isActive() const; // a training runs, begins or ends
    /// What the folder told before this training, or tells of an earlier one.
    const TrainingRun& run() const { return m_run; }
    /// The newest, while it runs and after; null for what a folder tells.
    const TrainingStatus* status() const { return m_status ? &*m_status : nullptr; }
    const TrainingCourse& course() const { return *m_course; }
    /// Images seen so far.
    double images() const;
    std::filesystem::path generator() const;
    bool canResume() const;

    int sheetCount() const { return static_cast<int>(m_course->sheets.size()); }
    /// -1 while there is none.
    int sheetIndex() const { return m_sheetIndex; }
    const TrainingSheet* shownSheet() const;
    /// The last one follows the newest from then on.
    void showSheet(int index);
    const Image& picture() const { return m_picture; }
    void setPicture(const TrainingSheet& sheet, const Image& picture);

    void open(TrainingRun run);
    void start(const TrainingRequest& request);
    void stopping();
    void advance(const TrainingStatus& status);
    void finish(const TrainingStatus& status);
    void fail();

  Q_SIGNALS:
    void phaseChanged();
    /// What a folder holds was read.
    void runOpened();
    void statusChanged();
    void courseChanged();
    /// Another sheet is to be shown; its picture follows.
    void sheetChanged();
    void pictureChanged();

  private:
    void setPhase(TrainingPhase phase);
    void setCourse(std::shared_ptr<const TrainingCourse> course);
    void setSheetIndex(int index);

    TrainingPhase m_phase = TrainingPhase::Idle;
    TrainingRun m_run;
    std::optional<TrainingStatus> m_status;
    std::shared_ptr<const TrainingCourse> m_course; // never null
    int m_sheetIndex = -1;
    bool m_followsNewest = true;
    Image m_picture;
};

} // namespace cameo::ui
