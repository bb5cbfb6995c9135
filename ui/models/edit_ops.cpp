// SPDX-License-Identifier: Apache-2.0
#include "ui/models/edit_ops.h"

#include "ui/models/qt_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace cameo::ui {

using namespace Qt::StringLiterals;

DirectionEdit directionEdit(const EditState& state, const DirectionInfo& direction) {
    for (const DirectionEdit& edit : state.directions)
        if (edit.direction == direction.id)
            return edit;
    return DirectionEdit{direction.id, 0, direction.firstRow, direction.lastRow};
}

EditState withDirection(EditState state, const DirectionInfo& direction, const DirectionEdit& edit) {
    auto& edits = state.directions;
    const auto found = std::find_if(edits.begin(), edits.end(), [&](const DirectionEdit& other) {
        return other.direction == edit.direction;
    });
    const bool isDefault =
        edit.strength == 0 && edit.firstRow == direction.firstRow && edit.lastRow == direction.lastRow;
    if (found == edits.end()) {
        if (!isDefault)
            edits.push_back(edit);
    } else if (isDefault) {
        edits.erase(found);
    } else {
        *found = edit;
    }
    return state;
}

EditState withSeed(EditState state, std::uint32_t seed) {
    state.seed = seed;
    state.latent.reset();
    state.photo.reset();
    return state;
}

bool isSamePicture(const EditState& a, const EditState& b) {
    EditState left = a, right = b;
    left.mask = right.mask = MaskSettings{};
    return left == right;
}

bool isSameOrigin(const EditState& a, const EditState& b) {
    return isSamePicture(a.original(), b.original());
}

bool isEdited(const EditState& state) {
    return !isSamePicture(state, state.original());
}

QString directionStepName(const DirectionInfo& direction, const DirectionEdit& edit) {
    return u"%1 %2 σ"_s.arg(toQt(direction.label), signedText(edit.strength, 1));
}

QString signedText(double value, int decimals) {
    const QString digits = QString::number(std::abs(value), 'f', decimals);
    if (digits.toDouble() == 0)
        return u"0"_s;
    return (value < 0 ? u"−"_s : u"+"_s) + digits;
}

} // namespace cameo::ui
