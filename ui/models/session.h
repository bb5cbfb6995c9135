// SPDX-License-Identifier: Apache-2.0
// What the window works on: the document, the model that it is made with, and a photograph that waits for
// inversion. A draft is a state that is shown but not yet a step of the history (a slider that still moves).
// Window's thread only.
#pragma once

#include "core/document/document.h"
#include "core/engine/engine.h"

#include <QObject>
#include <QString>

#include <optional>

namespace cameo::ui {

/// A photograph as the window shows it.
struct Photo {
    QString file;
    int width = 0, height = 0; // upright, in its own pixels
    Image display;             // RGB U8, smaller where the photograph is very large
};

/// A photograph that was opened and not inverted yet.
struct PhotoCandidate {
    Photo photo;
    Rect square; // in upright pixels, inside the picture
};

class Session : public QObject {
    Q_OBJECT

  public:
    explicit Session(QObject* parent = nullptr);

    /// The draft where there is one, otherwise the document's present step.
    const EditState& state() const;
    bool hasDraft() const { return m_draft.has_value(); }
    const Document& document() const { return m_document; }
    /// The first step that undo may return to: what lies before it is empty.
    std::size_t firstStep() const { return m_firstStep; }
    bool canUndo() const;
    bool canRedo() const { return m_document.canRedo(); }

    /// Null until a model is loaded.
    const ModelInfo* model() const { return m_model ? &*m_model : nullptr; }
    void setModel(ModelInfo model);

    const PhotoCandidate* photo() const { return m_photo ? &*m_photo : nullptr; }
    void setPhoto(std::optional<PhotoCandidate> photo);
    void setPhotoSquare(const Rect& square);

    /// Starts a new history with this step.
    void restart(const QString& name, EditState state);
    void preview(const QString& name, EditState state);
    /// Makes the draft a step; nothing happens when there is none.
    void commitDraft();
    void commit(const QString& name, EditState state);
    void dropDraft();
    void undo();
    void redo();
    void goTo(std::size_t step);

  Q_SIGNALS:
    void stateChanged();
    void historyChanged();
    void modelChanged();
    void photoChanged();

  private:
    struct Draft {
        QString name;
        EditState state;
    };
    void changed();

    Document m_document;
    std::size_t m_firstStep = 0;
    std::optional<Draft> m_draft;
    std::optional<ModelInfo> m_model;
    std::optional<PhotoCandidate> m_photo;
};

/// The largest square of whole pixels in the middle of a picture.
Rect centredSquare(int width, int height);
/// `square` moved and shrunk until it lies inside of the picture.
Rect squareInside(const Rect& square, int width, int height);

} // namespace cameo::ui
