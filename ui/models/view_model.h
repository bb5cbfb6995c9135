// SPDX-License-Identifier: Apache-2.0
// How the document is looked at: the mode, and for each mode what fills the canvas and how the mask is shown.
// Looking is not editing: nothing here is undone. Window's thread only.
#pragma once

#include <QObject>

#include <array>

namespace cameo::ui {

enum class Mode { Sample, Photo, Edit, Mask, Background, Export, Train };
constexpr int modeCount = 7;

/// The generator's picture alone, or the person over the ground.
enum class Content { Picture, Composite };

enum class MaskView { Off, Overlay, OnBlack, OnWhite, BlackAndWhite, Onion };
constexpr int maskViewCount = 6;

enum class LayerKind { Person, Mask, Ground };

QString modeName(Mode mode);
QString maskViewName(MaskView view);

class ViewModel : public QObject {
    Q_OBJECT

  public:
    explicit ViewModel(QObject* parent = nullptr);

    Mode mode() const { return m_mode; }
    Content content() const { return look().content; }
    MaskView maskView() const { return look().maskView; }
    bool isHatched() const { return m_isHatched; }
    bool isWiping() const { return m_isWiping; }
    bool showsOriginal() const { return m_showsOriginal; }
    /// The mask counts as a layer: visible while a mask view is on.
    bool isVisible(LayerKind layer) const;

    void setMode(Mode mode);
    void setContent(Content content);
    /// In every mode that edits: after an inversion the photograph is what people want to see.
    void setContentForEditing(Content content);
    void setMaskView(MaskView view);
    void cycleMaskView();
    void setHatched(bool isHatched);
    void setWiping(bool isWiping);
    void setShowsOriginal(bool showsOriginal);
    /// Hiding person or ground turns the composite on, where layers are seen.
    void setVisible(LayerKind layer, bool isVisible);

  Q_SIGNALS:
    void modeChanged();
    void viewChanged();

  private:
    struct Look {
        Content content = Content::Picture;
        MaskView maskView = MaskView::Off;
    };
    const Look& look() const { return m_looks[static_cast<std::size_t>(m_mode)]; }
    Look& look() { return m_looks[static_cast<std::size_t>(m_mode)]; }

    Mode m_mode = Mode::Sample;
    std::array<Look, modeCount> m_looks; // each mode remembers its own
    bool m_isHatched = false;
    bool m_isWiping = false;
    bool m_showsOriginal = false;
    bool m_showsPerson = true;
    bool m_showsGround = true;
};

} // namespace cameo::ui
