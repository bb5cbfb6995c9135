// SPDX-License-Identifier: Apache-2.0
#include "core/document/document.h"

#include "core/base/error.h"
#include "core/base/text.h"

#include <utility>

namespace cameo {

Document::Document() {
    m_steps.push_back({"New", EditState{}});
}

const EditState& Document::state() const {
    return m_steps[m_position].state;
}

void Document::commit(std::string name, EditState state) {
    if (state == this->state())
        return;
    m_steps.resize(m_position + 1);
    m_steps.push_back({std::move(name), std::move(state)});
    ++m_position;
}

bool Document::canUndo() const {
    return m_position > 0;
}

bool Document::canRedo() const {
    return m_position + 1 < m_steps.size();
}

void Document::undo() {
    if (canUndo())
        --m_position;
}

void Document::redo() {
    if (canRedo())
        ++m_position;
}

const std::vector<Document::Step>& Document::history() const {
    return m_steps;
}

std::size_t Document::position() const {
    return m_position;
}

void Document::goTo(std::size_t step) {
    if (step >= m_steps.size())
        throw Failure(ErrorCode::InvalidArgument,
                      cat("The history has ", m_steps.size(), " steps, not ", step + 1));
    m_position = step;
}

} // namespace cameo
