// SPDX-License-Identifier: Apache-2.0
#include "ui/models/training_model.h"

#include <algorithm>
#include <utility>

namespace cameo::ui {

TrainingModel::TrainingModel(QObject* parent)
    : QObject(parent), m_course(std::make_shared<const TrainingCourse>()) {}

bool TrainingModel::isActive() const {
    return m_phase == TrainingPhase::Starting || m_phase == TrainingPhase::Running ||
           m_phase == TrainingPhase::Stopping;
}

double TrainingModel::images() const {
    if (m_status && m_status->stage == TrainingStage::Training)
        return static_cast<double>(m_status->images);
    return m_course->images();
}

std::filesystem::path TrainingModel::generator() const {
    if (!m_run.generator.empty())
        return m_run.generator;
    // A running training names its files in the end only; after its first save they are there.
    return m_status && m_status->savedImages >= 0 ? m_run.folder / "generator.safetensors"
                                                  : std::filesystem::path();
}

bool TrainingModel::canResume() const {
    return m_run.hasState || (m_status && m_status->savedImages >= 0);
}

const TrainingSheet* TrainingModel::shownSheet() const {
    if (m_sheetIndex < 0 || m_sheetIndex >= sheetCount())
        return nullptr;
    return &m_course->sheets[static_cast<std::size_t>(m_sheetIndex)];
}

void TrainingModel::showSheet(int index) {
    m_followsNewest = index >= sheetCount() - 1;
    setSheetIndex(index);
}

void TrainingModel::setSheetIndex(int index) {
    const int valid = std::clamp(index, -1, sheetCount() - 1);
    if (valid == m_sheetIndex)
        return;
    m_sheetIndex = valid;
    Q_EMIT sheetChanged();
}

void TrainingModel::setPicture(const TrainingSheet& sheet, const Image& picture) {
    const TrainingSheet* shown = shownSheet();
    if (!shown || !(*shown == sheet))
        return; // of a sheet that was passed over meanwhile
    m_picture = picture;
    Q_EMIT pictureChanged();
}

void TrainingModel::setCourse(std::shared_ptr<const TrainingCourse> course) {
    if (m_course == course)
        return;
    m_course = std::move(course);
    Q_EMIT courseChanged();
    setSheetIndex(m_followsNewest ? sheetCount() - 1 : m_sheetIndex);
}

void TrainingModel::open(TrainingRun run) {
    if (isActive())
        return;
    m_run = std::move(run);
    m_status.reset();
    m_followsNewest = true;
    m_picture = Image();
    m_sheetIndex = -1;
    setCourse(std::make_shared<const TrainingCourse>(m_run.course));
    if (m_sheetIndex < 0)
        Q_EMIT pictureChanged(); // none any more
    m_phase = TrainingPhase::Idle;
    Q_EMIT phaseChanged(); // also when another folder was read in the same phase
    Q_EMIT runOpened();
}

void TrainingModel::start(const TrainingRequest& request) {
    m_run.folder = request.folder;
    m_run.request = request;
    m_status.reset();
    m_followsNewest = true;
    setPhase(TrainingPhase::Starting);
}

void TrainingModel::stopping() {
    if (isActive())
        setPhase(TrainingPhase::Stopping);
}

void TrainingModel::advance(const TrainingStatus& status) {
    m_status = status;
    if (m_phase == TrainingPhase::Starting)
        setPhase(TrainingPhase::Running);
    Q_EMIT statusChanged();
    setCourse(status.course);
}

void TrainingModel::finish(const TrainingStatus& status) {
    advance(status);
    m_run.hasState = true;
    m_run.generator = status.generator;
    setPhase(status.isStopped ? TrainingPhase::Stopped : TrainingPhase::Finished);
}

void TrainingModel::fail() {
    m_run.hasState = canResume();
    setPhase(TrainingPhase::Failed);
}

void TrainingModel::setPhase(TrainingPhase phase) {
    if (m_phase == phase)
        return;
    m_phase = phase;
    Q_EMIT phaseChanged();
}

} // namespace cameo::ui
