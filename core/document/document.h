// SPDX-License-Identifier: Apache-2.0
// What the window edits: one EditState with a linear history for now. Every user action is one named,
// undoable step; dragging a slider is one step on release. Not thread-safe: owned by the window's thread.
#pragma once

#include "core/document/edit_state.h"

#include <functional>
#include <string>
#include <vector>

namespace cameo {

class Document {
  public:
    Document();
    const EditState& state() const;
    /// One step. Steps after the present one are dropped. A step equal to the present state is ignored.
    void commit(std::string name, EditState state);
    bool canUndo() const;
    bool canRedo() const;
    void undo();
    void redo();
    struct Step {
        std::string name; // "Age +10"
        EditState state;
    };
    const std::vector<Step>& history() const;
    std::size_t position() const;
    /// Jumps to a step of the history.
    void goTo(std::size_t step);

  private:
    std::vector<Step> m_steps;
    std::size_t m_position = 0;
};

} // namespace cameo
