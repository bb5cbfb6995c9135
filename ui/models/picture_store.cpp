// SPDX-License-Identifier: Apache-2.0
#include "ui/models/picture_store.h"

#include "ui/models/edit_ops.h"

#include <utility>

namespace cameo::ui {

void PictureStore::take(const Rendering& rendering, Arrival arrival) {
    Rendering next = rendering;
    const bool isSamePerson = isSameOrigin(next.state, m_shown.state);
    const bool isSameState = next.state == m_shown.state;
    if (next.mask.isEmpty() && isSamePerson)
        next.mask = m_shown.mask;
    if (next.plate.isEmpty() && isSamePerson)
        next.plate = m_shown.plate;
    // A composite of another state would show the wrong person: the canvas mixes one from the layers
    // meanwhile.
    if (next.composite.isEmpty() && isSameState)
        next.composite = m_shown.composite;
    if (next.picture.isEmpty() && isSamePerson)
        next.picture = m_shown.picture;
    m_shown = std::move(next);
    m_isComplete = arrival == Arrival::Final;
    if (m_isComplete && !isEdited(m_shown.state))
        takeOriginal(m_shown);
}

void PictureStore::takeOriginal(const Rendering& rendering) {
    m_originalState = rendering.state;
    m_original = rendering.picture;
}

void PictureStore::clear() {
    *this = PictureStore();
}

Image PictureStore::originalFor(const EditState& state) const {
    return !m_original.isEmpty() && isSamePicture(m_originalState, state.original()) ? m_original : Image();
}

} // namespace cameo::ui
