// SPDX-License-Identifier: Apache-2.0
#include "ui/models/session.h"

#include <algorithm>
#include <utility>

namespace cameo::ui {

Session::Session(QObject* parent) : QObject(parent) {}

const EditState& Session::state() const {
    return m_draft ? m_draft->state : m_document.state();
}

bool Session::canUndo() const {
    return hasDraft() || m_document.position() > m_firstStep;
}

void Session::setModel(ModelInfo model) {
    m_model = std::move(model);
    Q_EMIT modelChanged();
}

void Session::setPhoto(std::optional<PhotoCandidate> photo) {
    m_photo = std::move(photo);
    Q_EMIT photoChanged();
}

void Session::setPhotoSquare(const Rect& square) {
    if (!m_photo)
        return;
    const Rect inside = squareInside(square, m_photo->photo.width, m_photo->photo.height);
    if (m_photo->square == inside)
        return;
    m_photo->square = inside;
    Q_EMIT photoChanged();
}

void Session::changed() {
    Q_EMIT stateChanged();
    Q_EMIT historyChanged();
}

void Session::restart(const QString& name, EditState state) {
    m_draft.reset();
    m_document = Document();
    m_document.commit(name.toStdString(), std::move(state));
    m_firstStep = m_document.position();
    changed();
}

void Session::preview(const QString& name, EditState state) {
    m_draft = Draft{name, std::move(state)};
    Q_EMIT stateChanged();
}

void Session::commitDraft() {
    if (auto draft = std::exchange(m_draft, std::nullopt)) {
        m_document.commit(draft->name.toStdString(), std::move(draft->state));
        changed();
    }
}

void Session::commit(const QString& name, EditState state) {
    m_draft.reset();
    m_document.commit(name.toStdString(), std::move(state));
    changed();
}

void Session::dropDraft() {
    if (std::exchange(m_draft, std::nullopt))
        Q_EMIT stateChanged();
}

void Session::undo() {
    commitDraft();
    if (m_document.position() <= m_firstStep)
        return;
    m_document.undo();
    changed();
}

void Session::redo() {
    commitDraft();
    if (!m_document.canRedo())
        return;
    m_document.redo();
    changed();
}

void Session::goTo(std::size_t step) {
    commitDraft();
    if (step < m_firstStep || step >= m_document.history().size() || step == m_document.position())
        return;
    m_document.goTo(step);
    changed();
}

Rect centredSquare(int width, int height) {
    const int side = std::min(width, height);
    return Rect{(width - side) / 2, (height - side) / 2, side, side};
}

Rect squareInside(const Rect& square, int width, int height) {
    const int side = std::clamp(square.width, 1, std::max(1, std::min(width, height)));
    return Rect{std::clamp(square.x, 0, width - side), std::clamp(square.y, 0, height - side), side, side};
}

} // namespace cameo::ui
