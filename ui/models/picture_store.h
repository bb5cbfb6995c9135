// SPDX-License-Identifier: Apache-2.0
// What has arrived so far and still belongs to the present state. A mask is kept while its person is only
// edited and a plate while the ground stays the same, so that neither flickers while a slider moves. Window's
// thread only.
#pragma once

#include "core/engine/engine.h"
#include "ui/models/arrival.h"

namespace cameo::ui {

class PictureStore {
  public:
    void take(const Rendering& rendering, Arrival arrival);
    void takeOriginal(const Rendering& rendering);
    void clear();

    /// State, picture and timings of the newest rendering; mask, plate and composite as far as they belong to
    /// it.
    const Rendering& shown() const { return m_shown; }
    bool isComplete() const { return m_isComplete; }
    /// The unedited picture for `state`, or an empty one.
    Image originalFor(const EditState& state) const;

  private:
    Rendering m_shown;
    bool m_isComplete = false;
    EditState m_originalState;
    Image m_original;
};

} // namespace cameo::ui
