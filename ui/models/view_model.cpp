// SPDX-License-Identifier: Apache-2.0
#include "ui/models/view_model.h"

#include <QCoreApplication>

namespace cameo::ui {

namespace {

/// Sets and says whether that was a change.
template <typename T>
bool assign(T& target, T value) {
    if (target == value)
        return false;
    target = value;
    return true;
}

} // namespace

QString modeName(Mode mode) {
    switch (mode) {
    case Mode::Sample:
        return QCoreApplication::translate("Mode", "Sample");
    case Mode::Photo:
        return QCoreApplication::translate("Mode", "Photo");
    case Mode::Edit:
        return QCoreApplication::translate("Mode", "Edit");
    case Mode::Mask:
        return QCoreApplication::translate("Mode", "Mask");
    case Mode::Background:
        return QCoreApplication::translate("Mode", "Background");
    case Mode::Train:
        return QCoreApplication::translate("Mode", "Train");
    case Mode::Export:
        break;
    }
    return QCoreApplication::translate("Mode", "Export");
}

QString maskViewName(MaskView view) {
    switch (view) {
    case MaskView::Off:
        return QCoreApplication::translate("MaskView", "Mask off");
    case MaskView::Overlay:
        return QCoreApplication::translate("MaskView", "Overlay");
    case MaskView::OnBlack:
        return QCoreApplication::translate("MaskView", "On black");
    case MaskView::OnWhite:
        return QCoreApplication::translate("MaskView", "On white");
    case MaskView::BlackAndWhite:
        return QCoreApplication::translate("MaskView", "Black and white");
    case MaskView::Onion:
        break;
    }
    return QCoreApplication::translate("MaskView", "Onion skin");
}

ViewModel::ViewModel(QObject* parent) : QObject(parent) {
    const auto at = [this](Mode mode) -> Look& { return m_looks[static_cast<std::size_t>(mode)]; };
    at(Mode::Mask).maskView = MaskView::Overlay;
    at(Mode::Background).content = Content::Composite;
    at(Mode::Export).content = Content::Composite;
}

bool ViewModel::isVisible(LayerKind layer) const {
    switch (layer) {
    case LayerKind::Person:
        return m_showsPerson;
    case LayerKind::Ground:
        return m_showsGround;
    case LayerKind::Mask:
        break;
    }
    return maskView() != MaskView::Off;
}

void ViewModel::setMode(Mode mode) {
    if (!assign(m_mode, mode))
        return;
    Q_EMIT modeChanged();
    Q_EMIT viewChanged();
}

void ViewModel::setContent(Content content) {
    if (assign(look().content, content))
        Q_EMIT viewChanged();
}

void ViewModel::setContentForEditing(Content content) {
    for (const Mode mode : {Mode::Edit, Mode::Mask})
        m_looks[static_cast<std::size_t>(mode)].content = content;
    Q_EMIT viewChanged();
}

void ViewModel::setMaskView(MaskView view) {
    if (assign(look().maskView, view))
        Q_EMIT viewChanged();
}

void ViewModel::cycleMaskView() {
    setMaskView(static_cast<MaskView>((static_cast<int>(maskView()) + 1) % maskViewCount));
}

void ViewModel::setHatched(bool isHatched) {
    if (assign(m_isHatched, isHatched))
        Q_EMIT viewChanged();
}

void ViewModel::setWiping(bool isWiping) {
    if (assign(m_isWiping, isWiping))
        Q_EMIT viewChanged();
}

void ViewModel::setShowsOriginal(bool showsOriginal) {
    if (assign(m_showsOriginal, showsOriginal))
        Q_EMIT viewChanged();
}

void ViewModel::setVisible(LayerKind layer, bool isVisible) {
    if (layer == LayerKind::Mask) {
        if (isVisible != this->isVisible(layer))
            setMaskView(isVisible ? MaskView::Overlay : MaskView::Off);
        return;
    }
    bool& shown = layer == LayerKind::Person ? m_showsPerson : m_showsGround;
    if (!assign(shown, isVisible))
        return;
    if (!isVisible)
        look().content = Content::Composite;
    Q_EMIT viewChanged();
}

} // namespace cameo::ui
